// Which slopes may be infinite or NaN at finite arguments, such as that of a root at zero.
#pragma once

#include <hourglass/ir/trace.hpp>
#include <hourglass/ops/functions.hpp>
#include <hourglass/ops/shape.hpp>
#include <hourglass/passes/simplify/by_operation.hpp>

HOURGLASS_BEGIN

class singularities {
    const graph_builder& g_;

    static constexpr int deepest = 12; // how deep products are followed, on each side; beyond, a slope may be anything

    constexpr int unmoved(int n) const {
        while (is_one_of<ops::reshape, ops::broadcast_to, ops::negate>(g_.nodes[n])) n = g_.operand(n, 0);
        return n;
    }
    constexpr bool is_literal(int n) const { return g_.nodes[n].op->kind == operation_kind::literal; }

public:
    constexpr explicit singularities(const graph_builder& g) : g_(g) {}
    constexpr bool may_be_zero(int n) const {
        n = unmoved(n);
        const node& of = g_.nodes[n];
        if (is_literal(n)) return of.options.number == 0;
        if (is_one_of<ops::sqrt, ops::square>(of)) return may_be_zero(g_.operand(n, 0));
        for (int i = 0; is<ops::add>(of) && i < 2; ++i) // a positive number keeps the sum from zero
            if (const int o = unmoved(g_.operand(n, i)); is_literal(o) && g_.nodes[o].options.number > 0) return false;
        return !is<ops::exp>(of);
    }
    constexpr bool may_be_singular(int n, int depth = 0) const {
        n = unmoved(n);
        const int rule = slope_rules.find(g_.nodes[n].op->id);
        return rule >= 0 && (this->*slope_rules[rule])(n, depth);
    }

private:
    constexpr bool of_quotient(int n, int) const { return may_be_zero(g_.operand(n, 1)); }
    constexpr bool of_product(int n, int depth) const {
        return depth == deepest || may_be_singular(g_.operand(n, 0), depth + 1) ||
               may_be_singular(g_.operand(n, 1), depth + 1);
    }
    constexpr bool of_power(int n, int) const {
        const int p = g_.operand(n, g_.nodes[n].operand_count - 1);
        const double power = is_literal(p) ? g_.nodes[p].options.number : 0.5;
        for (int whole = 0; whole <= 16; ++whole) // a polynomial
            if (power == whole) return false;
        return true;
    }
    constexpr bool always(int, int) const { return true; }

    using slope_rule = bool (singularities::*)(int n, int depth) const;
    static constexpr known_of_operation<slope_rule> list_of_slopes[] = {
        known_of<ops::divide>(&singularities::of_quotient),   known_of<ops::multiply>(&singularities::of_product),
        known_of<ops::pow>(&singularities::of_power),         known_of<ops::pow_slope>(&singularities::of_power),
        known_of<ops::pow_times_log>(&singularities::always), known_of<ops::log>(&singularities::always),
    };
    static constexpr by_operation slope_rules{list_of_slopes};
};
// Whether a formula multiplies by a literal zero.
constexpr bool multiplies_by_zero(const graph_builder& g, int n) {
    for (int i = 0; is<ops::multiply>(g.nodes[n]) && i < 2; ++i)
        if (const node& o = g.nodes[g.operand(n, i)]; o.op->kind == operation_kind::literal && o.options.number == 0)
            return true;
    return false;
}
// The operand of a product or quotient that `moves`, if the other may be infinite or NaN where the function still has
// derivatives in other directions: there they are zero, not zero times infinity. Else -1.
constexpr int beside_singular(const graph_builder& g, int n, const auto& moves) {
    const singularities found(g);
    if (is<ops::divide>(g.nodes[n])) return moves(0) && !moves(1) && found.may_be_zero(g.operand(n, 1)) ? 0 : -1;
    if (!is<ops::multiply>(g.nodes[n])) return -1;
    const int moving = moves(0) ? 0 : 1;
    return !moves(1 - moving) && found.may_be_singular(g.operand(n, 1 - moving)) ? moving : -1;
}

HOURGLASS_END
