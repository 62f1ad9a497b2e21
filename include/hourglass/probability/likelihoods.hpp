// Negative log-likelihoods that losses and distributions share: sums over features, which do not touch the batch.
// Others are those of distributions, -log_prob(q, x).
#pragma once

#include <hourglass/special/log_normal_cdf.hpp>
#include <hourglass/special/logits.hpp>

HOURGLASS_BEGIN

namespace ops {

// Composite, so that operands which are used twice, and the layers in them, are made once; one step after another,
// since compilers differ in the order in which they evaluate operands, and graphs must not.
struct bernoulli_nll {
    constexpr auto build(auto logits, auto target) const {
        shape joined;
        if (!broadcast(logits.extents(), target.extents(), joined))
            logits.misfit(text("bernoulli_nll"), target,
                          sentence("the shapes ", logits.extents(), " and ", target.extents(), " do not broadcast"));
        return hourglass::sum(apply_operation(logit_loss{}, logits, target));
    }
};
struct gaussian_nll {
    constexpr auto build(auto target, auto mean_, auto log_variance) const {
        // Over the deviation, which is in range where the variance is not.
        auto log_precision = hadamard(log_variance, -0.5);
        auto distance = target - mean_;
        auto scaled = apply_operation(times_exp{}, distance, log_precision, hourglass::exp(log_precision));
        return hadamard(hourglass::sum(hourglass::square(scaled) + log_variance + math::log_two_pi), 0.5);
    }
};

}

// -log p(target | logits), target in [0, 1] with probability sigmoid(logits), summed over features, in nats; exact for
// sure zeros and sure ones alike, and 0 or infinite at infinite logits.
template <operand L, operand_or_number T> constexpr auto bernoulli_nll(const L& logits, const T& target) {
    return apply_operation(ops::bernoulli_nll{}, logits, target);
}

// -log N(target; mean, exp(log_variance)), summed over features, in nats.
template <operand_or_number T, operand_or_number M, operand_or_number V>
requires some_operand<T, M, V>
constexpr auto gaussian_nll(const T& target, const M& mean_, const V& log_variance) {
    return apply_operation(ops::gaussian_nll{}, target, mean_, log_variance);
}

HOURGLASS_END
