// Copies a scan's body for differentiation as autodiff/smooth.hpp copies formulas: without squared roots, and with
// logarithms in their exact forms.
#pragma once

#include <hourglass/autodiff/smooth.hpp>
#include <hourglass/scan/body_copy.hpp>

HOURGLASS_BEGIN

// Nodes around the body are kept: targets of the derivative may be among them.
constexpr void copy_without_squared_roots(body_copy& body, graph_builder& g) {
    list<int> around;
    bool any = false;
    for (int n = body.begin(); n < body.old; ++n) {
        if (!body.holds(n)) continue;
        any = any || square_rules::is_root(g.nodes[n]) || ops::is_logarithm(*g.nodes[n].op);
        for (int i = 0; i < g.nodes[n].operand_count; ++i)
            if (const int o = g.operand(n, i); !body.holds(o)) around.push(o);
    }
    if (!any) return body.copy();
    square_rules rules(g, false, around.view());
    body.copy([&](const node& at, const list<int>& operands) {
        const bool before = g.deriving;
        g.deriving = at.derived;
        const int found = smooth_form(rules, at, operands);
        g.deriving = before;
        return found;
    });
}

HOURGLASS_END
