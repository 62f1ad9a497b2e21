// The order in which fused groups run. They arrive in a valid order (schedule/fuse.hpp). Groups that serve only updates
// (tails) move forward, to where nothing reads the old value any more.
#pragma once

#include <hourglass/schedule/groups.hpp>

HOURGLASS_BEGIN

struct order_view {
    slice_of<int> groups;       // in the order in which they run
    slice_of<int> first_update; // by group: the first root that it updates, or -1
    slice_of<int> next_update;  // by root: the next one of its group
    slice_of<bool> late;        // by root: whether it is written at the very end
};

class ordering {
    struct dependence {
        int from = -1, group = -1;
    };
    slice_of<fused_group> of_;
    list<int> groups_, first_update_, next_update_;
    list<bool> late_;
    list<int> last_reader_;   // of a parameter or state: the last group that is no tail
    list<int> tail_reader_;   // the tail group that reads it; -2: several
    list<int> earliest_;      // of tail groups: the group after which it can run
    list<dependence> needed_; // of tail groups

public:
    // A tail runs after the last other group that it depends on or that reads what it overwrites.
    constexpr explicit ordering(const fusion_view& f)
        : of_(f.groups), first_update_(f.groups.size, -1), next_update_(f.g.roots.size), late_(f.g.roots.size),
          last_reader_(f.g.names.size, -1), tail_reader_(f.g.names.size, -1), earliest_(f.groups.size, -1) {
        find_readers(f);
        find_updates(f);
        wait_for_needed();
        merge_tails();
    }
    constexpr order_view view() const {
        return {groups_.view(), first_update_.view(), next_update_.view(), late_.view()};
    }

private:
    constexpr void find_readers(const fusion_view& f) {
        const node* const nodes = f.g.nodes.data;
        const fused_node* const fused = f.nodes.data;
        for (int n = 0; n < f.g.nodes.size; ++n) {
            const int group = fused[n].group;
            if (group < 0 || fused[n].source != n) continue;
            const node& at = nodes[n];
            const bool tail = of_.data[group].tail;
            for (int i = 0; i < at.operand_count; ++i) {
                const int s = fused[f.g.operands.data[at.first_operand + i]].source, from = fused[s].group;
                if (from == group) continue;
                if (from >= 0) {
                    if (tail) needed_.push({from, group});
                    continue;
                }
                const int name = nodes[s].name;
                if (name < 0) continue;
                int& reader = tail ? tail_reader_[name] : last_reader_[name];
                if (!tail)
                    reader = reader > group ? reader : group;
                else if (!fused[n].arithmetic) // reads all of its operands for each element, so it cannot write
                    reader = -2;               // where one of them lies
                else if (reader != group)
                    reader = reader == -1 ? group : -2;
            }
        }
    }
    // Finds what each group updates, no earlier than the last reader of the old value. If another update's tail reads
    // the old value too, the new one is written at the very end, from the arena.
    constexpr void find_updates(const fusion_view& f) {
        for (int i = f.g.roots.size - 1; i >= 0; --i) {
            const graph_root& r = f.g.roots.data[i];
            if (r.kind != root_kind::update) continue;
            const int group = f.nodes.data[r.node].group;
            if (last_reader_[r.name] > earliest_[group]) earliest_[group] = last_reader_[r.name];
            const int reader = tail_reader_[r.name];
            late_[i] = reader != -1 && reader != group;
            next_update_[i] = first_update_[group];
            first_update_[group] = i;
        }
    }
    constexpr void wait_for_needed() {
        int* const earliest = earliest_.begin();
        for (bool changed = true; changed;) { // nearly always two passes: nodes are ordered, groups almost
            changed = false;
            for (const dependence& d : needed_) {
                const int after = of_.data[d.from].tail ? earliest[d.from] : d.from;
                if (after <= earliest[d.group]) continue;
                earliest[d.group] = after;
                changed = true;
            }
        }
    }
    // Inserts each tail after the group that it waits for. Tails in the same place stay in the order of their numbers,
    // in which they depend on each other.
    constexpr void merge_tails() {
        const int count = of_.size;
        list<int> first(count + 1, -1), next(count);
        for (int d = count - 1; d >= 0; --d) {
            if (!of_.data[d].tail) continue;
            next[d] = first[earliest_[d] + 1];
            first[earliest_[d] + 1] = d;
        }
        groups_.reserve(count);
        for (int place = -1; place < count; ++place) {
            if (place >= 0 && !of_.data[place].tail) groups_.push(place);
            for (int d = first[place + 1]; d >= 0; d = next[d]) groups_.push(d);
        }
    }
};

struct order_sizes {
    int groups = 0, roots = 0;
};
// As a constexpr value, so that the plan has a budget of its own.
template <order_sizes Sizes> struct frozen_order {
    table<int, Sizes.groups> groups, first_update;
    table<int, Sizes.roots> next_update;
    table<bool, Sizes.roots> late;

    constexpr explicit frozen_order(const order_view& o)
        : groups(o.groups), first_update(o.first_update), next_update(o.next_update), late(o.late) {}
    constexpr order_view view() const { return {groups.view(), first_update.view(), next_update.view(), late.view()}; }
};

HOURGLASS_END
