// Reductions over axes and the batch: sum, prod, mean, max, min, norms, batch_sum, batch_mean. Only sum, prod and max
// are primitive; lowering, which knows the shapes, writes the others with them. Softmax is in special/softmax.hpp.
#pragma once

#include <hourglass/ops/axes.hpp>
#include <hourglass/ops/markers.hpp>
#include <hourglass/ops/products.hpp>

HOURGLASS_BEGIN

template <int... Axes> struct axes_t {};
/// The axes of an example that a reduction covers. Negative ones count from the last; `axes<>` means all.
template <int... Axes> inline constexpr axes_t<Axes...> axes{};
struct keep_axes_t {};
/// Makes a reduction keep the reduced axes, with extent 1, so that the result broadcasts against the operand.
inline constexpr keep_axes_t keep_axes{};

namespace ops {

/// The sum of the elements.
struct sum : reduction {
    static constexpr std::string_view name = "sum";
    static constexpr linearity linear = linearity::in_all;
    template <class V> static constexpr V start() { return math::as<V>(0); }
    template <class V> static constexpr V combine(const V& a, const V& b) { return a + b; }
    template <class T> static constexpr void reference(const evaluation<T>& e) { reference_reduction<sum>(e); }
    static constexpr void derivative(auto& d) {
        // A single number broadcasts by itself.
        if (reduction_axes::of(d.options()).over_rows || d.result().extents().rank == 0)
            d.accumulate(0, d.adjoint());
        else
            d.accumulate(0, along_operand(d, d.adjoint_full()));
    }
};
/// The largest element; NaN is passed on. Ties share the gradient equally, along earlier axes first if not adjacent.
struct max_over : reduction {
    static constexpr std::string_view name = "max_over";
    template <class V> static constexpr V start() { return math::as<V>(-std::numeric_limits<double>::infinity()); }
    template <class V> static constexpr V combine(const V& a, const V& b) { return maximum::forward(a, b); }
    template <class T> static constexpr void reference(const evaluation<T>& e) { reference_reduction<max_over>(e); }
    static constexpr void derivative(auto& d) {
        auto ties = d.operand(0) == along_operand(d, d.result());
        auto count = apply_operation(sum{{reduction_axes::of(d.options())}}, ties);
        d.accumulate(0, hadamard(ties, along_operand(d, d.adjoint_full() / count)));
    }
};

// Returns the axes as a mask over a known rank. Reports an axis that does not exist or is named twice.
template <int... Axes> constexpr unsigned axis_mask(auto x, axes_t<Axes...>) {
    if constexpr (sizeof...(Axes) == 0) return (1u << x.extents().rank) - 1u;
    unsigned mask = 0;
    [[maybe_unused]] auto add = [&](int axis) {
        const int rank = x.extents().rank, positive = axis < 0 ? axis + rank : axis;
        if (positive < 0 || positive >= rank)
            x.misfit(text("reduction"), sentence("axis ", axis, " does not exist in the shape ", x.extents()));
        else if ((mask >> positive & 1u) != 0)
            x.misfit(text("reduction"), sentence("axis ", axis, " of the shape ", x.extents(), " is named twice"));
        else
            mask |= 1u << positive;
    };
    (add(Axes), ...);
    return mask;
}

template <class H> constexpr H whole_product(H x, const reduction_axes& axes) {
    const auto combined = apply_operation(product_over{{axes}}, x);
    return apply_operation(settled_product{axes}, x, combined);
}
// Primitive reductions cover adjacent axes. This applies one to each run of axes, from the last.
template <class Reduction, class H> constexpr H reduce(H x, unsigned mask, bool keep) {
    const shape original = x.extents();
    shape kept = original;
    for (int last = original.rank; last > 0;) {
        if ((mask >> (last - 1) & 1u) == 0) {
            --last;
            continue;
        }
        int first = last;
        while (first > 0 && (mask >> (first - 1) & 1u) != 0) kept[--first] = 1;
        Reduction r;
        r.options = reduction_axes{first, last};
        if constexpr (std::is_same_v<Reduction, product_over>)
            x = whole_product(x, r.options);
        else
            x = apply_operation(r, x);
        last = first;
    }
    return keep ? reshaped(x, kept) : x;
}

template <class Reduction, class Axes, bool Keep> struct reduce_axes {
    constexpr auto build(auto x) const { return reduce<Reduction>(x, axis_mask(x, Axes{}), Keep); }
};
/// A mean plus the mean of the remainders, which is zero except for rounding; just the mean if that is not finite.
struct corrected_mean : elementwise<2> {
    static constexpr std::string_view name = "corrected_mean";
    template <class V> static constexpr V forward(const V& mean, const V& rest) {
        const auto is_finite = math::abs(rest) < math::as<V>(std::numeric_limits<double>::infinity());
        return math::select(is_finite, V(mean + rest), mean);
    }
    template <class H> static constexpr auto derivative(H, H, H, H g) { return std::array{g, g}; }
};
// 1 / the number of reduced elements
constexpr double share_of_each(const shape& x, unsigned mask) {
    double count = 1;
    for (int i = 0; i < x.rank; ++i)
        if ((mask >> i & 1u) != 0) count *= x[i];
    return 1 / count;
}
// The sum over the axes divided by their extents, with rounding: for means that no values are compared with.
template <class Axes> struct rounded_mean_axes {
    constexpr auto build(auto x) const {
        const unsigned mask = axis_mask(x, Axes{});
        return hadamard(reduce<sum>(x, mask, false), share_of_each(x.extents(), mask));
    }
};
// Drops the axes that a reduction kept, unless `keep`.
template <class H> constexpr H without_axes(H x, unsigned mask, bool keep) {
    if (keep) return x;
    shape dropped;
    for (int i = 0; i < x.extents().rank; ++i)
        if ((mask >> i & 1u) == 0) dropped[dropped.rank++] = x.extents()[i];
    return reshaped(x, dropped);
}
// A mean that is exact if all elements are equal, so that x - mean(x) is zero then. Each element is divided before it
// is added, so the first mean does not overflow; the mean of the remainders does not underflow.
template <class Axes, bool Keep> struct mean_axes {
    constexpr auto build(auto x) const {
        const unsigned mask = axis_mask(x, Axes{});
        const double share = share_of_each(x.extents(), mask);
        auto first = reduce<sum>(hadamard(x, share), mask, true);
        auto left = reduce<sum>(hourglass::stop_gradient(x - first), mask, true);
        auto result = apply_operation(corrected_mean{}, first, hadamard(left, share));
        return result.failed() ? result : without_axes(result, mask, Keep);
    }
};
template <class Axes, bool Keep> struct l2_norm_axes {
    constexpr auto build(auto x) const {
        const unsigned mask = axis_mask(x, Axes{});
        const auto squares = hourglass::square(x);
        const auto total = reduce<sum>(squares, mask, true);
        return without_axes(apply_operation(euclidean_norm{}, x, total), mask, Keep);
    }
};
// The sum of x / rows. The call knows the number of rows and computes 1 / rows once. Programs report losses by this
// mean; `batch_mean` is as exact as `mean`.
struct rounded_batch_mean {
    constexpr auto build(auto x) const {
        const sum over_batch{{over_rows}};
        return apply_operation(over_batch, hadamard(x, 1 / x.rows()));
    }
};
struct batch_mean {
    constexpr auto build(auto x) const {
        const sum over_batch{{over_rows}};
        auto share = 1 / x.rows();
        auto first = apply_operation(over_batch, hadamard(x, share));
        if (first.failed()) return first;
        auto left = apply_operation(over_batch, hourglass::stop_gradient(x - first));
        return apply_operation(corrected_mean{}, first, hadamard(left, share));
    }
};

}

