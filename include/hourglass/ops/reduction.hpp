// Reductions over axes and over the batch: sum, prod, mean, max, min, norms, log_sum_exp, softmax, batch_sum,
// batch_mean. Only sum, prod and max are primitive; the others are written in them where they are lowered and shapes
// are known.
#pragma once

#include <hourglass/ops/functions.hpp>
#include <hourglass/ops/shape.hpp>

HOURGLASS_BEGIN

// The axes of an example that a reduction runs over; negative ones count from the last. axes<> means all of them.
template <int... Axes> struct axes_t {};
template <int... Axes> inline constexpr axes_t<Axes...> axes{};
// Keeps reduced axes with extent 1, so that the result broadcasts against the operand.
struct keep_axes_t {};
inline constexpr keep_axes_t keep_axes{};

namespace ops {

// Shape rule of a reduction over the axes [flags[0], flags[1]) of one example, or over the batch axis if flags[2].
struct reduction {
    static constexpr operation_kind kind = operation_kind::reduction;
    static constexpr int arity = 1;
    static constexpr value_type infer(inference& in) {
        value_type result{{}, in[0].batched};
        if (in.options.flags[2] != 0) {
            if (!in[0].batched) in.problem = sentence("there is no batch axis: the value is the same for all examples");
            return {in[0].extents, false};
        }
        for (int i = 0; i < in[0].extents.rank; ++i)
            if (i < in.options.flags[0] || i >= in.options.flags[1])
                result.extents[result.extents.rank++] = in[0].extents[i];
        return result;
    }
};

// The operand of a reduction as [outer, reduced, inner], of which the middle goes.
struct columns_of_reduction {
    long outer, reduced, inner;
    template <class T> constexpr explicit columns_of_reduction(const evaluation<T>& e) {
        const shape& x = e.types[0].extents;
        const bool over_batch = e.options.flags[2] != 0;
        outer = over_batch ? 1 : e.rows_of(e.types[0]) * x.size(0, e.options.flags[0]);
        reduced = over_batch ? e.rows : x.size(e.options.flags[0], e.options.flags[1]);
        inner = over_batch ? x.size() : x.size(e.options.flags[1], x.rank);
    }
};
template <class Op, class T> constexpr void reference_reduction(const evaluation<T>& e) {
    const columns_of_reduction c(e);
    for (long o = 0; o < c.outer; ++o)
        for (long i = 0; i < c.inner; ++i) {
            T total = Op::template start<T>();
            for (long r = 0; r < c.reduced; ++r)
                total = Op::template combine<T>(total, e.operands[0][(o * c.reduced + r) * c.inner + i]);
            e.result[o * c.inner + i] = total;
        }
}

// With axes of one example [first, last) gone: their shape with extent 1 in place of each, for broadcasting back.
constexpr shape kept_shape(const shape& s, int first, int last) {
    shape result = s;
    for (int i = first; i < last; ++i) result[i] = 1;
    return result;
}

// A reduction's result, or its adjoint, with extents of 1 where the operand has the reduced axes.
constexpr auto along_operand(auto& d, auto h) {
    const auto& o = d.options();
    return o.flags[2] != 0 ? h : h.reshaped(kept_shape(d.operand(0).extents(), o.flags[0], o.flags[1]));
}

struct sum : reduction {
    static constexpr std::string_view name = "sum";
    attributes options{};
    constexpr attributes pack() const { return options; }
    template <class V> static constexpr V start() { return math::as<V>(0); }
    template <class V> static constexpr V combine(const V& a, const V& b) { return a + b; }
    template <class T> static constexpr void reference(const evaluation<T>& e) { reference_reduction<sum>(e); }
    static constexpr void derivative(auto& d) {
        // A single number broadcasts as it is.
        if (d.options().flags[2] != 0 || d.result().extents().rank == 0)
            d.accumulate(0, d.adjoint());
        else
            d.accumulate(0, along_operand(d, d.adjoint_full()));
    }
};
// The largest element; NaN is handed on. The gradient is shared equally among ties; over axes that are no neighbours,
// along the earlier ones first.
struct max_over : reduction {
    static constexpr std::string_view name = "max_over";
    attributes options{};
    constexpr attributes pack() const { return options; }
    template <class V> static constexpr V start() { return math::as<V>(-std::numeric_limits<double>::infinity()); }
    template <class V> static constexpr V combine(const V& a, const V& b) { return maximum::forward(a, b); }
    template <class T> static constexpr void reference(const evaluation<T>& e) { reference_reduction<max_over>(e); }
    static constexpr void derivative(auto& d) {
        auto ties = d.operand(0) == along_operand(d, d.result());
        auto count = apply_operation(sum{{}, d.options()}, ties);
        d.accumulate(0, hadamard(ties, along_operand(d, d.adjoint_full() / count)));
    }
};

// whole / x, and where x is zero what is given for that: of a product, what the other factors make.
struct other_factors : elementwise<3> {
    static constexpr std::string_view name = "other_factors";
    template <class V> static constexpr V forward(const V& x, const V& whole, const V& at_zero) {
        const auto zero = x == math::as<V>(0);
        return math::select(zero, at_zero, V(whole / math::select(zero, math::as<V>(1), x)));
    }
    template <class H> static constexpr std::array<H, 3> derivative(H x, H, H, H y, H g) {
        const auto again = [&](auto whole, auto at_zero) {
            return apply_operation(other_factors{}, x, whole, at_zero);
        };
        return {again(-hadamard(g, y), 0), again(g, 0), again(hadamard(g, 0), g)};
    }
};

// Of a product over the axes [flags[0], flags[1]), or over the batch axis where flags[2], and of its factors x: where
// just one factor is zero, the product of all others, and else zero. The factors are read only where the product is
// neither positive nor negative, so that it costs nothing at most points.
struct without_zero {
    static constexpr std::string_view name = "without_zero";
    static constexpr operation_kind kind = operation_kind::product;
    static constexpr int arity = 2;
    static constexpr unsigned flat_operands = 0b10; // the product says only where to look
    attributes options{};
    constexpr attributes pack() const { return options; }
    static constexpr value_type infer(inference& in) { return in[1]; }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const columns_of_reduction c(e);
        for (long o = 0; o < c.outer; ++o)
            for (long i = 0; i < c.inner; ++i) {
                const T whole = e.operands[1][o * c.inner + i];
                T& result = e.result[o * c.inner + i];
                result = T(0);
                if (whole < T(0) || whole > T(0)) continue;
                const T* const x = e.operands[0] + o * c.reduced * c.inner + i;
                long zeros = 0;
                for (long r = 0; r < c.reduced; ++r) zeros += x[r * c.inner] == T(0) ? 1 : 0;
                if (zeros != 1) continue;
                result = T(1);
                for (long r = 0; r < c.reduced; ++r)
                    if (x[r * c.inner] != T(0)) result = result * x[r * c.inner];
            }
    }
    static constexpr void depend(dependence& d) {
        const shape& x = d.types[0].extents;
        const bool over_batch = d.options.flags[2] != 0;
        const long reduced = over_batch ? 1 : x.size(d.options.flags[0], d.options.flags[1]);
        const long inner = over_batch ? x.size() : x.size(d.options.flags[1], x.rank);
        for (long to = 0; to < d.type.extents.size(); ++to) {
            for (long r = 0; r < reduced; ++r) d.add(to, 0, (to / inner * reduced + r) * inner + to % inner);
            d.result[to * d.words + d.words - 1] |= d.constant_bit; // of a single zero it is one
        }
    }
    static constexpr void derivative(auto& d) {
        const auto whole = hadamard(d.adjoint_full(), d.result());
        d.accumulate(0, apply_operation(other_factors{}, d.operand(0), along_operand(d, whole), 0));
    }
};

