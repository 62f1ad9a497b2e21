// Why a loss has no derivative: the operation through which no gradient goes, and the equation in which it stands.
// Looked for only once it is known that there is none (autodiff/differentiate.hpp).
#pragma once

#include <hourglass/autodiff/gradient_paths.hpp>
#include <hourglass/passes/select.hpp>

HOURGLASS_BEGIN

// The equation that a node of a program's graph belongs to: the first at or behind it, since equations are lowered one
// after another.
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

// What stands between a loss and the given nodes, none of which its gradient reaches, in words.
constexpr text explain_zero_gradient(const selection& s, int loss, slice_of<int> targets) {
    const graph_builder& g = s.r.to;
    const list<bool> part = parts_of(g, loss);
    list<bool> depends(loss + 1); // on a target, smoothly
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
