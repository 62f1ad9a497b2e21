// Negative log-likelihoods shared by losses and distributions: sums over features, not over the batch. Others are those
// of distributions, `-log_prob(q, x)`.
#pragma once

#include <hourglass/special/log_normal_cdf.hpp>
#include <hourglass/special/logits.hpp>

HOURGLASS_BEGIN

namespace ops {

/// The operation of `bernoulli_nll`. Composite, so that operands used twice, and the layers in them, are created once.
/// One statement at a time: compilers evaluate operands in different orders, but graphs must not differ.
struct bernoulli_nll {
    constexpr auto build(auto logits, auto target) const {
        shape joined;
        if (!broadcast(logits.extents(), target.extents(), joined))
            logits.misfit(text("bernoulli_nll"), target,
                          sentence("the shapes ", logits.extents(), " and ", target.extents(), " do not broadcast"));
        return hourglass::sum(apply_operation(logit_loss{}, logits, target));
    }
};
/// The operation of `gaussian_nll`.
struct gaussian_nll {
    constexpr auto build(auto target, auto mean_, auto log_variance) const {
        // Divides by the deviation, which may be in range when the variance is not.
        auto log_precision = hadamard(log_variance, -0.5);
        auto distance = target - mean_;
        auto scaled = apply_operation(times_exp{}, distance, log_precision, hourglass::exp(log_precision));
        return hadamard(hourglass::sum(hourglass::square(scaled) + log_variance + math::log_two_pi), 0.5);
    }
};

}

/// Returns -log p(target | logits) in nats, summed over features, for a target in [0, 1] and probability
/// sigmoid(logits). Exact near certain zeros and certain ones; 0 or infinite at infinite logits.
template <operand L, operand_or_number T> constexpr auto bernoulli_nll(const L& logits, const T& target) {
    return apply_operation(ops::bernoulli_nll{}, logits, target);
}

/// Returns -log N(target; mean, exp(log_variance)) in nats, summed over features.
template <operand_or_number T, operand_or_number M, operand_or_number V>
requires some_operand<T, M, V>
constexpr auto gaussian_nll(const T& target, const M& mean_, const V& log_variance) {
    return apply_operation(ops::gaussian_nll{}, target, mean_, log_variance);
}

HOURGLASS_END
