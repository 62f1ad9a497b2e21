// What the nodes of a graph cost in arithmetic: counts that pictures and tables show. Bytes and places in memory are
// the schedule's (graph/plan.hpp); what runs how fast is measured, in bench/.
#pragma once

#include <hourglass/graph/body.hpp>
#include <hourglass/ops/linear.hpp>

HOURGLASS_BEGIN

// Floating-point operations of a node for a call with the given rows: a multiply-add of a product counts as two, any
// elementwise operation as one for each element (an exponential, which is some twenty instructions, too), a reduction
// as one for each element that it reads. Leaves and movements are free.
constexpr double operations_of(graph_view g, int n, long rows) {
    const node& at = g[n];
    const auto elements = [&](int of) {
        return static_cast<double>(g[of].type.extents.size()) * (g[of].type.batched ? static_cast<double>(rows) : 1.0);
    };
    switch (at.op->kind) {
    case operation_kind::elementwise:
        return is<ops::broadcast_to>(at) ? 0 : elements(n);
    case operation_kind::reduction:
        return elements(g.operand(n, 0));
    case operation_kind::product: {
        if (is<ops::exclusive_product>(at) || is<ops::settled_product>(at) || is<ops::euclidean_norm>(at) ||
            is<ops::first_largest>(at))
            return elements(n); // reads what it was computed from seldom, or once
        const shape& a = g[g.operand(n, 0)].type.extents;
        // An outer product has no inner extent: its sum runs over the rows alone.
        const double inner = a.rank == 2 ? a[at.options.flags[0] != 0 ? 0 : 1] : 1;
        const bool sums_rows = is<ops::matmul_batch_sum>(at);
        return 2 * inner * elements(n) * (sums_rows ? static_cast<double>(rows) : 1.0);
    }
    default:
        return 0;
    }
}

// Of the nodes from the first to the one before the last; of those in the body of a scan for each of its steps.
constexpr double operations_between(graph_view g, int first, int last, long rows) {
    double all = 0;
    const list<int> bodies = bodies_of(g);
    list<int> steps(g.bodies + 1, 1);
    for (int n = 0; n < g.nodes.size; ++n)
        if (is<ops::scan>(g[n])) steps[g[n].options.flags[0]] = g[n].options.target[0];
    for (int n = first; n < last; ++n)
        all += operations_of(g, n, rows) * (lies_in_body(bodies, n) ? steps[bodies[n]] : 1);
    return all;
}
constexpr double operations_of(graph_view g, long rows) { return operations_between(g, 0, g.nodes.size, rows); }

HOURGLASS_END
