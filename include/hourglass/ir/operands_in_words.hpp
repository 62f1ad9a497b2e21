// How messages name the operands that do not fit an operation. `Graph` is a `graph_builder`, whose own code calls these
// functions (ir/static_graph.hpp).
#pragma once

#include <hourglass/expr/text.hpp>
#include <hourglass/ir/leaves.hpp>
#include <hourglass/ir/list.hpp>

HOURGLASS_BEGIN

// Returns " of 'W' and 'x'", the names of the operands, or nothing if none of them has a name.
template <class Graph> constexpr text named_operands(const Graph& g, slice_of<int> of) {
    text t(" of ");
    bool any = false;
    for (int i = 0; i < of.size; ++i) {
        int found = -1;
        for (int n = 0; n < g.names.size() && found < 0; ++n)
            if (g.names[n].node == of[i]) found = n;
        any = any || found >= 0;
        t.add(i == 0 ? "" : i + 1 < of.size ? ", " : " and ");
        if (found >= 0)
            t.quote(g.name(found));
        else
            t.add(g.nodes[of[i]].op->kind == operation_kind::literal ? "a number" : "an expression");
    }
    return any ? t : text();
}

// [16, 32] * gain[32] is a matrix-vector product, [16], though rows times gain may have been meant. Says so where
// shapes do not fit.
template <class Graph> constexpr text product_among(const Graph& g, slice_of<int> of) {
    for (const int value : of) {
        const auto& n = g.nodes[value];
        if (n.op->name != "matmul" || n.operand_count != 2) continue;
        const shape &left = g.nodes[g.operands[n.first_operand]].type.extents,
                    &right = g.nodes[g.operands[n.first_operand + 1]].type.extents;
        if (left.rank == 2 && right.rank == 1)
            return sentence("; the ", n.type.extents, " is the matrix product of ", left, " and ", right,
                            ": hadamard(a, b) multiplies element by element");
    }
    return {};
}

HOURGLASS_END
