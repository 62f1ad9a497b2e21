// How a gradient passes through a draw to the parameters of a distribution. `sample` of a distribution with a
// reparameterised form is the pathwise estimator. The others are here, chosen where they are used: straight-through and
// relaxed (both biased), and the score function (unbiased for any loss, with a variance that a baseline lowers).
// `hg::gradient_variance` (inspect/variance.hpp) measures them.
#pragma once

#include <hourglass/probability/discrete.hpp>

HOURGLASS_BEGIN

// Estimators, as named in sample(q, ...).
struct pathwise_estimator {};
/// The pathwise estimator, `sample(q, pathwise)`: what `sample(q)` is for distributions with a reparameterised form.
inline constexpr pathwise_estimator pathwise{};
struct straight_through_estimator {};
/// The straight-through estimator, `sample(q, straight_through)`: a discrete draw with the gradient of its mean.
/// Biased.
inline constexpr straight_through_estimator straight_through{};
template <class Temperature> struct relaxed_estimator { Temperature temperature; };
/// The relaxed estimator, `sample(q, relaxed(temperature))`: a continuous approximation of a discrete draw. Biased.
/// Lower temperatures are closer to a draw, but their gradients vary more.
template <operand_or_number T> constexpr auto relaxed(const T& temperature) {
    return relaxed_estimator<decltype(lift(temperature))>{lift(temperature)};
}

namespace ops {

// Uniform noise with a finite logarithm, even if zeros are fed. It is fine near 0, down to 2^-126, and has steps of
// 2^-24 near 1. The draws below decide where it is small, so their frequencies are right for probabilities that are
// normal numbers.
constexpr auto positive_noise(auto like, bool shared) {
    return hourglass::max(like.noise(noise_kind::uniform, shared, like.extents()), 0x1p-126);
}
// The logarithm of exponential noise of rate 1. Of several such variables, each divided by its weight, each is the
// smallest with a probability proportional to its weight.
constexpr auto log_exponential(auto like, bool shared) {
    auto noise = positive_noise(like, shared);
    return hourglass::log(-hourglass::log1p(-noise));
}

template <bool Shared> struct relaxed_bernoulli {
    static constexpr int noise_leaves = 1;
    constexpr auto build(auto logits, auto temperature) const {
        auto noise = positive_noise(logits, Shared);
        auto odds = hourglass::log(noise);
        auto logistic = odds - hourglass::log1p(-noise); // goes down to -87, but only up to 17
        auto towards = hourglass::where(logits > 0, logistic, -logistic);
        return hourglass::sigmoid(apply_operation(over_temperature{}, logits + towards, temperature));
    }
};
template <bool Shared> struct shared_form<relaxed_bernoulli<Shared>> { using type = relaxed_bernoulli<true>; };

/// The operation of `gumbel_softmax`.
template <bool Shared> struct gumbel_softmax {
    static constexpr int noise_leaves = 1;
    constexpr auto build(auto logits, auto temperature) const {
        auto noisy = logits - log_exponential(logits, Shared);
        return hourglass::softmax(apply_operation(over_temperature{}, noisy, temperature));
    }
};
template <bool Shared> struct shared_form<gumbel_softmax<Shared>> { using type = gumbel_softmax<true>; };

template <bool Shared> struct draw_bernoulli {
    static constexpr int noise_leaves = 1;
    constexpr auto build(auto logits) const {
        auto held = hourglass::stop_gradient(logits);
        auto noise = logits.noise(noise_kind::uniform, Shared, logits.extents());
        return apply_operation(bernoulli_choice{}, held, noise);
    }
};
template <bool Shared> struct shared_form<draw_bernoulli<Shared>> { using type = draw_bernoulli<true>; };
// 1 at the first of the largest of the logits minus the logarithm of exponential noise (Gumbel noise), 0 elsewhere.
template <bool Shared> struct draw_categorical {
    static constexpr int noise_leaves = 1;
    constexpr auto build(auto logits) const {
        auto held = hourglass::stop_gradient(logits);
        return apply_operation(first_largest{}, held - log_exponential(logits, Shared));
    }
};
template <bool Shared> struct shared_form<draw_categorical<Shared>> { using type = draw_categorical<true>; };
/// The operation of `straight_through_of`; its value equals `hard` to the bit.
struct straight_through_of {
    constexpr auto build(auto hard, auto soft) const {
        auto value = hourglass::stop_gradient(hard);
        return value + (soft - hourglass::stop_gradient(soft));
    }
};
template <bool Shared> struct straight_through_bernoulli {
    static constexpr int noise_leaves = 1;
    constexpr auto build(auto logits) const {
        auto draw = draw_bernoulli<Shared>{}.build(logits);
        return straight_through_of{}.build(draw, hourglass::sigmoid(logits));
    }
};
template <bool Shared> struct shared_form<straight_through_bernoulli<Shared>> {
    using type = straight_through_bernoulli<true>;
};
template <bool Shared> struct straight_through_categorical {
    static constexpr int noise_leaves = 1;
    constexpr auto build(auto logits) const {
        auto draw = draw_categorical<Shared>{}.build(logits);
        return straight_through_of{}.build(draw, hourglass::softmax(logits));
    }
};
template <bool Shared> struct shared_form<straight_through_categorical<Shared>> {
    using type = straight_through_categorical<true>;
};

/// The operation of `score_function`. exp(log q - log q) is 1 and has the derivative of log q, so derivatives of every
/// order estimate those of the expectation.
struct score_function {
    constexpr auto build(auto value, auto log_probability, auto baseline) const {
        auto box = hourglass::exp(log_probability - hourglass::stop_gradient(log_probability));
        auto held = hourglass::stop_gradient(baseline);
        auto weighted = hadamard(value, box);
        return weighted + hadamard(held, 1 - box);
    }
};

}

