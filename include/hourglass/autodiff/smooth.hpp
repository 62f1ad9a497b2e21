// Removes the roots that a formula squares before the formula is differentiated: the square is smooth where the root is
// not. Also gives logarithms their exact forms (special/log_normal_cdf.hpp) across names, which a derivative passes
// through.
#pragma once

#include <hourglass/autodiff/gradient_paths.hpp>
#include <hourglass/passes/simplify/squares.hpp>
#include <hourglass/scan/body.hpp>

HOURGLASS_BEGIN

// Whether n is a logarithm that may have an exact form.
constexpr bool may_be_exact(const graph_builder& g, int n) {
    return ops::is_logarithm(*g.nodes[n].op) && ops::exact_logarithm<handle>::may_exist(g.nodes[g.operand(n, 0)]);
}
// The replacement for an operation on these operands; -1 if there is none.
constexpr int smooth_form(square_rules& rules, const node& at, const list<int>& operands) {
    if (operands.empty()) return -1;
    if (const int found = rules.exact_logarithm(*at.op, operands[0]); found >= 0) return found;
    if (!square_rules::is_square(at)) return -1;
    return rules.without_root(*at.op, operands[0], operands[operands.size() - 1], at.type);
}
// Returns a node with the value of `root` whose formula squares no root. Appends nodes only if there is such a square,
// or a logarithm with an exact form. The targets of the derivative are kept. Scans are kept too: their derivatives copy
// the bodies by the same rules (autodiff/smooth_body.hpp).
constexpr int without_squared_roots(graph_builder& g, int root, slice_of<int> targets) {
    list<bool> depends(root + 1);
    bool any = false;
    for (int t : targets)
        if (t <= root) depends[t] = true;
    bool roots = false;
    for (int n = 0; n <= root; ++n) {
        for (int i = 0; !depends[n] && i < g.nodes[n].operand_count; ++i) depends[n] = depends[g.operand(n, i)];
        if (!depends[n]) continue;
        any = any || (roots && square_rules::is_square(g.nodes[n])) || may_be_exact(g, n);
        roots = roots || square_rules::is_root(g.nodes[n]);
    }
    if (!any || g.failed()) return root;
    const list<bool> part = parts_of(g, root);
    const list<bool> in_bodies = bodies_within(g, 0, root);
    list<int> map(root + 1, -1);
    square_rules rules(g, false, targets);
    const bool before = g.deriving;
    for (int n = 0; n <= root && !g.failed(); ++n) {
        map[n] = n;
        bool stays = !part[n] || !depends[n] || g.nodes[n].op->kind == operation_kind::scan ||
                     (!in_bodies.empty() && in_bodies[n]);
        for (int t : targets) stays = stays || t == n;
        if (stays) continue;
        const node old = g.nodes[n];
        list<int> of;
        bool changed = false;
        for (int i = 0; i < old.operand_count; ++i) {
            of.push(map[g.operand(n, i)]);
            changed = changed || of.back() != g.operand(n, i);
        }
        g.deriving = old.derived;
        if (const int found = smooth_form(rules, old, of); found >= 0)
            map[n] = found;
        else if (changed)
            map[n] = g.push_node(old, of.view());
    }
    g.deriving = before;
    return map[root];
}

HOURGLASS_END
