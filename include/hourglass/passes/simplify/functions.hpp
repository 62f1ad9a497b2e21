// Rules for logarithms and powers.
#pragma once

#include <hourglass/passes/simplify/rule.hpp>

HOURGLASS_BEGIN
namespace simplify_rules {

inline constexpr rule of_logarithm[] = {
    {"log(exp(x))", an<ops::exp>, any, operand_of_first}, // also where exp overflows: towards the exact value
};
inline constexpr rule of_power[] = {
    {"pow(sqrt(x), c)", any, number, without_root}, // squares.hpp: towards the exact value
};

}
HOURGLASS_END
