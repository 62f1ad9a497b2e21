// Which nodes combine values across the rows of a call. If none does, a call can be cut into chunks, a scan can run
// block of rows by block of rows, and each row has a derivative of its own.
#pragma once

#include <hourglass/scan/body.hpp>

HOURGLASS_BEGIN

// A scan's results never mix rows themselves; the nodes of its body are asked instead. `Graph` is a builder or a view.
template <class Graph> constexpr bool mixes_rows(const Graph& g, int n) {
    const node& at = g.nodes[n];
    if (at.type.batched) return at.op->mixes_rows(at.options);
    for (int i = 0; i < at.operand_count; ++i)
        if (g.nodes[g.operand(n, i)].type.batched) return !is_scan_result(at);
    return false;
}
constexpr bool mixes_rows(const graph_view& g) {
    for (int n = 0; n < g.nodes.size; ++n)
        if (mixes_rows(g, n)) return true;
    return false;
}

HOURGLASS_END
