// Fusion: which nodes are computed together. Elementwise nodes join each other, the sums over last axes that consume
// them, and the matrix product that feeds them. The groups come out in an order in which every value is computed before
// it is used.
//
// A group's number is its place in that order. A node joins the group of its latest operand if the domains are equal,
// else a later open group of its domain, else it opens one, so no choice can make a cycle. Nodes that serve only
// updates (an optimiser's arithmetic and the weight gradients that feed it) have groups of their own, on which no other
// group waits; these may run as soon as the last reader of what they overwrite has run. Nodes that depend only on
// constants of the model have groups of their own too, which run once, when the program is made.
#pragma once

#include <hourglass/schedule/group_kinds.hpp>
#include <hourglass/schedule/use_analysis.hpp>

HOURGLASS_BEGIN

// Makes the decisions, node by node in the order of the graph.
class fusion {
    static constexpr int most_instructions = 64;
    static constexpr int most_deferred = 6; // in a chain

    graph_view g_;
    list<fused_node> fused_nodes_;
    list<fused_group> fused_groups_;
    list<bool> floating_list_;
    list<int> depth_list_;
    list<fused_type> type_list_;
    // The lists' arrays, whose sizes never change. Member functions would take most of a constant evaluation's steps
    // here.
    const node* nodes_ = nullptr;
    const int* operands_ = nullptr;
    const node_uses* uses_ = nullptr;
    fused_node* fused_ = nullptr;
    fused_group* groups_ = nullptr;
    int group_count_ = 0;
    bool* deferred_ = nullptr; // reads only leaves and deferred nodes: joins the group of its first use
    int* depth_ = nullptr;     // of deferred nodes: the length of the chain
    fused_type* types_ = nullptr;

public:
    constexpr fusion(const graph_view& g, slice_of<node_uses> uses)
        : g_(g), fused_nodes_(g.nodes.size), fused_groups_(2 * g.nodes.size + 1), floating_list_(g.nodes.size),
          depth_list_(g.nodes.size), nodes_(g.nodes.data), operands_(g.operands.data), uses_(uses.data),
          fused_(fused_nodes_.begin()), groups_(fused_groups_.begin()), deferred_(floating_list_.begin()),
          depth_(depth_list_.begin()) {
        for (int n = 0; n < g.nodes.size; ++n) // types are numbered as they appear
            if (uses_[n].type == type_list_.size()) type_list_.push({nodes_[n].type, nodes_[n].type.extents.size()});
        types_ = type_list_.begin();
        for (int n = 0; n < g.nodes.size; ++n) place(n);
        for (const graph_root& r : g.roots) materialise(fused_[r.node].source);
    }
    fusion(const fusion&) = delete;
    fusion& operator=(const fusion&) = delete;

