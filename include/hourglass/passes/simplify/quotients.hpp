// Rules for quotients.
#pragma once

#include <hourglass/passes/simplify/products.hpp>

HOURGLASS_BEGIN
namespace simplify_rules {

// Combines numbers, and multiplies instead of dividing by a power of two: exact. There is no rule for a user's 0 / x
// and x / x, which are NaN if x is zero, infinite or NaN.
constexpr int times_inverse(simplifier& s, const formula& f) {
    const double c = s.number(f.b);
    const int scale = s.is_op<ops::multiply>(f.a) && s.is_literal(s.operand(f.a, 1)) ? s.operand(f.a, 1) : -1;
    if (scale >= 0)
        if (const double d = s.number(scale); come_together_as_quotient(d, c))
            return times(s, s.operand(f.a, 0), d / c, f.old.type);
    return literal_numbers::is_power_of_two(c) ? times(s, f.a, 1 / c, f.old.type) : -1;
}

inline constexpr rule of_quotient[] = {
    {"0' / x", absent, any, first},
    {"c / d", number, number, computed},
    {"x / 1", any, one, first},
    {"(x * c) / d", any, number, times_inverse}, // and x / 8, which is x * 0.125
};

}
HOURGLASS_END
