// Factors that rules move: numbers that are combined, scales of summands, and, in derivatives, factors that are the
// same for all examples.
#pragma once

#include <hourglass/passes/simplify/rule.hpp>

HOURGLASS_BEGIN
namespace simplify_rules {

// Whether two factors may be combined into their product or quotient, which rounds, overflows or underflows once, not
// twice. The result is closer to the exact value if none of the three is extreme.
constexpr bool are_ordinary(double c, double d) {
    return literal_numbers::is_ordinary(c) && literal_numbers::is_ordinary(d);
}
constexpr bool come_together_as_product(double c, double d) {
    return are_ordinary(c, d) && literal_numbers::is_ordinary(c * d);
}
constexpr bool come_together_as_quotient(double d, double c) {
    return are_ordinary(c, d) && literal_numbers::is_ordinary(d / c);
}
constexpr int times(simplifier& s, int x, double c, value_type type) {
    return s.as(c == 1 ? x : c == -1 ? (-s.h(x)).index : hadamard(s.h(x), c).index, type);
}
// x times a literal, with numbers combined: (x * 2) * 3.
constexpr int times(simplifier& s, int x, int literal, value_type type) {
    const double c = s.number(literal);
    if (s.is_op<ops::multiply>(x) && s.is_literal(s.operand(x, 1)))
        if (const double d = s.number(s.operand(x, 1)); come_together_as_product(c, d))
            return times(s, s.operand(x, 0), c * d, type);
    return s.as(hadamard(s.h(x), s.h(literal)).index, type);
}

// The factor without a batch axis of a batched product that differentiation made, if the other factor has fewer
// elements than the product; else -1. Yields closed forms of penalties on Jacobians.
constexpr int common_factor(const simplifier& s, int n) {
    if (!s.is_op<ops::multiply>(n) || !s.at(n).derived || !s.at(n).type.batched) return -1;
    for (int i = 0; i < 2; ++i) {
        const int u = s.operand(n, i), v = s.operand(n, 1 - i);
        if (!s.at(u).type.batched && !s.is_literal(u) && s.at(v).type.extents.size() < s.at(n).type.extents.size())
            return u;
    }
    return -1;
}
// The number that n is a multiple of, if n has no batch axis and the number may be moved out of a sum; else -1. A
// user's number must be at least 1: it makes no summand smaller, so no sum overflows that did not before. In
// derivatives any number will do.
constexpr int scale_of(const simplifier& s, int n) {
    if (!s.is_op<ops::multiply>(n) || s.at(n).type.batched) return -1;
    for (int i = 0; i < 2; ++i) {
        const int u = s.operand(n, i);
        if (s.at(u).type.extents.rank == 0 && s.at(s.operand(n, 1 - i)).type == s.at(n).type)
            return s.at(n).derived || (s.is_literal(u) && literal_numbers::makes_nothing_smaller(s.number(u))) ? u : -1;
    }
    return -1;
}
// Whether n is such a multiple, or a negative. A linear operation with a smaller result takes the scale after it.
constexpr bool is_scaled(const simplifier& s, int n) {
    return s.at(n).type.extents.rank > 0 && !s.at(n).type.batched && (s.is_op<ops::negate>(n) || scale_of(s, n) >= 0);
}
constexpr int unscaled(const simplifier& s, int n) {
    return s.is_op<ops::negate>(n) ? s.operand(n, 0) : s.other_factor(n, scale_of(s, n));
}
// Applies the scale of n to `of`.
constexpr int scaled_as(simplifier& s, int n, int of) {
    if (s.is_op<ops::negate>(n)) return (-s.h(of)).index;
    const int u = scale_of(s, n);
    return s.is_literal(u) ? times(s, of, u, s.at(of).type) : hadamard(s.h(of), s.h(u)).index;
}

}
HOURGLASS_END