// The product of the elements. The derivative is right at zeros too; the second derivative is where at most one element
// is zero.
struct product_over : reduction {
    static constexpr std::string_view name = "product_over";
    attributes options{};
    constexpr attributes pack() const { return options; }
    template <class V> static constexpr V start() { return math::as<V>(1); }
    template <class V> static constexpr V combine(const V& a, const V& b) { return a * b; }
    template <class T> static constexpr void reference(const evaluation<T>& e) { reference_reduction<product_over>(e); }
    static constexpr void derivative(auto& d) {
        const auto x = d.operand(0);
        const auto whole = hadamard(d.adjoint_full(), d.result());
        const auto rest = hadamard(d.adjoint_full(), apply_operation(without_zero{d.options()}, x, d.result()));
        d.accumulate(0, apply_operation(other_factors{}, x, along_operand(d, whole), along_operand(d, rest)));
    }
};

// Which axes, as a mask over a known rank; says in words which axis is not there, or named twice.
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

// Primitive reductions run over neighbouring axes; this applies one per run of axes, from the last.
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
        r.options.flags = {first, last, 0};
        x = apply_operation(r, x);
        last = first;
    }
    return keep ? x.reshaped(kept) : x;
}

template <class Reduction, class Axes, bool Keep> struct reduce_axes {
    constexpr auto build(auto x) const { return reduce<Reduction>(x, axis_mask(x, Axes{}), Keep); }
};
template <class Axes, bool Keep> struct mean_axes {
    constexpr auto build(auto x) const {
        const unsigned mask = axis_mask(x, Axes{});
        long count = 1;
        for (int i = 0; i < x.extents().rank; ++i)
            if ((mask >> i & 1u) != 0) count *= x.extents()[i];
        return hadamard(reduce<sum>(x, mask, Keep), 1.0 / static_cast<double>(count));
    }
};
// log sum e^x, shifted by the largest x, which the gradient does not see.
template <class Axes, bool Keep> struct log_sum_exp_axes {
    constexpr auto build(auto x) const {
        const unsigned mask = axis_mask(x, Axes{});
        auto largest = hourglass::stop_gradient(apply_operation(finite{}, reduce<max_over>(x, mask, true)));
        auto result = largest + hourglass::log(reduce<sum>(hourglass::exp(x - largest), mask, true));
        if (Keep) return result;
        shape dropped;
        for (int i = 0; i < x.extents().rank; ++i)
            if ((mask >> i & 1u) == 0) dropped[dropped.rank++] = x.extents()[i];
        return result.reshaped(dropped);
    }
};
// x - log sum e^x, and its exponential; composite, so that x, which is used twice, is made once.
template <class Axes> struct log_softmax_axes {
    constexpr auto build(auto x) const { return x - apply_operation(log_sum_exp_axes<Axes, true>{}, x); }
};
template <class Axes> struct softmax_axes {
    constexpr auto build(auto x) const { return apply_operation(exp{}, apply_operation(log_softmax_axes<Axes>{}, x)); }
};
// The sum of x / rows, the number of rows being known at the call; 1 / rows is a number of the call, computed once.
struct batch_mean {
    constexpr auto build(auto x) const {
        sum over_batch;
        over_batch.options.flags[2] = 1;
        return apply_operation(over_batch, hadamard(x, 1 / x.rows()));
    }
};

}

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
    }
