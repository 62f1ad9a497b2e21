// Queries on formulas of a growing graph: whether two compute the same, and whether a value is never negative.
#pragma once

#include <bit>

#include <hourglass/ops/triangular.hpp>
#include <hourglass/passes/rewrite.hpp>
#include <hourglass/passes/simplify/by_operation.hpp>
#include <hourglass/special/log_normal_cdf.hpp>
#include <hourglass/special/zero_products.hpp>

HOURGLASS_BEGIN

// The operands that must not be negative for a result that never is: from `first` on, `count` of them, or all (-1).
struct sign_rule {
    int first = 0, count = 0;
};
inline constexpr sign_rule whatever_operands{0, 0}, where_all{0, -1}, where_first{0, 1}, where_branches{1, -1};
inline constexpr known_of_operation<sign_rule> list_of_signs[] = {
    known_of<ops::abs>(whatever_operands),
    known_of<ops::square>(whatever_operands),
    known_of<ops::exp>(whatever_operands),
    known_of<ops::sigmoid>(whatever_operands),
    known_of<ops::softplus>(whatever_operands),
    known_of<ops::relu>(whatever_operands),
    known_of<ops::euclidean_norm>(whatever_operands),
    known_of<ops::normal_cdf>(whatever_operands),
    known_of<ops::rows>(whatever_operands),
    known_of<ops::add>(where_all),
    known_of<ops::multiply>(where_all),
    known_of<ops::divide>(where_all),
    known_of<ops::maximum>(where_all),
    known_of<ops::minimum>(where_all),
    known_of<ops::sqrt>(where_all),
    known_of<ops::sum>(where_all),
    known_of<ops::reshape>(where_all),
    known_of<ops::broadcast_to>(where_all),
    known_of<ops::transpose>(where_all),
    known_of<ops::slice>(where_all),
    known_of<ops::where>(where_branches),
    known_of<ops::pow>(where_first),
    known_of<ops::corrected_mean>(where_first), // the correction is smaller than the mean itself
};
inline constexpr by_operation signs(list_of_signs);

class formulas {
protected:
    graph_builder& g_;

    static constexpr int deepest = 12; // how far formulas are followed

    constexpr const node& at(int n) const { return g_.nodes.begin()[n]; }
    template <class Op> constexpr bool is_op(int n) const { return at(n).op->id == id_of<Op>; }
    template <class... Ops> constexpr bool is_any(int n) const { return is_one_of<Ops...>(at(n)); }
    constexpr int operand(int n, int i) const { return g_.operand(n, i); }
    constexpr handle h(int n) const { return {&g_, nullptr, n}; }
    constexpr bool is_literal(int n) const { return at(n).op->kind == operation_kind::literal; }
    constexpr double number(int n) const { return at(n).options.number; }
    constexpr bool is_even(int n) const {
        for (int half = 1; half <= 16; ++half)
            if (is_literal(n) && number(n) == 2 * half) return true;
        return false;
    }

public:
    constexpr explicit formulas(graph_builder& g) : g_(g) {}

    // Whether the value is never below zero nor -0, whatever its leaves are; it may be NaN.
    constexpr bool is_not_negative(int n, int depth = 0) const {
        if (depth > deepest) return false;
        if (is_literal(n)) return number(n) > 0 || std::bit_cast<std::uint64_t>(number(n)) == 0;
        if (is_op<ops::multiply>(n) && same_value(operand(n, 0), operand(n, 1))) return true;
        if (is_op<ops::pow>(n) && is_even(operand(n, 1))) return true;
        const int found = signs.find(at(n).op->id);
        if (found < 0) return false;
        const sign_rule& rule = signs[found];
        const int end = rule.count < 0 ? at(n).operand_count : rule.first + rule.count;
        for (int i = rule.first; i < end; ++i)
            if (!is_not_negative(operand(n, i), depth + 1)) return false;
        return true;
    }
    // Whether both are computed by the same formula from the same leaves.
    constexpr bool same_value(int a, int b, int depth = 0) const {
        if (a == b) return true;
        const node &x = at(a), &y = at(b);
        if (depth > deepest || x.op->id != y.op->id || x.operand_count != y.operand_count || !(x.type == y.type) ||
            !(x.options == y.options) || x.op->kind == operation_kind::scan)
            return false;
        if (is_literal(a)) return std::bit_cast<std::uint64_t>(number(a)) == std::bit_cast<std::uint64_t>(number(b));
        for (int i = 0; i < x.operand_count; ++i)
            if (!same_value(operand(a, i), operand(b, i), depth + 1)) return false;
        return x.operand_count > 0;
    }
};

HOURGLASS_END
