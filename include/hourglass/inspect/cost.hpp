// Arithmetic cost of nodes, for pictures and tables. schedule/plan.hpp has bytes and memory; bench/ measures speed.
#pragma once

#include <hourglass/ops/linear.hpp>
#include <hourglass/scan/body.hpp>

HOURGLASS_BEGIN

// The floating-point operations of a node in a call with the given rows, as stated by its operation or derived from its
// kind. An exponential, some twenty instructions, counts as one. Leaves and movements are free.
constexpr double operations_of(graph_view g, int n, long rows) {
    const node& at = g[n];
    if (at.op->cost == nullptr || at.operand_count == 0) return 0;
    list<value_type> types(at.operand_count);
    for (int i = 0; i < at.operand_count; ++i) types[i] = g[g.operand(n, i)].type;
    return at.op->cost({types.begin(), at.type, at.options, static_cast<double>(rows)});
}

// The same for nodes first to last - 1. Nodes in the body of a scan count once for each step.
constexpr double operations_between(graph_view g, int first, int last, long rows) {
    double all = 0;
    const scan_bodies bodies(g);
    list<int> steps(g.bodies + 1, 1);
    for (int n = 0; n < g.nodes.size; ++n)
        if (is_scan(g[n])) {
            const ops::scan_shape scan = ops::scan_shape::of(g[n].options);
            steps[scan.body] = scan.steps;
        }
    for (int n = first; n < last; ++n) {
        double times = 1;
        for (int b = bodies[n]; b != 0; b = bodies.around(b)) times *= steps[b];
        all += operations_of(g, n, rows) * times;
    }
    return all;
}
constexpr double operations_of(graph_view g, long rows) { return operations_between(g, 0, g.nodes.size, rows); }

HOURGLASS_END
