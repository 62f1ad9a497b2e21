// Groups of nodes that are computed together, as fusion decides on them (graph/fuse.hpp) and the plan reads them
// (graph/plan.hpp): plain arrays, and what can be asked of them.
#pragma once

#include <array>

#include <hourglass/graph/rewrite.hpp>
#include <hourglass/graph/schedule.hpp>

HOURGLASS_BEGIN

constexpr bool is_leaf(const node& n) { return n.op->kind == operation_kind::leaf; }
constexpr bool is_literal(const node& n) { return n.op->kind == operation_kind::literal; }
constexpr bool is_elementwise(const node& n) { return n.op->kind == operation_kind::elementwise; }
// A sum over the last axes of one example: computed row by row.
constexpr bool is_row_reduction(const graph_view& g, int n) {
    const node& at = g.nodes.data[n];
    if (at.op->kind != operation_kind::reduction || at.options.flags[2] != 0) return false;
    const shape& of = g.nodes.data[g.operand(n, 0)].type.extents;
    return of.size(at.options.flags[1], of.rank) == 1;
}

struct fused_node {
    int source = -1;         // itself, or what it reads through reshapes, which move nothing
    int group = -1;          // none: a leaf, a constant or a uniform number
    int next_member = -1;    // of the group
    int type = -1;           // equal for nodes of one type
    bool arithmetic = false; // elementwise, or a sum over last axes
    bool uniform = false, stored = false;
};

struct fused_group {
    group_kind kind{};
    value_type domain{};
    int type = -1;                        // the domain's, as nodes have it
    int first = -1, last = -1, count = 0; // members, linked by next_member
    int boundary = -1;                    // first axis that sums in the group run over
    int node = -1;
    bool tail = false;
    bool once = false; // computed when the program is made
    int reads = -1;    // a tail: a node outside of it that its first member reads, where that is no leaf
    product_plan product{};
};

// What fusion has decided, as plain arrays.
struct fusion_view {
    graph_view g;
    slice_of<fused_node> nodes;
    slice_of<fused_group> groups;

    constexpr int source_of(int n, int i) const { return nodes.data[g.operand(n, i)].source; }
    // Whether operand o of n is what a member of the same group holds in a register.
    constexpr bool in_register(int n, int o, int group) const {
        const fused_node& from = nodes.data[o];
        if (from.source != o || group < 0 || from.group != group || !nodes.data[n].arithmetic) return false;
        const fused_group& in = groups.data[group];
        return from.type == in.type &&
               (is_elementwise(g.nodes.data[o]) || (in.kind == group_kind::product && o == in.node));
    }
};

struct fusion_sizes {
    int nodes = 0, groups = 0;
    constexpr bool hold(const fusion_sizes& other) const { return other.nodes <= nodes && other.groups <= groups; }
};

// The decisions as a constexpr value, so that planning has a budget of its own.
template <fusion_sizes Room> struct frozen_fusion {
    std::array<fused_node, Room.nodes + 1> nodes{};
    std::array<fused_group, Room.groups + 1> groups{};
    fusion_sizes sizes; // of what is there; where that is more than there is room for, nothing was copied

    constexpr explicit frozen_fusion(const fusion_view& f) : sizes{f.nodes.size, f.groups.size} {
        if (!Room.hold(sizes)) return;
        fused_node* const to_nodes = nodes.data();
        fused_group* const to_groups = groups.data();
        for (int i = 0; i < sizes.nodes; ++i) to_nodes[i] = f.nodes.data[i];
        for (int i = 0; i < sizes.groups; ++i) to_groups[i] = f.groups.data[i];
    }
    constexpr fusion_view view(const graph_view& g) const {
        return {g, {nodes.data(), sizes.nodes}, {groups.data(), sizes.groups}};
    }
};

