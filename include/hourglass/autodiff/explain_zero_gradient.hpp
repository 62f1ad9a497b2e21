// Why a loss has no derivative: the operation that lets no gradient through, and the equation it stands in. Called only
// once differentiation (autodiff/differentiate.hpp) has found none.
#pragma once

#include <hourglass/autodiff/gradient_paths.hpp>
#include <hourglass/passes/select.hpp>

HOURGLASS_BEGIN

// The equation that a node of a program's graph belongs to: the first that ends at or after the node, since equations
// are lowered in sequence.
constexpr std::string_view equation_of(const selection& s, int n) {
    int best = -1;
    std::string_view name;
    for (int i = 0; i < s.r.from.names.size; ++i) {
        const int old = s.r.from.names[i].node, at = old < 0 ? -1 : s.r.map[old];
        if (at < n || (best >= 0 && at >= best) || s.r.to.nodes[at].op->kind == operation_kind::leaf) continue;
        best = at;
        name = s.r.from.name(i);
    }
    return name;
}

// Explains, in a sentence, what keeps the gradient of the loss from every one of the given nodes.
constexpr text explain_zero_gradient(const selection& s, int loss, slice_of<int> targets) {
    const graph_builder& g = s.r.to;
    const list<bool> part = parts_of(g, loss);
    list<bool> depends(loss + 1); // smoothly, on a target
    for (int t : targets) depends[t] = true;
    for (int n = 0; n <= loss; ++n)
        for (int i = 0; part[n] && !depends[n] && i < g.nodes[n].operand_count; ++i)
            depends[n] = depends[g.operand(n, i)] && has_derivative(g.nodes[n], i);
    for (int n = 0; n <= loss; ++n)
        for (int i = 0; part[n] && i < g.nodes[n].operand_count; ++i) {
            const node& at = g.nodes[n];
            if (!depends[g.operand(n, i)] || has_derivative(at, i)) continue;
            text t = sentence("'", at.op->name, "' in the equation '", equation_of(s, n), "' lets no gradient through");
            if (at.op->smooth) t.add(" to its operand number ").add(i + 1);
            return t;
        }
    return text("no operation between them hands a gradient on");
}

HOURGLASS_END
