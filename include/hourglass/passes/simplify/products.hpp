// Rules for elementwise products and squares.
#pragma once

#include <hourglass/passes/simplify/scales.hpp>

HOURGLASS_BEGIN
namespace simplify_rules {

// Matches an operand whose elements are all 1.
inline constexpr operand_pattern ones{0, true, [](const simplifier& s, int n) {
                                          const int of = s.number_in(n);
                                          return s.is_literal(of) && s.number(of) == 1;
                                      }};
constexpr int square_of_equals(simplifier& s, const formula& f) { return f.a == f.b ? square(s.h(f.a)).index : -1; }
constexpr int first_times_number(simplifier& s, const formula& f) { return times(s, f.a, f.b, f.old.type); }
constexpr int second_times_number(simplifier& s, const formula& f) { return times(s, f.b, f.a, f.old.type); }
// In derivatives: the square of u v, where u is the same for all examples, is square(u), computed once, times
// square(v).
constexpr int square_of_factors(simplifier& s, const formula& f) {
    const int u = common_factor(s, f.a);
    if (u < 0) return -1;
    s.derives();
    const handle first = square(s.h(u)), second = square(s.h(s.other_factor(f.a, u)));
    return hadamard(first, second).index;
}

// There is no rule for a user's x * 0, which is NaN if x is infinite or NaN.
inline constexpr rule of_product[] = {
    {"0' * x", absent, any, first},
    {"x * 0'", any, absent, second},
    {"c * d", number, number, computed},
    {"1 * x", ones, any, second},
    {"x * 1", any, ones, first},
    {"-1 * x", minus_one, any, minus_second},
    {"x * -1", any, minus_one, minus_first},
    {"sqrt(x) * sqrt(x)", any, any, without_root}, // squares.hpp: towards the exact value
    {"x * x", any, any, square_of_equals},
    {"c * x", number, any, second_times_number}, // numbers come last, so that they can be combined
    {"(x * c) * d", any, number, first_times_number},
};
inline constexpr rule of_square[] = {
    {"square(0')", absent, any, first},
    {"square(c)", number, any, computed},
    {"square(sqrt(x))", any, any, without_root},
    {"square(u v)", an<ops::multiply>, any, square_of_factors},
};

}
HOURGLASS_END
