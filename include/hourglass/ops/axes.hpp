// Movements along one axis: slice, pad, concatenate.
#pragma once

#include <hourglass/ops/shape.hpp>

HOURGLASS_BEGIN
namespace ops {

// Element (outer, position, inner) of a value viewed along an axis.
template <class T>
constexpr const T& along(const T* data, const shape& s, int axis, long outer, long position, long inner) {
    return data[(outer * s[axis] + position) * s.size(axis + 1, s.rank) + inner];
}
// Fills the result, element by element, from pick(row, outer, position, inner).
template <class T> constexpr void reference_along(const evaluation<T>& e, int axis, auto pick) {
    const shape& out = e.type.extents;
    const long outer = out.size(0, axis), along = out[axis], inner = out.size(axis + 1, out.rank);
    T* to = e.result;
    for (long r = 0; r < e.rows_of(e.type); ++r)
        for (long o = 0; o < outer; ++o)
            for (long p = 0; p < along; ++p)
                for (long i = 0; i < inner; ++i) *to++ = pick(r, o, p, i);
}

struct slice_range {
    int axis = 0, first = 0, last = 0;
    static constexpr slice_range of(const attributes& a) { return {a.flags[0], a.flags[1], a.flags[2]}; }
    constexpr operator attributes() const { return {0, {}, {axis, first, last}}; }
};
/// The elements [first, last) of an axis.
struct slice : movement {
    static constexpr std::string_view name = "slice";
    slice_range options{};
    static constexpr attributes with_leading_axis(const attributes& a, int) {
        auto [axis, first, last] = slice_range::of(a);
        return slice_range{axis + 1, first, last};
    }
    static constexpr text describe(const attributes& a) {
        const auto [axis, first, last] = slice_range::of(a);
        return sentence("axis ", axis, ", ", first, ", ", last);
    }
    static constexpr runs_of_movement runs(const value_type& result, const value_type*, int, const attributes& a, int) {
        const auto [axis, first, last] = slice_range::of(a);
        return {.axis = axis, .first_read = first, .length = result.extents[axis]};
    }
    static constexpr value_type infer(inference& in) {
        auto [axis, first, last] = slice_range::of(in.options);
        value_type result = in[0];
        if (axis < 0) axis += in[0].extents.rank;
        if (axis < 0 || axis >= in[0].extents.rank || first < 0 || last <= first || last > in[0].extents[axis])
            in.problem = sentence("elements ", first, " to ", last, " (not included) of axis ", axis,
                                  " do not lie in the shape ", in[0].extents);
        else
            result.extents[axis] = last - first;
        in.options = slice_range{axis, first, last};
        return result;
    }
    static constexpr void derivative(auto& d);
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const slice_range range = slice_range::of(e.options);
        reference_along(e, range.axis, [&](long r, long o, long p, long i) {
            return along(e.operand(0, r), e.types[0].extents, range.axis, o, p + range.first, i);
        });
    }
};
struct padded_axis {
    int axis = 0, before = 0, total = 0;
    static constexpr padded_axis of(const attributes& a) { return {a.flags[0], a.flags[1], a.flags[2]}; }
    constexpr operator attributes() const { return {0, {}, {axis, before, total}}; }
};
/// The operand, padded with zeros along an axis: so many before it, and after it up to the total extent.
struct pad : movement {
    static constexpr std::string_view name = "pad";
    padded_axis options{};
    static constexpr attributes with_leading_axis(const attributes& a, int) {
        const auto [axis, before, total] = padded_axis::of(a);
        return padded_axis{axis + 1, before, total};
    }
    static constexpr text describe(const attributes& a) {
        const auto [axis, before, total] = padded_axis::of(a);
        return sentence("axis ", axis, ", ", before, ", ", total);
    }
    static constexpr runs_of_movement runs(const value_type&, const value_type* types, int, const attributes& a, int) {
        const auto [axis, before, total] = padded_axis::of(a);
        return {.axis = axis, .first_written = before, .length = types[0].extents[axis]};
    }
    static constexpr value_type infer(inference& in) {
        value_type result = in[0];
        const auto [axis, before, total] = padded_axis::of(in.options);
        if (axis < 0 || axis >= in[0].extents.rank || before < 0 || total < before + in[0].extents[axis])
            in.problem = sentence("axis ", axis, " with ", total, " elements does not hold the shape ", in[0].extents);
        else
            result.extents[axis] = total;
        return result;
    }
    static constexpr void derivative(auto& d) {
        const auto [axis, before, total] = padded_axis::of(d.options());
        slice back;
        back.options = {axis, before, before + d.operand(0).extents()[axis]};
        d.accumulate(0, apply_operation(back, d.adjoint_full()));
    }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const auto [axis, before, total] = padded_axis::of(e.options);
        const int a = axis, first = before, last = before + e.types[0].extents[axis];
        reference_along(e, a, [&](long r, long o, long p, long i) {
            return p < first || p >= last ? T(0) : along(e.operand(0, r), e.types[0].extents, a, o, p - first, i);
        });
    }
};
constexpr void slice::derivative(auto& d) {
    const slice_range range = slice_range::of(d.options());
    pad back;
    back.options = {range.axis, range.first, d.operand(0).extents()[range.axis]};
    d.accumulate(0, apply_operation(back, d.adjoint_full()));
}
struct joined_axis {
    int axis = 0;
    static constexpr joined_axis of(const attributes& a) { return {a.flags[0]}; }
    constexpr operator attributes() const { return {0, {}, {axis, 0, 0}}; }
};
/// The operands, joined along an axis.
struct concatenate : movement {
    static constexpr std::string_view name = "concatenate";
    static constexpr int arity = -1;
    joined_axis options{};
    static constexpr attributes with_leading_axis(const attributes& a, int) {
        return joined_axis{joined_axis::of(a).axis + 1};
    }
    static constexpr text describe(const attributes& a) { return sentence("axis ", joined_axis::of(a).axis); }
    static constexpr runs_of_movement runs(const value_type&, const value_type* types, int, const attributes& a,
                                           int operand) {
        const int axis = joined_axis::of(a).axis;
        int first = 0;
        for (int i = 0; i < operand; ++i) first += types[i].extents[axis];
        return {.axis = axis, .first_written = first, .length = types[operand].extents[axis]};
    }
    static constexpr value_type infer(inference& in) {
        int axis = joined_axis::of(in.options).axis;
        value_type result{in[0].extents, in.any_batched()};
        if (axis < 0) axis += in[0].extents.rank;
        in.options = joined_axis{axis};
        if (axis < 0 || axis >= in[0].extents.rank) {
            in.problem = sentence("axis ", axis, " does not exist in the shape ", in[0].extents);
            return result;
        }
        for (int i = 1; i < in.count; ++i) {
            shape rest = in[i].extents;
            if (rest.rank == result.extents.rank) rest[axis] = result.extents[axis];
            if (!(rest == result.extents)) {
                in.problem = sentence("the shapes ", in[0].extents, " and ", in[i].extents, " do not fit along axis ",
                                      axis, ": all other axes must be equal");
                return result;
            }
            result.extents[axis] += in[i].extents[axis];
        }
        return result;
    }
    static constexpr void derivative(auto& d) {
        int first = 0;
        const int axis = joined_axis::of(d.options()).axis;
        for (int i = 0; i < d.operand_count(); ++i) {
            const int extent = d.operand(i).extents()[axis];
            slice part;
            part.options = {axis, first, first + extent};
            d.accumulate(i, apply_operation(part, d.adjoint_full()));
            first += extent;
        }
    }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const int axis = joined_axis::of(e.options).axis;
        reference_along(e, axis, [&](long r, long o, long p, long i) {
            int which = 0;
            for (; p >= e.types[which].extents[axis]; ++which) p -= e.types[which].extents[axis];
            return along(e.operand(which, r), e.types[which].extents, axis, o, p, i);
        });
    }
};

}

template <expression X, number... Ends> constexpr auto slice(const X&, Ends...) {
    return mistaken<answered_by<"shapes are known while compiling: write slice<0, 2>(x) for slice(x, 0, 2)">>{};
}
/// Returns the elements `First` to `Last` (not included) of an axis. An axis below 0 counts from the last.
template <int First, int Last, int Axis = 0, operand X> constexpr auto slice(const X& x) {
    ops::slice s;
    s.options = {Axis, First, Last};
    return apply_operation(s, x);
}
/// Returns the operands, joined along an axis. All other axes must have equal extents.
template <int Axis = 0, operand... X> constexpr auto concatenate(const X&... x) {
    ops::concatenate c;
    c.options = {Axis};
    return apply_operation(c, x...);
}

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::slice);
HOURGLASS_OPERATION(hourglass::ops::pad);
HOURGLASS_OPERATION(hourglass::ops::concatenate);
