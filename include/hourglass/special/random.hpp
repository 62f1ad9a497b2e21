// Noise in equations: leaves of standard normal or uniform numbers, masks made of them, and dropout. Each textual
// occurrence is a leaf of its own with an identity made of its name; the generator itself is in math/philox.hpp and
// kernels/philox.hpp. Uniform numbers are fine near 0 and not near 1: what is rare happens where they are small.
#pragma once

#include <boost/hana/at.hpp>
#include <boost/hana/unpack.hpp>

#include <hourglass/ir/leaves.hpp>
#include <hourglass/ops/linear.hpp>

HOURGLASS_BEGIN

namespace ops {

// Noise shaped like an operand, or of given extents; built into a leaf when it is lowered.
template <noise_kind Kind, bool Shared> struct noise_like {
    static constexpr int noise_leaves = 1;
    constexpr auto build(auto like) const { return like.noise(Kind, Shared, like.extents()); }
};
template <noise_kind Kind, bool Shared, int... Extents> struct noise_of {
    static constexpr int noise_leaves = 1;
    // The operand is only there to give access to the graph: a literal that is not used.
    constexpr auto build(auto anchor) const { return anchor.noise(Kind, Shared, make_shape(Extents...)); }
};

// The same with one draw for all examples.
template <class Operation> struct shared_form;
template <noise_kind Kind, bool Shared> struct shared_form<noise_like<Kind, Shared>> {
    using type = noise_like<Kind, true>;
};
template <noise_kind Kind, bool Shared, int... Extents> struct shared_form<noise_of<Kind, Shared, Extents...>> {
    using type = noise_of<Kind, true, Extents...>;
};
template <class Operation>
concept shareable = requires {
    typename shared_form<Operation>::type;
};
// What is no noise: lowering says so.
struct shared_of_another {
    constexpr auto build(auto x) const {
        x.misfit(text("shared"), sentence("it takes what draws noise: normal_noise_like(x), uniform_noise_like(x), "
                                          "bernoulli_noise_like(x, p), mask_and_rescale(x, p), dropout(x, p), "
                                          "sample(q) of a distribution q, draw(q) of a discrete one, "
                                          "gumbel_softmax(logits, temperature)"));
        return x;
    }
};

}

// Independent N(0, 1) numbers, or uniform ones in (0, 1), shaped like x, or of the given extents.
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
// 1 with the given probability, else 0; the leaf itself is the uniform number that is compared with the probability,
// and that is what is fed by its name.
template <operand X, operand_or_number P> constexpr auto bernoulli_noise_like(const X& x, const P& probability) {
    return uniform_noise_like(x) < probability;
}
template <int... Extents, operand_or_number P> constexpr auto bernoulli_noise(const P& probability) {
    return uniform_noise<Extents...>() < probability;
}
// One draw for all examples of a call, in place of one per example: of a noise leaf, a Bernoulli draw, a mask, dropout
// or a sample.
template <operand X> constexpr auto shared(const X& x) { return apply_operation(ops::shared_of_another{}, x); }
template <ops::shareable Noise, class... Operands> constexpr auto shared(const applied<Noise, Operands...>& noise) {
    using form = typename ops::shared_form<Noise>::type;
    return boost::hana::unpack(noise.operands,
                               [](const auto&... operands) { return applied<form, Operands...>(form{}, operands...); });
}
template <ops::shareable Noise, class... Operands, class P>
constexpr auto shared(const applied<ops::less, applied<Noise, Operands...>, P>& draw) {
    return shared(boost::hana::at_c<0>(draw.operands)) < boost::hana::at_c<1>(draw.operands);
}

