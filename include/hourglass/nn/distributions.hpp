// Distributions as values that hold expressions: normal and Bernoulli, with sample, log_prob and kl. `sample` is the
// explicit reparameterised node: its value is mu + sigma * noise, and the gradient flows into mu and sigma.
#pragma once

#include <hourglass/nn/losses.hpp>
#include <hourglass/ops/random.hpp>

HOURGLASS_BEGIN

// N(mu, sigma^2), elementwise and independent. log_sigma is kept where sigma was written exp(...), so that no log of an
// exp is taken; else it is log(sigma).
template <class Mu, class Sigma, class LogSigma> struct normal_distribution {
    Mu mu;
    Sigma sigma;
    LogSigma log_sigma;
};

template <class S> constexpr auto log_of(const applied<ops::exp, S>& sigma) {
    return sigma.operands[boost::hana::size_c<0>];
}
template <operand S> constexpr auto log_of(const S& sigma) { return log(sigma); }

template <operand_or_number M, operand_or_number S> constexpr auto normal(const M& mu, const S& sigma) {
    auto lifted = lift(sigma);
    auto log_sigma = log_of(lifted);
    return normal_distribution<decltype(lift(mu)), decltype(lifted), decltype(log_sigma)>{lift(mu), lifted, log_sigma};
}

inline constexpr normal_distribution<literal, literal, literal> standard_normal{literal(0), literal(1), literal(0)};

template <class Logits> struct bernoulli_distribution { Logits logits; };
// 0 or 1, with probability sigmoid(logits) of 1, elementwise and independent.
template <operand L> constexpr auto bernoulli(const L& logits) { return bernoulli_distribution<L>{logits}; }

namespace ops {

// mu + sigma * noise, the noise shaped like mu and sigma together
struct sample_normal {
    static constexpr int noise_leaves = 1;
    constexpr auto build(auto mu, auto sigma) const {
        shape joined;
        if (!broadcast(mu.extents(), sigma.extents(), joined)) {
            mu.misfit(text("normal"), sigma,
                      sentence("a mean of the shape ", mu.extents(), " and a deviation of the shape ", sigma.extents(),
                               " do not broadcast"));
            return mu;
        }
        return mu + hadamard(sigma, mu.noise(static_cast<int>(noise_kind::normal), false, joined));
    }
};
struct sample_bernoulli {
    constexpr auto build(auto logits) const {
        logits.misfit(text("sample"),
                      sentence("a Bernoulli draw has no reparameterised form, so no gradient would reach its logits: "
                               "use its mean, sigmoid(logits), or say that none is wanted: "
                               "bernoulli_noise_like(logits, stop_gradient(sigmoid(logits)))"));
        return logits;
    }
};

}

// A reparameterised draw; its noise is the leaf "<equation>.noise", which can be fed by name.
template <class M, class S, class L> constexpr auto sample(const normal_distribution<M, S, L>& q) {
    return apply_operation(ops::sample_normal{}, q.mu, q.sigma);
}
template <class L> constexpr auto sample(const bernoulli_distribution<L>& q) {
    return apply_operation(ops::sample_bernoulli{}, q.logits);
}

// log density, summed over features, in nats
template <class M, class S, class L, operand_or_number X>
constexpr auto log_prob(const normal_distribution<M, S, L>& q, const X& x) {
    constexpr double log_two_pi = 1.837877066409345483560659472811;
    return -hadamard(sum(square((x - q.mu) / q.sigma) + hadamard(q.log_sigma, 2) + log_two_pi), 0.5);
}
template <class L, operand_or_number X> constexpr auto log_prob(const bernoulli_distribution<L>& q, const X& x) {
    return -bernoulli_nll(q.logits, x);
}

// KL(q || p) in closed form, summed over features, in nats:
// log(sigma_p / sigma_q) + (sigma_q^2 + (mu_q - mu_p)^2) / (2 sigma_p^2) - 1/2. Against the standard normal, whose
// constants fold away, it is Kingma and Welling 2013, appendix B, with the sign of a divergence.
template <class M, class S, class L, class M2, class S2, class L2>
constexpr auto kl(const normal_distribution<M, S, L>& q, const normal_distribution<M2, S2, L2>& p) {
    return sum((square(q.sigma) + square(q.mu - p.mu)) / hadamard(square(p.sigma), 2) - 0.5 +
               (p.log_sigma - q.log_sigma));
}

HOURGLASS_END
