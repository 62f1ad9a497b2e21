// The order in which fused groups run. They come in an order that works (graph/fuse.hpp); those that serve updates
// alone move forward, to where nobody reads the old value any more.
#pragma once

#include <hourglass/graph/groups.hpp>

HOURGLASS_BEGIN

struct order_view {
    slice_of<int> groups;       // in the order in which they run
    slice_of<int> first_update; // of each group: the first root that it updates, or -1
    slice_of<int> next_update;  // of each root: the next one of its group
    slice_of<bool> late;        // of each root: whether it is written at the very end
};

class ordering {
    list<int> groups_, first_update_, next_update_;
    list<bool> late_;

public:
    // A tail group runs behind the last other group that it depends on, or that reads what it overwrites.
    constexpr explicit ordering(const fusion_view& f)
        : first_update_(f.groups.size, -1), next_update_(f.g.roots.size), late_(f.g.roots.size) {
        const graph_view& g = f.g;
        const int count = f.groups.size;
        const node* const nodes = g.nodes.data;
        const fused_node* const fused = f.nodes.data;
        const fused_group* const groups = f.groups.data;
        list<int> last_reader(g.names.size, -1); // of a parameter or state: the last group that is no tail
        list<int> tail_reader(g.names.size, -1); // the tail group that reads it; -2: several
        list<int> earliest_list(count, -1);
        int* const earliest = earliest_list.begin();
        list<dependence> needed; // of tail groups
        for (int n = 0; n < g.nodes.size; ++n) {
            const int group = fused[n].group;
            if (group < 0 || fused[n].source != n) continue;
            const node& at = nodes[n];
            for (int i = 0; i < at.operand_count; ++i) {
                const int s = fused[g.operands.data[at.first_operand + i]].source, from = fused[s].group;
                if (from == group) continue;
                if (from >= 0) {
                    if (groups[group].tail) needed.push({from, group});
                    continue;
                }
                const int name = nodes[s].name;
                if (name < 0) continue;
                int& reader = groups[group].tail ? tail_reader[name] : last_reader[name];
                if (!groups[group].tail)
                    reader = reader > group ? reader : group;
                else if (!fused[n].arithmetic) // it reads all of its operands for each element, so it cannot write
                    reader = -2;               // where one of them lies
                else if (reader != group)
                    reader = reader == -1 ? group : -2;
            }
        }
        for (int i = g.roots.size - 1; i >= 0; --i) {
            const graph_root& r = g.roots.data[i];
            if (r.kind != root_kind::update) continue;
            const int group = fused[r.node].group;
            if (last_reader[r.name] > earliest[group]) earliest[group] = last_reader[r.name];
            // Read by the tail group of another update too: written at the very end, from the arena.
            const int reader = tail_reader[r.name];
            late_[i] = reader != -1 && reader != group;
            next_update_[i] = first_update_[group];
            first_update_[group] = i;
        }
        for (bool changed = true; changed;) { // twice, nearly always: nodes come in order, groups nearly so
            changed = false;
            for (const dependence& d : needed) {
                const int after = groups[d.from].tail ? earliest[d.from] : d.from;
                if (after <= earliest[d.group]) continue;
                earliest[d.group] = after;
                changed = true;
            }
        }
        // In one place the tails keep their numbers' order, in which they depend on each other.
        list<int> first(count + 1, -1), next(count);
        for (int d = count - 1; d >= 0; --d) {
            if (!groups[d].tail) continue;
            next[d] = first[earliest[d] + 1];
            first[earliest[d] + 1] = d;
        }
        groups_.reserve(count);
        for (int place = -1; place < count; ++place) {
            if (place >= 0 && !groups[place].tail) groups_.push(place);
            for (int d = first[place + 1]; d >= 0; d = next[d]) groups_.push(d);
        }
    }
    constexpr order_view view() const {
        return {groups_.view(), first_update_.view(), next_update_.view(), late_.view()};
    }

private:
    struct dependence {
        int from = -1, group = -1;
    };
};

// As a constexpr value, so that the plan has a budget of its own.
template <int Groups, int Roots> struct frozen_order {
    std::array<int, static_cast<std::size_t>(Groups) + 1> groups{}, first_update{};
    std::array<int, static_cast<std::size_t>(Roots) + 1> next_update{};
    std::array<bool, static_cast<std::size_t>(Roots) + 1> late{};

    constexpr explicit frozen_order(const order_view& o) {
        copy(o.groups, groups.data());
        copy(o.first_update, first_update.data());
        copy(o.next_update, next_update.data());
        copy(o.late, late.data());
    }
    constexpr order_view view() const {
        return {
            {groups.data(), Groups}, {first_update.data(), Groups}, {next_update.data(), Roots}, {late.data(), Roots}};
    }

private:
    template <class T> static constexpr void copy(slice_of<T> from, T* to) {
        for (int i = 0; i < from.size; ++i) to[i] = from.data[i];
    }
};

HOURGLASS_END
