// Losses and penalties. `mse` is the mean over features; squared_error, the negative log-likelihoods and the penalties
// are sums over features. None of them touches the batch.
#pragma once

#include <hourglass/ops/reduction.hpp>

HOURGLASS_BEGIN

// mean over features of (prediction - target)^2
template <operand_or_number A, operand_or_number B>
requires some_operand<A, B>
constexpr auto mse(const A& prediction, const B& target) { return mean(square(prediction - target)); }

// sum over features of (prediction - target)^2
template <operand_or_number A, operand_or_number B>
requires some_operand<A, B>
constexpr auto squared_error(const A& prediction, const B& target) { return sum(square(prediction - target)); }

namespace ops {

// Composite, so that operands which are used twice, and the layers in them, are made once; one step after another,
// since compilers differ in the order in which they evaluate operands, and graphs must not.
struct bernoulli_nll {
    constexpr auto build(auto logits, auto target) const {
        auto normaliser = hourglass::softplus(logits);
        return hourglass::sum(normaliser - hadamard(logits, target));
    }
};
struct gaussian_nll {
    constexpr auto build(auto target, auto mean_, auto log_variance) const {
        auto squared = hourglass::square(target - mean_);
        auto distance = hadamard(squared, hourglass::exp(-log_variance));
        return hadamard(hourglass::sum(distance + log_variance + math::log_two_pi), 0.5);
    }
};

}

// -log p(target | logits), target in [0, 1] with probability sigmoid(logits), summed over features, in nats:
// softplus(l) - l t, which neither overflows nor cancels.
template <operand L, operand_or_number T> constexpr auto bernoulli_nll(const L& logits, const T& target) {
    return apply_operation(ops::bernoulli_nll{}, logits, target);
}

// -log N(target; mean, exp(log_variance)), summed over features, in nats.
template <operand_or_number T, operand_or_number M, operand_or_number V>
requires some_operand<T, M, V>
constexpr auto gaussian_nll(const T& target, const M& mean_, const V& log_variance) {
    return apply_operation(ops::gaussian_nll{}, target, mean_, log_variance);
}

// sum |x| and sum x^2 over everything but the batch
template <operand X> constexpr auto l1(const X& x) { return sum(abs(x)); }
template <operand X> constexpr auto l2(const X& x) { return sum(square(x)); }

HOURGLASS_END