HOURGLASS_REDUCTION(sum, ops::reduce_axes<ops::sum, axes_type, keep>)
HOURGLASS_REDUCTION(prod, ops::reduce_axes<ops::product_over, axes_type, keep>)
HOURGLASS_REDUCTION(max, ops::reduce_axes<ops::max_over, axes_type, keep>)
HOURGLASS_REDUCTION(mean, ops::mean_axes<axes_type, keep>)
HOURGLASS_REDUCTION(log_sum_exp, ops::log_sum_exp_axes<axes_type, keep>)
#undef HOURGLASS_REDUCTION

template <operand X, class... Options>
constexpr auto min(const X& x, Options... options) requires(!(operand_or_number<Options> || ...)) {
    return -max(-x, options...);
}
// e^x / sum e^x over the axes, by default over the last
template <operand X, int... Axes> constexpr auto softmax(const X& x, axes_t<Axes...>) {
    return apply_operation(ops::softmax_axes<axes_t<Axes...>>{}, x);
}
template <operand X> constexpr auto softmax(const X& x) { return softmax(x, axes<-1>); }
template <operand X, int... Axes> constexpr auto log_softmax(const X& x, axes_t<Axes...>) {
    return apply_operation(ops::log_softmax_axes<axes_t<Axes...>>{}, x);
}
template <operand X> constexpr auto log_softmax(const X& x) { return log_softmax(x, axes<-1>); }

// Norms: the sum of absolute values, the root of the sum of squares (subgradient 0 at the origin), the largest absolute
// value.
template <operand X, class... Options> constexpr auto l1_norm(const X& x, Options... o) { return sum(abs(x), o...); }
template <operand X, class... Options> constexpr auto l2_norm(const X& x, Options... o) {
    return apply_operation(ops::norm_root{}, sum(square(x), o...));
}
template <operand X, class... Options> constexpr auto max_norm(const X& x, Options... o) { return max(abs(x), o...); }

// The sum and the mean over the rows of a call: the result couples examples and has no batch axis.
template <operand X> constexpr auto batch_sum(const X& x) {
    ops::sum over_batch;
    over_batch.options.flags[2] = 1;
    return apply_operation(over_batch, x);
}
template <operand X> constexpr auto batch_mean(const X& x) { return apply_operation(ops::batch_mean{}, x); }

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::sum);
HOURGLASS_OPERATION(hourglass::ops::max_over);
HOURGLASS_OPERATION(hourglass::ops::product_over);
HOURGLASS_OPERATION(hourglass::ops::other_factors);
HOURGLASS_OPERATION(hourglass::ops::without_zero);
