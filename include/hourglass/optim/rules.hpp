// Update rules: gradient descent with momentum and Nesterov's momentum, Adam, AdamW and RMSProp, each a few equations
// in the operations of models. A rule of a user's own is written the same way.
#pragma once

#include <hourglass/lowering/update.hpp>

HOURGLASS_BEGIN

// Run-time numbers of the rules; any call of a trainer may bind them.
inline constexpr scalar<"learning_rate"> learning_rate{1e-3};
inline constexpr scalar<"momentum"> momentum{0.9};
inline constexpr scalar<"weight_decay"> weight_decay{1e-2};
inline constexpr scalar<"beta1"> beta1{0.9};
inline constexpr scalar<"beta2"> beta2{0.999};
inline constexpr scalar<"epsilon"> epsilon{1e-8};
inline constexpr scalar<"decay"> decay{0.99};

namespace rule_names {
inline constexpr slot<"velocity"> velocity{};
inline constexpr slot<"first_moment"> m{};
inline constexpr slot<"second_moment"> v{};
inline constexpr symbol<"#step_size"> step_size{};
inline constexpr symbol<"#deviation"> deviation{};
}

// weight - learning_rate * gradient
struct sgd {
    static constexpr update_rule rule{next(weight) = weight - learning_rate * gradient_of_loss};
};

// velocity = momentum * velocity + gradient; weight - learning_rate * velocity (Polyak 1964, in PyTorch's form)
struct momentum_sgd {
    static constexpr update_rule rule{
        next(rule_names::velocity) = momentum * rule_names::velocity + gradient_of_loss,
        next(weight) = weight - learning_rate * next(rule_names::velocity),
    };
};

// The same, looking ahead by one step of the velocity (Sutskever et al. 2013, in PyTorch's form).
struct nesterov {
    static constexpr update_rule rule{
        next(rule_names::velocity) = momentum * rule_names::velocity + gradient_of_loss,
        next(weight) = weight - learning_rate * (gradient_of_loss + momentum * next(rule_names::velocity)),
    };
};

// Kingma and Ba 2015, algorithm 1. The corrections of the moments for their start at zero are numbers of the step, so
// they are gathered in two of them, computed once: m / (1 - beta1^t) is part of the step's size.
struct adam {
    static constexpr update_rule rule{
        next(rule_names::m) = beta1 * rule_names::m + (1 - beta1) * gradient_of_loss,
        next(rule_names::v) = beta2 * rule_names::v + (1 - beta2) * square(gradient_of_loss),
        rule_names::step_size = learning_rate / (1 - pow(beta1, step_number)),
        rule_names::deviation = sqrt(next(rule_names::v) * (1 / (1 - pow(beta2, step_number)))) + epsilon,
        next(weight) = weight - rule_names::step_size * next(rule_names::m) / rule_names::deviation,
    };
};

// Loshchilov and Hutter 2019, algorithm 2: the weight decays beside Adam's step, not through its moments.
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

// Tieleman and Hinton 2012, lecture 6.5, with epsilon outside the root as PyTorch has it.
struct rmsprop {
    static constexpr update_rule rule{
        next(rule_names::v) = decay * rule_names::v + (1 - decay) * square(gradient_of_loss),
        next(weight) = weight - learning_rate * gradient_of_loss / (sqrt(next(rule_names::v)) + epsilon),
    };
};

HOURGLASS_END