/// Returns a draw through which no gradient flows, for the score-function estimator; of any distribution.
template <class L> constexpr auto draw(const distribution<ops::bernoulli_family, L>& q) {
    return apply_operation(ops::draw_bernoulli<false>{}, q.template parameter<0>());
}
/// The same for a categorical distribution.
template <class L> constexpr auto draw(const distribution<ops::categorical_family, L>& q) {
    return apply_operation(ops::draw_categorical<false>{}, q.template parameter<0>());
}
/// The same for a distribution with a reparameterised form.
template <class Q>
requires requires(const Q& q) { sample(q); }
constexpr auto draw(const Q& q) { return stop_gradient(sample(q)); }

/// The same as `sample(q)`, with the estimator named.
template <class Q>
requires requires(const Q& q) { sample(q); }
constexpr auto sample(const Q& q, pathwise_estimator) { return sample(q); }

/// Returns `value` with the score-function estimator of the gradient of its expectation (REINFORCE; Williams 1992): the
/// gradient of `value` itself plus (value - baseline) times the gradient of log q(z), at a draw z:
/// `z = draw(q), loss = score_function(f, log_prob(q, z), baseline)`.
/// Unbiased for any baseline that does not depend on z; the closer it is to the mean of the value, the lower the
/// variance. No gradient flows into the baseline. Higher-order derivatives are estimated too (Foerster et al. 2018,
/// arXiv:1802.05098, with the baseline of Mao et al. 2019, arXiv:1906.00137).
template <operand F, operand L, operand_or_number B>
constexpr auto score_function(const F& value, const L& log_probability, const B& baseline) {
    return apply_operation(ops::score_function{}, value, log_probability, baseline);
}
/// The same without a baseline.
template <operand F, operand L> constexpr auto score_function(const F& value, const L& log_probability) {
    return score_function(value, log_probability, 0);
}

/// Returns the value of `hard` with the gradient of `soft` (Bengio et al. 2013, arXiv:1308.3432, section 4): biased.
/// Shapes are as in `hard + soft`.
template <operand H, operand S> constexpr auto straight_through_of(const H& hard, const S& soft) {
    return apply_operation(ops::straight_through_of{}, hard, soft);
}
/// Returns 0 or 1, with the gradient of the mean, sigmoid(logits).
template <class L> constexpr auto sample(const distribution<ops::bernoulli_family, L>& q, straight_through_estimator) {
    return apply_operation(ops::straight_through_bernoulli<false>{}, q.template parameter<0>());
}
/// Returns a value between 0 and 1 from the binary concrete distribution (Maddison et al. 2017, arXiv:1611.00712,
/// appendix B; Jang et al. 2017, arXiv:1611.01144), with its pathwise gradient.
template <class L, class T>
constexpr auto sample(const distribution<ops::bernoulli_family, L>& q, const relaxed_estimator<T>& estimator) {
    return apply_operation(ops::relaxed_bernoulli<false>{}, q.template parameter<0>(), estimator.temperature);
}
/// Returns a point of the simplex near a corner, by the softmax over the last axis (Jang et al. 2017, equation 2), with
/// its pathwise gradient. The nearest corner is a draw of the categorical distribution.
template <operand L, operand_or_number T> constexpr auto gumbel_softmax(const L& logits, const T& temperature) {
    return apply_operation(ops::gumbel_softmax<false>{}, logits, temperature);
}
/// Returns a one-hot draw along the last axis, with the gradient of the mean, softmax(logits).
template <class L>
constexpr auto sample(const distribution<ops::categorical_family, L>& q, straight_through_estimator) {
    return apply_operation(ops::straight_through_categorical<false>{}, q.template parameter<0>());
}
/// The same as `gumbel_softmax` of the logits.
template <class L, class T>
constexpr auto sample(const distribution<ops::categorical_family, L>& q, const relaxed_estimator<T>& estimator) {
    return gumbel_softmax(q.template parameter<0>(), estimator.temperature);
}

HOURGLASS_END
