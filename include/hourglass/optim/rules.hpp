// Update rules: gradient descent with momentum and Nesterov momentum, Adam, AdamW and RMSProp, each a few equations in
// the operations of models. Users write their own rules in the same way.
#pragma once

#include <hourglass/lowering/update.hpp>

HOURGLASS_BEGIN

// Run-time numbers of the rules. Any call of a trainer may bind them.
/// The size of a step, in all of these rules; 1e-3 by default.
inline constexpr scalar<"learning_rate"> learning_rate{1e-3};
/// The decay of the velocity in `momentum_sgd` and `nesterov`; 0.9 by default.
inline constexpr scalar<"momentum"> momentum{0.9};
/// The weight decay of `adamw`; 1e-2 by default.
inline constexpr scalar<"weight_decay"> weight_decay{1e-2};
/// The decay of the first moment in `adam` and `adamw`; 0.9 by default.
inline constexpr scalar<"beta1"> beta1{0.9};
/// The decay of the second moment in `adam` and `adamw`; 0.999 by default.
inline constexpr scalar<"beta2"> beta2{0.999};
/// Added to the root of the second moment in `adam`, `adamw` and `rmsprop`; 1e-8 by default.
inline constexpr scalar<"epsilon"> epsilon{1e-8};
/// The decay of the second moment in `rmsprop`; 0.99 by default.
inline constexpr scalar<"decay"> decay{0.99};

namespace rule_names {
inline constexpr slot<"velocity"> velocity{};
inline constexpr slot<"first_moment"> m{};
inline constexpr slot<"second_moment"> v{};
inline constexpr symbol<"#step_size"> step_size{};
inline constexpr symbol<"#deviation"> deviation{};
}

/// Gradient descent: weight - learning_rate * gradient.
struct sgd {
    static constexpr update_rule rule{next(weight) = weight - learning_rate * gradient_of_loss};
};

/// Gradient descent with momentum: velocity = momentum * velocity + gradient; weight - learning_rate * velocity (Polyak
/// 1964, in PyTorch's form).
struct momentum_sgd {
    static constexpr update_rule rule{
        next(rule_names::velocity) = momentum * rule_names::velocity + gradient_of_loss,
        next(weight) = weight - learning_rate * next(rule_names::velocity),
    };
};

/// The same, looking one step of the velocity ahead (Sutskever et al. 2013, in PyTorch's form).
struct nesterov {
    static constexpr update_rule rule{
        next(rule_names::velocity) = momentum * rule_names::velocity + gradient_of_loss,
        next(weight) = weight - learning_rate * (gradient_of_loss + momentum * next(rule_names::velocity)),
    };
};

/// Adam (Kingma and Ba 2015, algorithm 1). The bias corrections of the moments depend only on the step, so they are
/// gathered in two numbers that are computed once: m / (1 - beta1^t) becomes part of the step size.
struct adam {
    static constexpr update_rule rule{
        next(rule_names::m) = beta1 * rule_names::m + (1 - beta1) * gradient_of_loss,
        next(rule_names::v) = beta2 * rule_names::v + (1 - beta2) * square(gradient_of_loss),
        rule_names::step_size = learning_rate / (1 - pow(beta1, step_number)),
        rule_names::deviation = sqrt(next(rule_names::v) * (1 / (1 - pow(beta2, step_number)))) + epsilon,
        next(weight) = weight - rule_names::step_size * next(rule_names::m) / rule_names::deviation,
    };
};

/// AdamW (Loshchilov and Hutter 2019, algorithm 2): the weight decays separately from Adam's step, not through its
/// moments.
struct adamw {
    static constexpr update_rule rule{
        next(rule_names::m) = beta1 * rule_names::m + (1 - beta1) * gradient_of_loss,
        next(rule_names::v) = beta2 * rule_names::v + (1 - beta2) * square(gradient_of_loss),
        rule_names::step_size = learning_rate / (1 - pow(beta1, step_number)),
        rule_names::deviation = sqrt(next(rule_names::v) * (1 / (1 - pow(beta2, step_number)))) + epsilon,
        next(weight) = (1 - learning_rate * weight_decay) * weight -
                       rule_names::step_size * next(rule_names::m) / rule_names::deviation,
    };
};

/// RMSProp (Tieleman and Hinton 2012, lecture 6.5), with epsilon outside the root as in PyTorch.
struct rmsprop {
    static constexpr update_rule rule{
        next(rule_names::v) = decay * rule_names::v + (1 - decay) * square(gradient_of_loss),
        next(weight) = weight - learning_rate * gradient_of_loss / (sqrt(next(rule_names::v)) + epsilon),
    };
};

HOURGLASS_END
