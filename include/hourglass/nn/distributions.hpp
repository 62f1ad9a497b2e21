// Distributions as values that hold expressions: normal and Bernoulli, with sample, log_prob and kl. `sample` is the
// explicit reparameterised node: its value is mu + sigma * noise, and the gradient flows into mu and sigma.
#pragma once

#include <hourglass/nn/losses.hpp>
#include <hourglass/ops/random.hpp>

HOURGLASS_BEGIN

// N(mu, sigma^2), elementwise and independent; held as expressions, of which each function below makes one operation,
// so that a layer written inside is made once in each equation that uses the distribution.
template <class Mu, class Sigma> struct normal_distribution {
    Mu mu;
    Sigma sigma;
};
template <operand_or_number M, operand_or_number S> constexpr auto normal(const M& mu, const S& sigma) {
    return normal_distribution<decltype(lift(mu)), decltype(lift(sigma))>{lift(mu), lift(sigma)};
}

inline constexpr normal_distribution<literal, literal> standard_normal{literal(0), literal(1)};

template <class Logits> struct bernoulli_distribution { Logits logits; };
// 0 or 1, with probability sigmoid(logits) of 1, elementwise and independent.
template <operand L> constexpr auto bernoulli(const L& logits) { return bernoulli_distribution<L>{logits}; }

namespace ops {

// How a deviation is written: where it is exp(s), s itself is the operand, so that no log of an exp is taken.
template <class Sigma> struct written_deviation {
    static constexpr bool as_exp = false;
    static constexpr const Sigma& operand_of(const Sigma& sigma) { return sigma; }
};
template <class S> struct written_deviation<applied<exp, S>> {
    static constexpr bool as_exp = true;
    static constexpr const S& operand_of(const applied<exp, S>& sigma) {
        return sigma.operands[boost::hana::size_c<0>];
    }
};
// A deviation and its logarithm, from the operand.
template <bool AsExp> constexpr auto deviation(auto s) {
    if constexpr (AsExp)
        return hourglass::exp(s);
    else
        return s;
}
template <bool AsExp> constexpr auto log_deviation(auto s) {
    if constexpr (AsExp)
        return s;
    else
        return hourglass::log(s);
}

// mu + sigma * noise, the noise shaped like mu and sigma together
template <bool Shared> struct sample_normal {
    static constexpr int noise_leaves = 1;
    constexpr auto build(auto mu, auto sigma) const {
        shape joined;
        if (!broadcast(mu.extents(), sigma.extents(), joined)) {
            mu.misfit(text("normal"), sigma,
                      sentence("a mean of the shape ", mu.extents(), " and a deviation of the shape ", sigma.extents(),
                               " do not broadcast"));
            return mu;
        }
        return mu + hadamard(sigma, mu.noise(static_cast<int>(noise_kind::normal), Shared, joined));
    }
};
template <bool Shared> struct shared_form<sample_normal<Shared>> { using type = sample_normal<true>; };
struct sample_bernoulli {
    constexpr auto build(auto logits) const {
        logits.misfit(text("sample"),
                      sentence("a Bernoulli draw has no reparameterised form, so no gradient would reach its logits. "
                               "Choose an estimator: sample(q, straight_through), sample(q, relaxed(temperature)), or "
                               "score_function(loss, log_prob(q, z)) of z = draw(q); or use the mean, "
                               "sigmoid(logits)"));
        return logits;
    }
};

// Composite, and one step after another: compilers differ in the order in which they evaluate operands, and graphs must
// not.
template <bool AsExp> struct log_prob_normal {
    constexpr auto build(auto mu, auto s, auto x) const {
        constexpr double log_two_pi = 1.837877066409345483560659472811;
        auto sigma = deviation<AsExp>(s);
        auto distance = hourglass::square((x - mu) / sigma);
        auto twice_log = hadamard(log_deviation<AsExp>(s), 2);
        return -hadamard(hourglass::sum(distance + twice_log + log_two_pi), 0.5);
    }
};
template <bool AsExp, bool OtherAsExp> struct kl_normal {
    constexpr auto build(auto mu, auto s, auto other_mu, auto other_s) const {
        auto variance = hourglass::square(deviation<AsExp>(s));
        auto spread = variance + hourglass::square(mu - other_mu);
        auto unit = hadamard(hourglass::square(deviation<OtherAsExp>(other_s)), 2);
        auto scaled = spread / unit - 0.5;
        auto log_sigma = log_deviation<AsExp>(s);
        return hourglass::sum(scaled + (log_deviation<OtherAsExp>(other_s) - log_sigma));
    }
};

}

// A reparameterised draw; its noise is the leaf "<equation>.noise", which can be fed by name.
template <class M, class S> constexpr auto sample(const normal_distribution<M, S>& q) {
    return apply_operation(ops::sample_normal<false>{}, q.mu, q.sigma);
}
template <class L> constexpr auto sample(const bernoulli_distribution<L>& q) {
    return apply_operation(ops::sample_bernoulli{}, q.logits);
}

// log density, summed over features, in nats
template <class M, class S, operand_or_number X>
constexpr auto log_prob(const normal_distribution<M, S>& q, const X& x) {
    using sigma = ops::written_deviation<S>;
    return apply_operation(ops::log_prob_normal<sigma::as_exp>{}, q.mu, sigma::operand_of(q.sigma), x);
}
template <class L, operand_or_number X> constexpr auto log_prob(const bernoulli_distribution<L>& q, const X& x) {
    return -bernoulli_nll(q.logits, x);
}

// KL(q || p) in closed form, summed over features, in nats:
// log(sigma_p / sigma_q) + (sigma_q^2 + (mu_q - mu_p)^2) / (2 sigma_p^2) - 1/2. Against the standard normal, whose
// constants fold away, it is Kingma and Welling 2013, appendix B, with the sign of a divergence.
template <class M, class S, class M2, class S2>
constexpr auto kl(const normal_distribution<M, S>& q, const normal_distribution<M2, S2>& p) {
    using sigma = ops::written_deviation<S>;
    using other = ops::written_deviation<S2>;
    return apply_operation(ops::kl_normal<sigma::as_exp, other::as_exp>{}, q.mu, sigma::operand_of(q.sigma), p.mu,
                           other::operand_of(p.sigma));
}

HOURGLASS_END