namespace ops {

// 1 with the probability 1 - p, else 0, of the uniform number u: where p is small, u < p is what drops, since 1 - p has
// no digits for it.
struct keeps : elementwise<3> {
    static constexpr std::string_view name = "keeps";
    static constexpr bool smooth = false;
    static constexpr double small = 0x1p-10;
    template <class V> static constexpr V forward(const V& u, const V& p, const V& rest) {
        const V zero = math::as<V>(0), one = math::as<V>(1);
        return math::select(p < math::as<V>(small), math::select(u >= p, one, zero), math::select(u < rest, one, zero));
    }
};
// 1 with the probability sigmoid(l), else 0, of the uniform number u: u < sigmoid(-|l|) is the less probable of the
// two. NaN is handed on.
struct bernoulli_choice : elementwise<2> {
    static constexpr std::string_view name = "bernoulli_choice";
    static constexpr bool smooth = false;
    template <class V> static constexpr V forward(const V& l, const V& u) {
        const V zero = math::as<V>(0), one = math::as<V>(1);
        const auto rare = u < sigmoid::forward(V(-math::abs(l)));
        const V drawn = math::select(l > zero, math::select(rare, zero, one), math::select(rare, one, zero));
        return math::select(l == l, drawn, l);
    }
};
// Along the last axis 1 at the largest element, at the first where several are, and 0 elsewhere; NaN where one is NaN.
struct first_largest {
    static constexpr std::string_view name = "first_largest";
    static constexpr operation_kind kind = operation_kind::product;
    static constexpr int arity = 1;
    static constexpr bool smooth = false;
    static constexpr value_type infer(inference& in) {
        if (in[0].extents.rank == 0) in.problem = sentence("it takes a vector, or what has more axes");
        return in[0];
    }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const shape& x = e.types[0].extents;
        const long n = x[x.rank - 1], all = e.rows_of(e.types[0]) * x.size();
        for (long first = 0; first < all; first += n) {
            const T* const from = e.operands[0] + first;
            long chosen = 0;
            bool ordered = from[0] == from[0];
            for (long i = 1; i < n; ++i) {
                if (from[i] > from[chosen]) chosen = i;
                ordered = ordered && from[i] == from[i];
            }
            for (long i = 0; i < n; ++i)
                e.result[first + i] = ordered ? T(i == chosen ? 1 : 0) : T(std::numeric_limits<double>::quiet_NaN());
        }
    }
};

// x kept with probability 1 - p and divided by it. A p that is known and leaves nothing is a mistake; a p that only the
// call knows gives zeros then.
template <bool Shared> constexpr auto masked_and_rescaled(std::string_view function, auto x, auto p) {
    auto keep = 1 - p;
    auto noise = apply_operation(noise_like<noise_kind::uniform, Shared>{}, x);
    if (p.at().op->kind != operation_kind::literal) {
        auto kept = hadamard(x, apply_operation(keeps{}, noise, p, keep));
        return kept / hourglass::where(keep > 0, keep, 1);
    }
    const double known = p.at().options.number;
    auto kept = hadamard(x, known < keeps::small ? noise >= p : noise < keep);
    if (!(known >= 0 && known < 1))
        x.misfit(text(function), sentence("it drops with a probability of 0 or more and less than 1, not ", known));
    return kept / keep;
}
// Composite, so that x, which is used more than once, is made once.
template <bool Shared> struct mask_and_rescale {
    static constexpr int noise_leaves = 1;
    constexpr auto build(auto x, auto p) const { return masked_and_rescaled<Shared>("mask_and_rescale", x, p); }
};
template <bool Shared> struct dropout {
    static constexpr int noise_leaves = 1;
    constexpr auto build(auto x, auto p) const {
        return hourglass::in_training(masked_and_rescaled<Shared>("dropout", x, p), x);
    }
};
template <bool Shared> struct shared_form<mask_and_rescale<Shared>> { using type = mask_and_rescale<true>; };
template <bool Shared> struct shared_form<dropout<Shared>> { using type = dropout<true>; };

}

// Masking and rescaling, which keeps the mean: x kept with probability 1 - p and divided by it, 0 <= p < 1. Acts
// wherever it stands; `dropout` acts only in training. A p that the call gives may be 1, and leaves zeros.
template <operand X, operand_or_number P> constexpr auto mask_and_rescale(const X& x, const P& p) {
    return apply_operation(ops::mask_and_rescale<false>{}, x, p);
}
template <operand X, operand_or_number P> constexpr auto dropout(const X& x, const P& p) {
    return apply_operation(ops::dropout<false>{}, x, p);
}

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::keeps);
HOURGLASS_OPERATION(hourglass::ops::bernoulli_choice);
HOURGLASS_OPERATION(hourglass::ops::first_largest);
