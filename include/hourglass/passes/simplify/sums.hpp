// Rules for sums, differences and negatives.
#pragma once

#include <hourglass/passes/simplify/rule.hpp>

HOURGLASS_BEGIN
namespace simplify_rules {

// -0 + 0 is 0, so x + 0 is x only if x is never -0.
constexpr int first_not_negative(simplifier& s, const formula& f) { return s.is_not_negative(f.a) ? first(s, f) : -1; }
constexpr int second_not_negative(simplifier& s, const formula& f) {
    return s.is_not_negative(f.b) ? second(s, f) : -1;
}
constexpr int first_less_second(simplifier& s, const formula& f) { return (s.h(f.a) - s.h(s.operand(f.b, 0))).index; }
constexpr int second_less_first(simplifier& s, const formula& f) { return (s.h(f.b) - s.h(s.operand(f.a, 0))).index; }
constexpr int first_and_second(simplifier& s, const formula& f) { return (s.h(f.a) + s.h(s.operand(f.b, 0))).index; }

inline constexpr rule of_sum[] = {
    {"0' + x", absent, any, second},
    {"x + 0'", any, absent, first},
    {"c + d", number, number, computed}, // in double, if nothing overflows
    {"-0 + x", minus_zero, any, second},
    {"0 + |x|", zero, any, second_not_negative},
    {"x + -0", any, minus_zero, first},
    {"|x| + 0", any, zero, first_not_negative},
    {"x + (-y)", any, an<ops::negate>, first_less_second},
    {"(-x) + y", an<ops::negate>, any, second_less_first},
};
inline constexpr rule of_difference[] = {
    {"x - 0'", any, absent, first},
    {"0' - x", absent, any, minus_second},
    {"c - d", number, number, computed},
    {"x - 0", any, plus_zero, first},
    {"x - (-y)", any, an<ops::negate>, first_and_second},
};
inline constexpr rule of_negative[] = {
    {"-(0')", absent, any, first},
    {"-c", number, any, computed},
    {"-(-x)", an<ops::negate>, any, operand_of_first},
};

}
HOURGLASS_END
