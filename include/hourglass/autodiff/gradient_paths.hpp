// Which operands of a node have a derivative, and which nodes lie on a path that has one. The adjoints themselves are
// made in autodiff/differentiate.hpp.
#pragma once

#include <hourglass/ir/static_graph.hpp>

HOURGLASS_BEGIN

// Whether a gradient passes through a node to its operand i.
constexpr bool has_derivative(const node& n, int i) {
    return n.op->smooth && (n.op->flat_operands == 0 || i >= 32 || (n.op->flat_operands >> i & 1u) == 0);
}

// Which nodes a value depends on, including itself.
constexpr list<bool> parts_of(const graph_builder& g, int value) {
    list<bool> part(value + 1);
    part[value] = true;
    for (int n = value; n >= 0; --n)
        if (part[n])
            for (int i = 0; i < g.nodes[n].operand_count; ++i) part[g.operand(n, i)] = true;
    return part;
}
// Which nodes the gradient of a loss reaches; at all others it is zero, whatever the values are.
template <class Graph> constexpr list<bool> reached_by_gradient(const Graph& g, int loss) {
    list<bool> reached(loss + 1);
    reached[loss] = true;
    for (int n = loss; n >= 0; --n)
        for (int i = 0; reached[n] && i < g.nodes[n].operand_count; ++i)
            if (has_derivative(g.nodes[n], i)) reached[g.operand(n, i)] = true;
    return reached;
}
// Which nodes lie on a path from x to y that has a derivative, including both ends.
template <class Graph> constexpr list<bool> nodes_between(const Graph& g, int y, int x) {
    const list<bool> before = reached_by_gradient(g, y);
    list<bool> between(y + 1);
    between[x] = true;
    for (int n = x + 1; n <= y; ++n)
        for (int i = 0; before[n] && !between[n] && i < g.nodes[n].operand_count; ++i)
            between[n] = between[g.operand(n, i)] && has_derivative(g.nodes[n], i);
    return between;
}

HOURGLASS_END
