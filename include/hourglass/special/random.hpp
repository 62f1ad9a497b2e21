// Noise in equations: leaves of standard normal or uniform numbers, masks made from them, and dropout. Each occurrence
// in the text of a model is a leaf of its own, identified by its name. The generator is in math/philox.hpp and
// kernels/philox.hpp. Uniform numbers are fine-grained near 0 and not near 1, so rare events correspond to small
// numbers.
#pragma once

#include <boost/hana/at.hpp>
#include <boost/hana/unpack.hpp>

#include <hourglass/ir/leaves.hpp>
#include <hourglass/ops/linear.hpp>

HOURGLASS_BEGIN

namespace ops {

// Noise shaped like an operand, or of given extents. Lowering builds it into a leaf.
template <noise_kind Kind, bool Shared> struct noise_like {
    static constexpr int noise_leaves = 1;
    constexpr auto build(auto like) const { return like.noise(Kind, Shared, like.extents()); }
};
template <noise_kind Kind, bool Shared, int... Extents> struct noise_of {
    static constexpr int noise_leaves = 1;
    // The operand only gives access to the graph; it is a literal that is not used.
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
// For an argument that is not noise. Lowering reports it.
struct shared_of_another {
    constexpr auto build(auto x) const {
        x.misfit(text("shared"),
                 sentence("it takes an operand that draws noise: normal_noise_like(x), uniform_noise_like(x), "
                          "bernoulli_noise_like(x, p), mask_and_rescale(x, p), dropout(x, p), "
                          "sample(q) of a distribution q, draw(q) of a discrete one, "
                          "gumbel_softmax(logits, temperature)"));
        return x;
    }
};

}

/// Returns independent N(0, 1) numbers, shaped like x.
template <operand X> constexpr auto normal_noise_like(const X& x) {
    return apply_operation(ops::noise_like<noise_kind::normal, false>{}, x);
}
/// Returns independent uniform numbers in (0, 1), shaped like x.
template <operand X> constexpr auto uniform_noise_like(const X& x) {
    return apply_operation(ops::noise_like<noise_kind::uniform, false>{}, x);
}
/// Returns independent N(0, 1) numbers of shape [Extents...].
template <int... Extents> constexpr auto normal_noise() {
    return applied<ops::noise_of<noise_kind::normal, false, Extents...>, literal>({}, literal(0));
}
/// Returns independent uniform numbers in (0, 1), of shape [Extents...].
template <int... Extents> constexpr auto uniform_noise() {
    return applied<ops::noise_of<noise_kind::uniform, false, Extents...>, literal>({}, literal(0));
}
/// Returns 1 with the given probability, else 0, shaped like x. The leaf is the uniform number that is compared with
/// the probability: feeding it by name feeds that number.
template <operand X, operand_or_number P> constexpr auto bernoulli_noise_like(const X& x, const P& probability) {
    return uniform_noise_like(x) < probability;
}
/// Does the same with shape [Extents...].
template <int... Extents, operand_or_number P> constexpr auto bernoulli_noise(const P& probability) {
    return uniform_noise<Extents...>() < probability;
}
/// Draws once for all examples of a call, instead of once for each. The argument is a noise leaf, a Bernoulli draw, a
/// mask, dropout or a sample; anything else is a compile error.
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

/// 1 with probability 1 - p, else 0, by the uniform number u. For small p it tests u >= p, because 1 - p lacks the
/// digits.
struct keeps : elementwise<3> {
    static constexpr std::string_view name = "keeps";
    static constexpr bool smooth = false;
    static constexpr double small = 0x1p-10;
    template <class V> static constexpr V forward(const V& u, const V& p, const V& rest) {
        const V zero = math::as<V>(0), one = math::as<V>(1);
        return math::select(p < math::as<V>(small), math::select(u >= p, one, zero), math::select(u < rest, one, zero));
    }
};
/// 1 with probability sigmoid(l), else 0, by the uniform number u. u < sigmoid(-|l|) selects the less probable of the
/// two. NaN is passed on.
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
/// Along the last axis 1 at the largest element, the first of several, and 0 elsewhere; NaN if any element is NaN.
struct first_largest {
    static constexpr std::string_view name = "first_largest";
    static constexpr operation_kind kind = operation_kind::product;
    static constexpr int arity = 1;
    static constexpr bool smooth = false;
    static constexpr value_type infer(inference& in) {
        if (in[0].extents.rank == 0) in.problem = sentence("it takes a vector or a value of more axes");
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

// Keeps x with probability 1 - p and divides it by that. A known p that leaves nothing is a mistake; a p known only in
// the call then yields zeros.
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

/// Keeps each element of x with probability 1 - p and divides it by 1 - p, which preserves the mean; 0 <= p < 1. Acts
/// everywhere; `dropout` acts only in training. A p given in the call may be 1, and then all elements are zero.
template <operand X, operand_or_number P> constexpr auto mask_and_rescale(const X& x, const P& p) {
    return apply_operation(ops::mask_and_rescale<false>{}, x, p);
}
/// Returns `mask_and_rescale(x, p)` in training, else x.
template <operand X, operand_or_number P> constexpr auto dropout(const X& x, const P& p) {
    return apply_operation(ops::dropout<false>{}, x, p);
}

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::keeps);
HOURGLASS_OPERATION(hourglass::ops::bernoulli_choice);
HOURGLASS_OPERATION(hourglass::ops::first_largest);
