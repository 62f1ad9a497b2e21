// Losses and penalties. `mse` is a mean over features; `squared_error` and the penalties are sums over features. None
// reduces over the batch. Negative log-likelihoods are in probability/likelihoods.hpp.
#pragma once

#include <hourglass/ops/linear.hpp>

HOURGLASS_BEGIN

/// Mean over features of (prediction - target)^2.
template <operand_or_number A, operand_or_number B>
requires some_operand<A, B>
constexpr auto mse(const A& prediction, const B& target) {
    return apply_operation(ops::rounded_mean_axes<axes_t<>>{}, square(prediction - target));
}

/// Sum over features of (prediction - target)^2.
template <operand_or_number A, operand_or_number B>
requires some_operand<A, B>
constexpr auto squared_error(const A& prediction, const B& target) { return sum(square(prediction - target)); }

/// Sum of |x| over all axes but the batch.
template <operand X> constexpr auto l1(const X& x) { return sum(abs(x)); }
/// Sum of x^2 over all axes but the batch.
template <operand X> constexpr auto l2(const X& x) { return sum(square(x)); }

HOURGLASS_END