// The mistake sum(x, 0).
using numbered_axis = answered_by<"axes are named by hg::axes<0, 1>, as in sum(x, hg::axes<0>), not by a number: they "
                                  "are those of one example, without the batch, and -1 is the last">;
#define HOURGLASS_AXES_NEED_NAMES(function)                                                                            \
    template <expression X, number Axis> constexpr mistaken<numbered_axis> function(const X&, Axis) { return {}; }

#define HOURGLASS_REDUCTION(function, ...)                                                                             \
    template <operand X, int... Axes> constexpr auto function(const X& x, axes_t<Axes...> = {}) {                      \
        using axes_type = axes_t<Axes...>;                                                                             \
        constexpr bool keep = false;                                                                                   \
        return apply_operation(__VA_ARGS__{}, x);                                                                      \
    }                                                                                                                  \
    template <operand X, int... Axes> constexpr auto function(const X& x, axes_t<Axes...>, keep_axes_t) {              \
        using axes_type = axes_t<Axes...>;                                                                             \
        constexpr bool keep = true;                                                                                    \
        return apply_operation(__VA_ARGS__{}, x);                                                                      \
    }                                                                                                                  \
    template <operand X, int... Axes> constexpr auto function(const X& x, keep_axes_t keep, axes_t<Axes...> of = {}) { \
        return function(x, of, keep);                                                                                  \
    }
HOURGLASS_REDUCTION(sum, ops::reduce_axes<ops::sum, axes_type, keep>)
HOURGLASS_REDUCTION(prod, ops::reduce_axes<ops::product_over, axes_type, keep>)
HOURGLASS_REDUCTION(max, ops::reduce_axes<ops::max_over, axes_type, keep>)
HOURGLASS_REDUCTION(mean, ops::mean_axes<axes_type, keep>)
// The root of the sum of squares. Its subgradient at the origin is zero.
HOURGLASS_REDUCTION(l2_norm, ops::l2_norm_axes<axes_type, keep>)
#undef HOURGLASS_REDUCTION
HOURGLASS_AXES_NEED_NAMES(sum)
HOURGLASS_AXES_NEED_NAMES(prod)
HOURGLASS_AXES_NEED_NAMES(mean)
HOURGLASS_AXES_NEED_NAMES(l2_norm)

/// Returns the smallest element, with the axes and options of `max`.
template <operand X, class... Options>
constexpr auto min(const X& x, Options... options) requires(!(operand_or_number<Options> || ...)) {
    return -max(-x, options...);
}
/// Returns the sum of absolute values, with the axes and options of `sum`.
template <operand X, class... Options> constexpr auto l1_norm(const X& x, Options... o) { return sum(abs(x), o...); }
/// Returns the largest absolute value, with the axes and options of `max`.
template <operand X, class... Options> constexpr auto max_norm(const X& x, Options... o) { return max(abs(x), o...); }

/// Returns the sum over the rows of a call. The result has no batch axis; it couples the examples.
template <operand X> constexpr auto batch_sum(const X& x) { return apply_operation(ops::sum{{ops::over_rows}}, x); }
/// Returns the mean over the rows of a call, exact if all rows are equal. The result has no batch axis.
template <operand X> constexpr auto batch_mean(const X& x) { return apply_operation(ops::batch_mean{}, x); }

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::sum);
HOURGLASS_OPERATION(hourglass::ops::max_over);
HOURGLASS_OPERATION(hourglass::ops::corrected_mean);