// Which values must lie in memory: those asked for, and those used outside of the registers of their group.
constexpr void find_stored(const fusion_view& f, fused_node* nodes) {
    const graph_view& g = f.g;
    for (const graph_root& r : g.roots)
        if (r.kind != root_kind::update) nodes[nodes[r.node].source].stored = true;
    for (int n = 0; n < g.nodes.size; ++n) {
        const node& at = g.nodes.data[n];
        if (is<ops::after>(at)) { // what a kernel of its own makes has a place, even where it is only awaited
            fused_node& awaited = nodes[nodes[g.operand(n, 1)].source];
            if (awaited.group >= 0 && f.groups.data[awaited.group].kind != group_kind::elementwise &&
                f.groups.data[awaited.group].kind != group_kind::product)
                awaited.stored = true;
        }
        if (at.operand_count == 0 || moves_nothing(at) || (nodes[n].uniform && nodes[n].source == n)) continue;
        const int* const operands = g.operands.data + at.first_operand;
        const int group = nodes[n].group;
        for (int i = 0; i < at.operand_count; ++i) {
            const int s = nodes[operands[i]].source;
            if (nodes[s].group == group && f.in_register(n, operands[i], group)) continue;
            // a constant needs memory only where no arithmetic reads it
            if (!nodes[n].arithmetic || !is_literal(g.nodes.data[s])) nodes[s].stored = true;
        }
    }
}

// How a kernel multiplies a product's operands.
constexpr product_plan plan_product(const graph_view& g, int n) {
    const int a = g.operand(n, 0), b = g.operand(n, 1);
    const value_type ta = g[a].type, tb = g[b].type;
    const bool swap_a = g[n].options.flags[0] != 0, swap_b = g[n].options.flags[1] != 0;
    const long a0 = ta.extents[0], a1 = ta.extents.rank == 2 ? ta.extents[1] : 1;
    const long b0 = tb.extents[0], b1 = tb.extents.rank == 2 ? tb.extents[1] : 1;
    product_plan p;
    if (is<ops::matmul>(g[n]) && tb.extents.rank == 1) {
        // y = A x as the row vector x times the transpose of A: the rows of a batch make a matrix of it.
        p.m = 1;
        p.n = swap_a ? a1 : a0;
        p.k = swap_a ? a0 : a1;
        p.left = b;
        p.right = a;
        p.left_row = p.k;
        p.left_column = 1;
        p.right_row = swap_a ? a1 : 1;
        p.right_column = swap_a ? 1 : a1;
        if (ta.batched) {
            p.per_row = true;
            p.right_batch = ta.extents.size();
            p.left_batch = tb.batched ? p.k : 0;
        } else {
            p.rows_in_m = tb.batched;
        }
        return p;
    }
    p.left = a;
    p.right = b;
    if (ta.extents.rank == 1) { // columns times rows, summed over the batch
        p.m = a0;
        p.n = b0;
        p.k = 1;
        p.rows_in_k = true;
        p.left_row = 1;
        p.left_column = a0;
        p.right_row = b0;
        p.right_column = 1;
        return p;
    }
    p.m = swap_a ? a1 : a0;
    p.k = swap_a ? a0 : a1;
    p.n = swap_b ? b0 : b1;
    p.left_row = swap_a ? 1 : a1;
    p.left_column = swap_a ? a1 : 1;
    p.right_row = swap_b ? 1 : b1;
    p.right_column = swap_b ? b1 : 1;
    p.left_batch = ta.batched ? ta.extents.size() : 0;
    p.right_batch = tb.batched ? tb.extents.size() : 0;
    if (is<ops::matmul_batch_sum>(g[n])) {
        if (swap_a && !swap_b)
            p.rows_in_k = true; // the examples lie behind one another along k
        else
            p.per_row = p.summed = true;
    } else if (ta.batched && !tb.batched && !swap_a) {
        p.rows_in_m = true;
    } else {
        p.per_row = ta.batched || tb.batched;
    }
    return p;
}

HOURGLASS_END
