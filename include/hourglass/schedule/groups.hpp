// Groups of nodes that are computed together, as fusion (schedule/fuse.hpp) decides and the plan (schedule/plan.hpp)
// reads them: plain arrays. What differs between the kinds of groups is in schedule/group_rules.hpp.
#pragma once

#include <hourglass/ops/reduction.hpp>
#include <hourglass/ops/scan.hpp>
#include <hourglass/passes/rewrite.hpp>
#include <hourglass/schedule/schedule.hpp>

HOURGLASS_BEGIN

constexpr bool is_leaf(const node& n) { return n.op->kind == operation_kind::leaf; }
constexpr bool is_literal(const node& n) { return n.op->kind == operation_kind::literal; }
constexpr bool is_elementwise(const node& n) { return n.op->kind == operation_kind::elementwise; }
// Whether n is a sum over the last axes of one example, computed row by row.
constexpr bool is_row_reduction(const graph_view& g, int n) {
    const node& at = g.nodes.data[n];
    if (at.op->kind != operation_kind::reduction) return false;
    const ops::reduction_axes axes = ops::reduction_axes::of(at.options);
    const shape& of = g.nodes.data[g.operand(n, 0)].type.extents;
    return !axes.over_rows && of.size(axes.last, of.rank) == 1;
}
// Whether n is computed element by element, together with others.
constexpr bool is_arithmetic(const graph_view& g, int n) {
    return is_elementwise(g.nodes.data[n]) || is_row_reduction(g, n);
}

struct fused_node {
    int source = -1;           // itself, or the node it reads through reshapes, which move nothing
    int group = -1;            // none: a leaf, a constant or a uniform number
    int next_instruction = -1; // in the group
    int type = -1;             // equal for nodes of one type
    bool arithmetic = false;   // elementwise, or a sum over last axes
    bool uniform = false, stored = false;
};

// A type of the graph's values, which groups have as their domain.
struct fused_type {
    value_type type{};
    long elements = 0;
    int latest[3] = {-1, -1, -1}; // the group of this domain opened last: among tails, others, those run once
};

struct fused_group {
    group_kind kind{};
    value_type domain{};
    int type = -1;                        // the domain's, numbered as in nodes
    int first = -1, last = -1, count = 0; // instructions, linked by next_instruction
    int boundary = -1;                    // the first axis that sums in the group run over
    int node = -1;
    bool tail = false;
    bool once = false; // computed when the program is made
    int reads = -1;    // of a tail: the node outside that its first instruction reads, unless a leaf
    product_plan product{};
};

// The decisions of fusion as plain arrays.
struct fusion_view {
    graph_view g;
    slice_of<fused_node> nodes;
    slice_of<fused_group> groups;
};

struct fusion_sizes {
    int nodes = 0, groups = 0;
    constexpr bool hold(const fusion_sizes& other) const { return other.nodes <= nodes && other.groups <= groups; }
};

// The decisions as a constexpr value, so that planning has a budget of its own.
template <fusion_sizes Room> struct frozen_fusion {
    fusion_sizes sizes; // the actual sizes; if they exceed the room, nothing was copied
    table<fused_node, Room.nodes> nodes;
    table<fused_group, Room.groups> groups;

    constexpr explicit frozen_fusion(const fusion_view& f)
        : sizes{f.nodes.size, f.groups.size}, nodes(f.nodes.when(Room.hold(sizes))),
          groups(f.groups.when(Room.hold(sizes))) {}
    constexpr fusion_view view(const graph_view& g) const {
        return {g, nodes.first(sizes.nodes), groups.first(sizes.groups)};
    }
};

HOURGLASS_END
