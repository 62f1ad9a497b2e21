// Distributions of choices, given by logits: Bernoulli and categorical. Their draws are not differentiable functions of
// the logits, so `sample` is an error that names the estimators in probability/estimators.hpp.
#pragma once

#include <hourglass/probability/distribution.hpp>

HOURGLASS_BEGIN
namespace ops {

constexpr text choice_of_estimator(std::string_view draw, std::string_view mean) {
    return sentence("a ", draw,
                    " draw has no reparameterised form, so no gradient would reach its logits. "
                    "Choose an estimator: sample(q, straight_through), sample(q, relaxed(temperature)), or "
                    "score_function(loss, log_prob(q, z)) of z = draw(q); or use the mean, ",
                    mean, "(logits)");
}

// 1 with probability sigmoid(logits), else 0
struct bernoulli_family {
    static constexpr std::string_view name = "bernoulli";
    static constexpr pathwise_form pathwise = pathwise_form::none;
    static constexpr int noise_leaves = 0;
    static constexpr text no_pathwise_form() { return choice_of_estimator("Bernoulli", "sigmoid"); }
    static constexpr auto log_prob(const auto& p, auto x) {
        return -apply_operation(ops::bernoulli_nll{}, p[0].value(), x);
    }
    static constexpr auto entropy(const auto& p) {
        return hourglass::sum(apply_operation(logit_entropy{}, p[0].value()));
    }
};
template <> struct closed_divergence<bernoulli_family, bernoulli_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto l = q[0].value();
        return hourglass::sum(apply_operation(logit_divergence{}, l, p[0].value()));
    }
};

// One element of the last axis, with probabilities softmax(logits). x is one-hot, or probabilities.
struct categorical_family {
    static constexpr std::string_view name = "categorical";
    static constexpr pathwise_form pathwise = pathwise_form::none;
    static constexpr int noise_leaves = 0;
    static constexpr text no_pathwise_form() { return choice_of_estimator("categorical", "softmax"); }
    static constexpr auto log_prob(const auto& p, auto x) {
        const auto logits = p[0].value();
        const shape &classes = logits.extents(), &given = x.extents();
        if (classes.rank > 0 && (given.rank == 0 || given[given.rank - 1] != classes[classes.rank - 1]))
            logits.misfit(text("categorical"), x,
                          sentence("a value has a number for each class along its last axis, 1 for the one that is "
                                   "meant (one-hot), so it ends in ",
                                   classes[classes.rank - 1], ", and here has the shape ", given));
        auto logs = hourglass::log_softmax(logits);
        return hourglass::sum(apply_operation(weighted{}, x, logs));
    }
    static constexpr auto entropy(const auto& p) {
        auto logs = hourglass::log_softmax(p[0].value());
        return -hourglass::sum(apply_operation(exp_times{}, logs));
    }
};
// sum q (log q - log p), as a sum of non-negative terms. The difference of the logarithms is computed from the logits
// below the largest of each: their differences are rounded once and do not depend on a constant added to all logits. A
// small error shared by all differences does not matter.
template <> struct closed_divergence<categorical_family, categorical_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto l = q[0].value();
        auto m = p[0].value();
        const log_probabilities of_q(l, axis_mask(l, axes_t<-1>{}));
        const log_probabilities of_p(m, axis_mask(m, axes_t<-1>{}));
        auto of_totals = of_p.log_of_total - of_q.log_of_total;
        auto below = apply_operation(difference_of_differences{}, m, of_p.largest, l, of_q.largest);
        auto difference = below - of_totals;
        auto log_q = of_q.value();
        auto log_p = of_p.value();
        auto correction = hourglass::stop_gradient(difference - (log_p - log_q));
        return hourglass::sum(apply_operation(divergence_term{}, log_q, log_p, correction));
    }
};

}

/// The Bernoulli distribution: 1 with probability sigmoid(logits), else 0; elementwise and independent.
template <operand L> constexpr auto bernoulli(const L& logits) {
    return make_distribution<ops::bernoulli_family>(logits);
}
/// The categorical distribution: one element of the last axis, with probabilities softmax(logits); independent along
/// the other axes. Values are one-hot. A logit of minus infinity is never chosen.
template <operand L> constexpr auto categorical(const L& logits) {
    return make_distribution<ops::categorical_family>(logits);
}

/// The loss of a classifier in nats, -log p(label): the logits of the classes lie along the last axis, and `label` is
/// one-hot or the probabilities of the classes. Summed over the other axes, not over the batch. Equal to
/// `-log_prob(categorical(logits), label)`, exact for one-hot labels; labels may be bound numbers.
template <operand L, operand_or_number T> constexpr auto cross_entropy(const L& logits, const T& label) {
    return -log_prob(categorical(logits), label);
}

HOURGLASS_END
