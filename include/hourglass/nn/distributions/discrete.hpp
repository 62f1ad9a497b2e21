// Distributions of choices, by their logits: Bernoulli and categorical. Their draws are no differentiable function of
// them, so `sample` is an error that names the estimators in nn/estimators.hpp.
#pragma once

#include <hourglass/nn/distributions/distribution.hpp>

HOURGLASS_BEGIN
namespace ops {

constexpr text choice_of_estimator(std::string_view draw, std::string_view mean) {
    return sentence("a ", draw,
                    " draw has no reparameterised form, so no gradient would reach its logits. "
                    "Choose an estimator: sample(q, straight_through), sample(q, relaxed(temperature)), or "
                    "score_function(loss, log_prob(q, z)) of z = draw(q); or use the mean, ",
                    mean, "(logits)");
}

// 1 with the probability sigmoid(logits), else 0
struct bernoulli_family {
    static constexpr std::string_view name = "bernoulli";
    static constexpr pathwise_form pathwise = pathwise_form::none;
    static constexpr int noise_leaves = 0;
    static constexpr text no_pathwise_form() { return choice_of_estimator("Bernoulli", "sigmoid"); }
    static constexpr auto log_prob(const auto& p, auto x) {
        return -apply_operation(ops::bernoulli_nll{}, p[0].value(), x);
    }
    // -p log p - (1 - p) log(1 - p), p = sigmoid(l), both terms of which keep their digits
    static constexpr auto entropy(const auto& p) {
        auto l = p[0].value();
        auto of_one = hourglass::sigmoid(l);
        auto first = hadamard(of_one, hourglass::softplus(-l));
        auto of_zero = hourglass::sigmoid(-l);
        auto second = hadamard(of_zero, hourglass::softplus(l));
        return hourglass::sum(first + second);
    }
};
template <> struct closed_divergence<bernoulli_family, bernoulli_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto l = q[0].value();
        auto m = p[0].value();
        auto log_one = hourglass::softplus(-l);
        auto log_of_one = hourglass::softplus(-m) - log_one;
        auto log_zero = hourglass::softplus(l);
        auto log_of_zero = hourglass::softplus(m) - log_zero;
        auto first = hadamard(hourglass::sigmoid(l), log_of_one);
        auto second = hadamard(hourglass::sigmoid(-l), log_of_zero);
        return hourglass::sum(first + second);
    }
};

// One of the elements of the last axis, with the probabilities softmax(logits); x has 1 there and 0 elsewhere, or
// probabilities.
struct categorical_family {
    static constexpr std::string_view name = "categorical";
    static constexpr pathwise_form pathwise = pathwise_form::none;
    static constexpr int noise_leaves = 0;
    static constexpr text no_pathwise_form() { return choice_of_estimator("categorical", "softmax"); }
    static constexpr auto log_prob(const auto& p, auto x) {
        auto logs = hourglass::log_softmax(p[0].value());
        return hourglass::sum(hadamard(x, logs));
    }
    static constexpr auto entropy(const auto& p) {
        auto logs = hourglass::log_softmax(p[0].value());
        return -hourglass::sum(hadamard(hourglass::exp(logs), logs));
    }
};
template <> struct closed_divergence<categorical_family, categorical_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto of_q = hourglass::log_softmax(q[0].value());
        auto of_p = hourglass::log_softmax(p[0].value());
        auto ratio = of_q - of_p;
        return hourglass::sum(hadamard(hourglass::exp(of_q), ratio));
    }
};

}

// 0 or 1, with probability sigmoid(logits) of 1, elementwise and independent.
template <operand L> constexpr auto bernoulli(const L& logits) {
    return make_distribution<ops::bernoulli_family>(logits);
}
// One of the elements of the last axis, with the probabilities softmax(logits); independent along the other axes. A
// value is 1 at the element that is chosen and 0 elsewhere. The logits are finite.
template <operand L> constexpr auto categorical(const L& logits) {
    return make_distribution<ops::categorical_family>(logits);
}

HOURGLASS_END
