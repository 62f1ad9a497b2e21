// Rules shared by all reductions: the shape rule, the plain loop, and how a result lines up with its operand.
#pragma once

#include <hourglass/ops/functions.hpp>
#include <hourglass/ops/shape.hpp>

HOURGLASS_BEGIN
namespace ops {

// The axes reduced, [first, last) of an example, or instead the rows of a call.
struct reduction_axes {
    int first = 0, last = 0;
    bool over_rows = false;
    static constexpr reduction_axes of(const attributes& a) { return {a.flags[0], a.flags[1], a.flags[2] != 0}; }
    constexpr operator attributes() const { return {0, {}, {first, last, over_rows}}; }
    // For an operand with one more leading axis.
    constexpr reduction_axes behind_leading_axis() const {
        return over_rows ? *this : reduction_axes{first + 1, last + 1, false};
    }
    constexpr text described() const {
        if (over_rows) return text("over rows");
        if (last - first == 1) return sentence("axis ", first);
        return sentence("axes ", first, " to ", last - 1);
    }
};
inline constexpr reduction_axes over_rows{0, 0, true};

/// Base of reductions: their shape rule.
struct reduction {
    static constexpr operation_kind kind = operation_kind::reduction;
    static constexpr int arity = 1;
    reduction_axes options{};
    static constexpr attributes with_leading_axis(const attributes& a, int) {
        return reduction_axes::of(a).behind_leading_axis();
    }
    static constexpr text describe(const attributes& a) { return reduction_axes::of(a).described(); }
    static constexpr value_type infer(inference& in) {
        const reduction_axes axes = reduction_axes::of(in.options);
        value_type result{{}, in[0].batched};
        if (axes.over_rows) {
            if (!in[0].batched) in.problem = sentence("there is no batch axis: the value is the same for all examples");
            return {in[0].extents, false};
        }
        for (int i = 0; i < in[0].extents.rank; ++i)
            if (i < axes.first || i >= axes.last) result.extents[result.extents.rank++] = in[0].extents[i];
        return result;
    }
};

// The operand of a reduction viewed as [outer, reduced, inner].
struct columns_of_reduction {
    long outer, reduced, inner;
    template <class T> [[gnu::always_inline]] constexpr explicit columns_of_reduction(const evaluation<T>& e) {
        const shape& x = e.types[0].extents;
        const reduction_axes axes = reduction_axes::of(e.options);
        outer = axes.over_rows ? 1 : e.rows_of(e.types[0]) * x.size(0, axes.first);
        reduced = axes.over_rows ? e.rows : x.size(axes.first, axes.last);
        inner = axes.over_rows ? x.size() : x.size(axes.last, x.rank);
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

// The shape with extent 1 in place of each reduced axis, [first, last), for broadcasting back.
constexpr shape kept_shape(const shape& s, int first, int last) {
    shape result = s;
    for (int i = first; i < last; ++i) result[i] = 1;
    return result;
}

// A reduction's result, or its adjoint, with extent 1 in place of each axis reduced.
constexpr auto along_operand(auto& d, auto h) {
    const reduction_axes axes = reduction_axes::of(d.options());
    return axes.over_rows ? h : reshaped(h, kept_shape(d.operand(0).extents(), axes.first, axes.last));
}

}
HOURGLASS_END
