// Noise in equations: leaves of standard normal or uniform numbers, masks made of them, and dropout. Each textual
// occurrence is a leaf of its own with an identity made of its name; the generator itself is in ops/philox.hpp and
// kernels/philox.hpp.
#pragma once

#include <hourglass/ops/leaves.hpp>
#include <hourglass/ops/linear.hpp>

HOURGLASS_BEGIN

enum class noise_kind { normal, uniform };

namespace ops {

// Noise shaped like an operand, or of given extents; built into a leaf when it is lowered.
template <noise_kind Kind, bool Shared> struct noise_like {
    static constexpr int noise_leaves = 1;
    constexpr auto build(auto like) const { return like.noise(static_cast<int>(Kind), Shared, like.extents()); }
};
template <noise_kind Kind, bool Shared, int... Extents> struct noise_of {
    static constexpr int noise_leaves = 1;
    // The operand is only there to give access to the graph: a literal that is not used.
    constexpr auto build(auto anchor) const {
        return anchor.noise(static_cast<int>(Kind), Shared, make_shape(Extents...));
    }
};

template <class Operation> struct shared_form;
template <noise_kind Kind> struct shared_form<noise_like<Kind, false>> { using type = noise_like<Kind, true>; };
template <noise_kind Kind, int... Extents> struct shared_form<noise_of<Kind, false, Extents...>> {
    using type = noise_of<Kind, true, Extents...>;
};

}

// Independent N(0, 1) numbers, or uniform ones in [0, 1), shaped like x, or of the given extents.
template <operand X> constexpr auto normal_noise_like(const X& x) {
    return apply_operation(ops::noise_like<noise_kind::normal, false>{}, x);
}
template <operand X> constexpr auto uniform_noise_like(const X& x) {
    return apply_operation(ops::noise_like<noise_kind::uniform, false>{}, x);
}
template <int... Extents> constexpr auto normal_noise() {
    return applied<ops::noise_of<noise_kind::normal, false, Extents...>, literal>({}, literal(0));
}
template <int... Extents> constexpr auto uniform_noise() {
    return applied<ops::noise_of<noise_kind::uniform, false, Extents...>, literal>({}, literal(0));
}
// 1 with the given probability, else 0; the leaf itself is the uniform number that is compared with the probability.
template <operand X, operand_or_number P> constexpr auto bernoulli_noise_like(const X& x, const P& probability) {
    return uniform_noise_like(x) < probability;
}
template <int... Extents, operand_or_number P> constexpr auto bernoulli_noise(const P& probability) {
    return uniform_noise<Extents...>() < probability;
}
// One draw for all examples of a call, in place of one per example.
template <class Noise, class... Operands> constexpr auto shared(const applied<Noise, Operands...>& leaf) {
    using form = typename ops::shared_form<Noise>::type;
    return applied<form, Operands...>(form{}, leaf.operands[boost::hana::size_c<0>]);
}

namespace ops {

// Composite, so that x, which is used more than once, is made once.
struct mask_and_rescale {
    static constexpr int noise_leaves = 1;
    constexpr auto build(auto x, auto p) const { return hadamard(x, bernoulli_noise_like(x, 1 - p)) / (1 - p); }
};
struct dropout {
    static constexpr int noise_leaves = 1;
    constexpr auto build(auto x, auto p) const { return hourglass::in_training(mask_and_rescale{}.build(x, p), x); }
};

}

// Masking and rescaling, which keeps the mean: x kept with probability 1 - p and divided by it. Acts wherever it
// stands; `dropout` acts in training alone.
template <operand X, operand_or_number P> constexpr auto mask_and_rescale(const X& x, const P& p) {
    return apply_operation(ops::mask_and_rescale{}, x, p);
}
template <operand X, operand_or_number P> constexpr auto dropout(const X& x, const P& p) {
    return apply_operation(ops::dropout{}, x, p);
}

HOURGLASS_END
