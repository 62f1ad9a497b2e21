// Factors that rules move about: numbers that come together, scales of what is summed, and, in derivatives, factors
// that are the same for all examples.
#pragma once

#include <hourglass/passes/simplify/rule.hpp>

HOURGLASS_BEGIN
namespace simplify_rules {

// Whether two factors may come together, by their product or quotient: one rounding in place of two, and one chance to
// over- or underflow in place of two. Towards the exact value, where none of the three is extreme.
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
// x times a literal, with numbers together: (x * 2) * 3.
constexpr int times(simplifier& s, int x, int literal, value_type type) {
    const double c = s.number(literal);
    if (s.is_op<ops::multiply>(x) && s.is_literal(s.operand(x, 1)))
        if (const double d = s.number(s.operand(x, 1)); come_together_as_product(c, d))
            return times(s, s.operand(x, 0), c * d, type);
    return s.as(hadamard(s.h(x), s.h(literal)).index, type);
}

// Of a product with a batch axis that differentiation made, the factor that has none, if the other has fewer elements:
// -1 where there is none. Closed forms of penalties on Jacobians come of it.
constexpr int common_factor(const simplifier& s, int n) {
    if (!s.is_op<ops::multiply>(n) || !s.at(n).derived || !s.at(n).type.batched) return -1;
    for (int i = 0; i < 2; ++i) {
        const int u = s.operand(n, i), v = s.operand(n, 1 - i);
        if (!s.at(u).type.batched && !s.is_literal(u) && s.at(v).type.extents.size() < s.at(n).type.extents.size())
            return u;
    }
    return -1;
}
// The number of which n is a multiple, where n has no batch axis and the number may be taken out of a sum: -1 where
// there is none. A user's number is at least 1, which makes nothing smaller that is summed, so that no sum overflows
// that did not; in derivatives it is any.
constexpr int scale_of(const simplifier& s, int n) {
    if (!s.is_op<ops::multiply>(n) || s.at(n).type.batched) return -1;
    for (int i = 0; i < 2; ++i) {
        const int u = s.operand(n, i);
        if (s.at(u).type.extents.rank == 0 && s.at(s.operand(n, 1 - i)).type == s.at(n).type)
            return s.at(n).derived || (s.is_literal(u) && literal_numbers::makes_nothing_smaller(s.number(u))) ? u : -1;
    }
    return -1;
}
// Whether n is such a multiple, or a negative: what is linear, and makes less of it, takes that first.
constexpr bool is_scaled(const simplifier& s, int n) {
    return s.at(n).type.extents.rank > 0 && !s.at(n).type.batched && (s.is_op<ops::negate>(n) || scale_of(s, n) >= 0);
}
constexpr int unscaled(const simplifier& s, int n) {
    return s.is_op<ops::negate>(n) ? s.operand(n, 0) : s.other_factor(n, scale_of(s, n));
}
// The multiple of n, or of what n is one, for `of` in its place.
constexpr int scaled_as(simplifier& s, int n, int of) {
    if (s.is_op<ops::negate>(n)) return (-s.h(of)).index;
    const int u = scale_of(s, n);
    return s.is_literal(u) ? times(s, of, u, s.at(of).type) : hadamard(s.h(of), s.h(u)).index;
}

}
HOURGLASS_END
