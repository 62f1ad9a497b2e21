// Groups of nodes that are computed together, as fusion decides on them (graph/fuse.hpp) and the plan reads them
// (graph/plan.hpp): plain arrays, and what can be asked of them.
#pragma once

#include <array>

#include <hourglass/graph/rewrite.hpp>
#include <hourglass/graph/schedule.hpp>
#include <hourglass/ops/reduction.hpp>
#include <hourglass/ops/scan.hpp>

HOURGLASS_BEGIN

constexpr bool is_leaf(const node& n) { return n.op->kind == operation_kind::leaf; }
constexpr bool is_literal(const node& n) { return n.op->kind == operation_kind::literal; }
constexpr bool is_elementwise(const node& n) { return n.op->kind == operation_kind::elementwise; }
// A sum over the last axes of one example: computed row by row.
constexpr bool is_row_reduction(const graph_view& g, int n) {
    const node& at = g.nodes.data[n];
    if (at.op->kind != operation_kind::reduction) return false;
    const ops::reduction_axes axes = ops::reduction_axes::of(at.options);
    const shape& of = g.nodes.data[g.operand(n, 0)].type.extents;
    return !axes.over_rows && of.size(axes.last, of.rank) == 1;
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
        if (at.op->awaited_operand >= 0) { // what a kernel of its own makes has a place, even where it is only awaited
            fused_node& awaited = nodes[nodes[g.operand(n, at.op->awaited_operand)].source];
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

// How a kernel multiplies a product's operands: with nodes in place of the numbers of operands.
constexpr product_plan plan_product(const graph_view& g, int n) {
    const value_type types[] = {g[g.operand(n, 0)].type, g[g.operand(n, g[n].operand_count - 1)].type};
    product_plan p = g[n].op->matrix_product(types, g[n].options);
    p.left = g.operand(n, p.left);
    p.right = g.operand(n, p.right);
    return p;
}

HOURGLASS_END