    constexpr fusion_view view() const { return {g_, fused_nodes_.view(), {groups_, group_count_}}; }
    constexpr fused_node* nodes() { return fused_; }

private:
    constexpr void place(int n) {
        const node& at = nodes_[n];
        fused_node& here = fused_[n];
        here.source = n;
        here.type = uses_[n].type;
        here.arithmetic = uses_[n].arithmetic;
        if (is_elementwise(at)) {
            if (!is_number(n) && !is_deferred(n)) join(n, here.type, -1);
        } else if (is_leaf(at)) {
            here.uniform = is<ops::scalar>(at) || is<ops::rows>(at);
        } else if (is_literal(at)) {
            here.uniform = true;
        } else if (here.arithmetic) {
            join(n, uses_[g_.operand(n, 0)].type, ops::reduction_axes::of(at.options).first);
        } else if (moves_nothing(at)) {
            place_view(n);
        } else if (is_scan_output(at)) {
            add(n, -1, fused_[ops::scan_output::of(at.options).call].group);
        } else {
            alone(n);
        }
    }
    constexpr void place_view(int n) {
        fused_node& here = fused_[n];
        here.source = fused_[g_.operand(n, 0)].source;
        materialise(here.source);
        here.uniform = fused_[here.source].uniform;
        for (int i = 0; i < nodes_[n].operand_count; ++i) wait_for(g_.operand(n, i), here);
    }
    // Makes readers of this node run no earlier than the group of the awaited node.
    constexpr void wait_for(int awaited, fused_node& here) {
        materialise(fused_[awaited].source);
        const int own = fused_[awaited].group, of = fused_[fused_[awaited].source].group;
        here.group = own > here.group ? own : here.group;
        here.group = of > here.group ? of : here.group;
    }
    // Whether a node is a scalar of the call, which is in no group.
    constexpr bool is_number(int n) {
        const node& at = nodes_[n];
        if (at.type.extents.rank != 0 || at.type.batched || uses_[n].written) return false;
        for (int i = 0; i < at.operand_count; ++i)
            if (!fused_[fused_[operands_[at.first_operand + i]].source].uniform) return false;
        fused_[n].uniform = true;
        return true;
    }
    constexpr bool is_deferred(int n) {
        if (uses_[n].read_by_fixed) return false;
        const node& at = nodes_[n];
        int depth = 0;
        for (int i = 0; i < at.operand_count; ++i) {
            const int o = operands_[at.first_operand + i], s = fused_[o].source;
            if (deferred_[s]) {
                // A deferred node is visited once for each path to it; the limit on depth bounds the paths.
                if (s != o || fused_[s].type != fused_[n].type || depth_[s] == most_deferred) return false;
                if (depth_[s] >= depth) depth = depth_[s] + 1;
            } else if (!fused_[s].uniform && nodes_[s].op->kind != operation_kind::leaf) {
                return false;
            }
        }
        deferred_[n] = true;
        depth_[n] = depth;
        return true;
    }

    // Places a deferred node that is read from memory in a group, like any other node.
    constexpr void materialise(int n) {
        if (n < 0 || !deferred_[n]) return;
        deferred_[n] = false;
        for (int i = 0; i < nodes_[n].operand_count; ++i) {
            const int o = g_.operand(n, i);
            if (fused_[o].type == fused_[n].type) materialise(fused_[o].source);
        }
        join(n, fused_[n].type, -1);
    }
    constexpr void materialise_operands(int n) {
        for (int i = 0; i < nodes_[n].operand_count; ++i) materialise(fused_[g_.operand(n, i)].source);
    }
    // Pulls the deferred operands of n, and theirs, into its group.
    constexpr void pull_in(int n, int boundary, int group) {
        for (int i = 0; i < nodes_[n].operand_count; ++i) {
            const int o = operands_[nodes_[n].first_operand + i];
            if (!deferred_[o]) continue;
            deferred_[o] = false;
            pull_in(o, -1, group);
        }
        add(n, boundary, group);
    }
    // The first group at whose place all operands are available: the operand's group if it is in a register, the next
    // one if it is in memory. Looks through deferred operands, since what they read may have been materialised by now.
    constexpr int earliest_of(int n, int type) const {
        const node& at = nodes_[n];
        int earliest = -1;
        for (int i = 0; i < at.operand_count; ++i) {
            const int o = operands_[at.first_operand + i], s = fused_[o].source, group = fused_[o].group;
            int first = group;
            if (deferred_[o])
                first = earliest_of(o, type);
            else if (group >= 0 && !(s == o && fused_[o].type == type && groups_[group].type == type &&
                                     (is_elementwise(nodes_[s]) ||
                                      (groups_[group].node == s && keeps_registers(groups_[group].kind)))))
                first = group + 1;
            if (first > earliest) earliest = first;
        }
        return earliest;
    }
    // Whether n may join a group together with its deferred operands; any that may not are materialised first.
    constexpr bool all_fit(int n, int type, int boundary, int group) const {
        return fits(n, type, boundary, group) && operands_fit(n, type, boundary, group);
    }
    constexpr bool operands_fit(int n, int type, int boundary, int group) const {
        const node& at = nodes_[n];
        for (int i = 0; i < at.operand_count; ++i) {
            const int o = operands_[at.first_operand + i];
            if (deferred_[o] && !all_fit(o, type, boundary, group)) return false;
        }
        return true;
    }

