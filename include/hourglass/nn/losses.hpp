// Losses and penalties. `mse` is the mean over features; squared_error and the penalties are sums over features. None
// of them touches the batch. Negative log-likelihoods are in probability/likelihoods.hpp.
#pragma once

#include <hourglass/ops/linear.hpp>

HOURGLASS_BEGIN

// mean over features of (prediction - target)^2
template <operand_or_number A, operand_or_number B>
requires some_operand<A, B>
constexpr auto mse(const A& prediction, const B& target) {
    return apply_operation(ops::rounded_mean_axes<axes_t<>>{}, square(prediction - target));
}

// sum over features of (prediction - target)^2
template <operand_or_number A, operand_or_number B>
requires some_operand<A, B>
constexpr auto squared_error(const A& prediction, const B& target) { return sum(square(prediction - target)); }

// sum |x| and sum x^2 over everything but the batch
template <operand X> constexpr auto l1(const X& x) { return sum(abs(x)); }
template <operand X> constexpr auto l2(const X& x) { return sum(square(x)); }

HOURGLASS_END