    constexpr void join(int n, int type, int boundary) {
        const node& at = nodes_[n];
        const bool awaited = uses_[n].awaited, fixed = uses_[n].fixed;
        for (int i = 0; i < at.operand_count; ++i) {
            const int o = operands_[at.first_operand + i], s = fused_[o].source;
            if (deferred_[s] && (s != o || fused_[o].type != type || uses_[o].awaited != awaited)) materialise(s);
        }
        const int earliest = earliest_of(n, type);
        const auto good = [&](int group) {
            return (awaited || fixed || goes_with(n, group)) && all_fit(n, type, boundary, group);
        };
        if (earliest >= 0 && earliest < group_count_ && good(earliest)) return pull_in(n, boundary, earliest);
        int& latest = types_[type].latest[fixed ? 2 : awaited ? 1 : 0];
        if (latest >= 0 && latest >= earliest && good(latest)) return pull_in(n, boundary, latest);
        const int fresh = latest = open(kind_of_arithmetic, type, n);
        for (int i = at.operand_count - 1; groups_[fresh].tail && i >= 0; --i)
            if (const int s = fused_[operands_[at.first_operand + i]].source; fused_[s].group >= 0)
                groups_[fresh].reads = s;
        if (operands_fit(n, type, boundary, fresh)) return pull_in(n, boundary, fresh);
        // An operand is broadcast unevenly along the summed axes.
        materialise_operands(n);
        latest = open(kind_of_arithmetic, type, n);
        add(n, boundary, latest);
    }
    // Keeps updates of different values apart, so that those of equal layers become equal groups, which one kernel
    // serves.
    constexpr bool goes_with(int n, int group) const {
        const node& at = nodes_[n];
        bool apart = false;
        for (int i = 0; i < at.operand_count; ++i) {
            const int s = fused_[operands_[at.first_operand + i]].source;
            if (fused_[s].group < 0) continue;
            if (fused_[s].group == group || groups_[group].reads == s) return true;
            apart = true;
        }
        return !apart;
    }
    constexpr bool fits(int n, int type, int boundary, int group) const {
        const fused_group& d = groups_[group];
        if (d.type != type || d.count >= most_instructions || !suits(n, d)) return false;
        const group_candidate candidate{nodes_, operands_, fused_, types_, n, type, boundary, uses_[n].kept};
        bool taken = false;
        with_rules_of(d.kind, [&](auto rules) { taken = rules.takes(d, candidate); });
        return taken;
    }
    constexpr bool suits(int n, const fused_group& d) const {
        if (d.once) return uses_[n].fixed;
        return d.tail != uses_[n].awaited && (!uses_[n].fixed || deferred_[n]);
    }
    constexpr void add(int n, int boundary, int group) {
        fused_group& d = groups_[group];
        if (boundary >= 0) d.boundary = boundary;
        if (d.last >= 0)
            fused_[d.last].next_instruction = n;
        else
            d.first = n;
        d.last = n;
        ++d.count;
        fused_[n].group = group;
    }
    // Opens a group for node n and others like it.
    constexpr int open(group_kind kind, int type, int n) {
        fused_group& d = groups_[group_count_];
        d.kind = kind;
        d.domain = types_[type].type;
        d.type = type;
        d.once = uses_[n].fixed;
        d.tail = may_serve_updates(kind) && !d.once && !uses_[n].awaited;
        return group_count_++;
    }
    // Opens a group for a node that makes one by itself, whatever joins it later.
    constexpr void alone(int n) {
        materialise_operands(n);
        const group_kind kind = kind_made_by(g_, n);
        const int group = open(kind, uses_[n].type, n);
        groups_[group].node = n;
        fused_[n].group = group;
        with_rules_of(kind, [&](auto rules) { rules.open(g_, n, groups_[group]); });
    }
};

HOURGLASS_END
