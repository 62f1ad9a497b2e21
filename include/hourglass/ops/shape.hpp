// Operations that move elements and compute nothing: reshape, transpose, slice, pad, concatenate, broadcast; and the
// two markers that passes resolve, stop_gradient and in_training.
#pragma once

#include <hourglass/ops/arithmetic.hpp>

HOURGLASS_BEGIN
namespace ops {

struct movement {
    static constexpr operation_kind kind = operation_kind::movement;
    static constexpr int arity = 1;
};

// The extents of the result.
struct new_shape {
    shape extents{};
    static constexpr new_shape of(const attributes& a) { return {a.target}; }
    constexpr operator attributes() const { return {0, extents, {}}; }
};
// Same elements in the same order, other extents.
struct reshape : movement {
    static constexpr std::string_view name = "reshape";
    static constexpr bool is_view = true;
    new_shape options{};
    static constexpr attributes with_leading_axis(const attributes& a, int extent) {
        return new_shape{with_first_axis(extent, new_shape::of(a).extents)};
    }
    static constexpr value_type infer(inference& in) {
        if (const text problem = misshapen(in.options.target); !problem.empty())
            in.problem = sentence("the result ", problem);
        else if (in[0].extents.size() != in.options.target.size())
            in.problem = sentence("it cannot make ", in.options.target, " (", in.options.target.size(),
                                  " elements) of ", in[0].extents, " (", in[0].extents.size(), " elements)");
        return {in.options.target, in[0].batched};
    }
    static constexpr void derivative(auto& d) { d.accumulate(0, d.adjoint_full().reshaped(d.operand(0).extents())); }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        for (long i = 0; i < e.rows_of(e.type) * e.type.extents.size(); ++i) e.result[i] = e.operands[0][i];
    }
};

// The extents that a value is repeated to, and whether it is repeated for each row too.
struct repetition {
    shape extents{};
    bool for_each_row = false;
    static constexpr repetition of(const attributes& a) { return {a.target, a.flags[0] != 0}; }
    constexpr operator attributes() const { return {0, extents, {for_each_row, 0, 0}}; }
};
// Repeats along axes of extent 1 and along new leading axes; along the batch too where that is asked for.
struct broadcast_to : elementwise<1> {
    static constexpr std::string_view name = "broadcast";
    static constexpr unsigned zero_operands = 1u;
    static constexpr bool cheap = true, repeats = true;
    repetition options{};
    static constexpr attributes with_leading_axis(const attributes& a, int extent) {
        return repetition{with_first_axis(extent, repetition::of(a).extents), repetition::of(a).for_each_row};
    }
    static constexpr value_type infer(inference& in) {
        shape joined;
        if (const text problem = misshapen(in.options.target); !problem.empty())
            in.problem = sentence("the result ", problem);
        else if (!broadcast(in[0].extents, in.options.target, joined) || !(joined == in.options.target))
            in.problem = sentence("the shape ", in[0].extents, " does not broadcast to ", in.options.target);
        return {in.options.target, in[0].batched || repetition::of(in.options).for_each_row};
    }
    template <class V> static constexpr V forward(const V& x) { return x; }
    template <class H> static constexpr H derivative(H, H, H g) { return g; }
};

// Which axis of the operand each axis of the result is; none stands for all of them in reverse.
struct axis_order {
    shape order{};
    static constexpr axis_order of(const attributes& a) { return {a.target}; }
    constexpr operator attributes() const { return {0, order, {}}; }
};
// Axis i of the result is axis order[i] of the operand.
struct transpose : movement {
    static constexpr std::string_view name = "transpose";
    axis_order options{};
    static constexpr shape axes_of_result(const attributes& a) { return axis_order::of(a).order; }
    static constexpr attributes with_leading_axis(const attributes& a, int) {
        shape order = with_first_axis(0, axis_order::of(a).order);
        for (int i = 1; i < order.rank; ++i) ++order[i];
        return axis_order{order};
    }
    static constexpr text describe(const attributes& a) {
        text t;
        for (int i = 0; i < a.target.rank; ++i) t.add(i == 0 ? "" : ", ").add(a.target[i]);
        return t;
    }
    static constexpr value_type infer(inference& in) {
        value_type result = in[0];
        if (in.options.target.rank == 0) { // all axes reversed
            in.options.target.rank = in[0].extents.rank;
            for (int i = 0; i < in[0].extents.rank; ++i) in.options.target[i] = in[0].extents.rank - 1 - i;
        }
        unsigned seen = 0;
        const int rank = in[0].extents.rank;
        for (int i = 0; i < in.options.target.rank; ++i)
            if (in.options.target[i] >= 0 && in.options.target[i] < rank) seen |= 1u << in.options.target[i];
        if (in.options.target.rank != rank || seen != (1u << rank) - 1u) {
            in.problem = sentence("the order ", in.options.target, " does not name each axis of the shape ",
                                  in[0].extents, " once");
            return result;
        }
        for (int i = 0; i < rank; ++i) result.extents[i] = in[0].extents[in.options.target[i]];
        return result;
    }
    static constexpr void derivative(auto& d) {
        transpose back;
        const shape order = axis_order::of(d.options()).order;
        back.options.order.rank = order.rank;
        for (int i = 0; i < order.rank; ++i) back.options.order[order[i]] = i;
        d.accumulate(0, apply_operation(back, d.adjoint_full()));
    }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const shape &out = e.type.extents, &in = e.types[0].extents;
        for (long r = 0; r < e.rows_of(e.type); ++r)
            for (long i = 0; i < out.size(); ++i) {
                long rest = i, from = 0;
                for (int axis = out.rank - 1; axis >= 0; --axis) {
                    from += rest % out[axis] * in.size(e.options.target[axis] + 1, in.rank);
                    rest /= out[axis];
                }
                e.result[r * out.size() + i] = e.operand(0, r)[from];
            }
    }
};

// With an axis and the next one exchanged.
template <class H> constexpr H with_next_axis_swapped(const H& x, int axis) {
    transpose t;
    t.options.order.rank = x.extents().rank;
    for (int i = 0; i < x.extents().rank; ++i) t.options.order[i] = i == axis ? i + 1 : i == axis + 1 ? axis : i;
    return apply_operation(t, x);
}

// Element (outer, position, inner) of an axis's view of a value.
template <class T>
constexpr const T& along(const T* data, const shape& s, int axis, long outer, long position, long inner) {
    return data[(outer * s[axis] + position) * s.size(axis + 1, s.rank) + inner];
}
// Fills the result from pick(row, outer, position, inner), axis by axis.
template <class T> constexpr void reference_along(const evaluation<T>& e, int axis, auto pick) {
    const shape& out = e.type.extents;
    T* to = e.result;
    for (long r = 0; r < e.rows_of(e.type); ++r)
        for (long o = 0; o < out.size(0, axis); ++o)
            for (long p = 0; p < out[axis]; ++p)
                for (long i = 0; i < out.size(axis + 1, out.rank); ++i) *to++ = pick(r, o, p, i);
}

struct slice_range {
    int axis = 0, first = 0, last = 0;
    static constexpr slice_range of(const attributes& a) { return {a.flags[0], a.flags[1], a.flags[2]}; }
    constexpr operator attributes() const { return {0, {}, {axis, first, last}}; }
};
// Elements [first, last) of an axis.
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
// Zeros along an axis: so many before the operand, and after it up to so many elements in all.
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
// The operands one after another along an axis.
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

// The value, with no gradient.
struct stop_gradient {
    static constexpr std::string_view name = "stop_gradient";
    static constexpr operation_kind kind = operation_kind::marker;
    static constexpr int arity = 1;
    static constexpr bool smooth = false;
    static constexpr int chosen(bool) { return 0; }
    static constexpr value_type infer(inference& in) { return in[0]; }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        for (long i = 0; i < e.rows_of(e.type) * e.type.extents.size(); ++i) e.result[i] = e.operands[0][i];
    }
};
// The first operand, read from memory once the second is there: what the pass behind hg::recompute<...> writes.
struct after : movement {
    static constexpr std::string_view name = "after";
    static constexpr int arity = 2;
    static constexpr bool is_view = true;
    static constexpr int awaited_operand = 1;
    static constexpr unsigned flat_operands = 1u << 1;
    static constexpr value_type infer(inference& in) { return in[0]; }
    static constexpr void derivative(auto& d) { d.accumulate(0, d.adjoint_full()); }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        for (long i = 0; i < e.rows_of(e.type) * e.type.extents.size(); ++i) e.result[i] = e.operands[0][i];
    }
};
// in_training(a, b): a in trainers, b in functions unless they are asked for training.
struct in_training {
    static constexpr std::string_view name = "in_training";
    static constexpr operation_kind kind = operation_kind::marker;
    static constexpr int arity = 2;
    static constexpr linearity linear = linearity::in_all;
    static constexpr int chosen(bool in_training) { return in_training ? 0 : 1; }
    static constexpr value_type infer(inference& in) {
        if (!(in[0].extents == in[1].extents))
            in.problem = sentence("the shapes ", in[0].extents, " and ", in[1].extents, " must be equal");
        return {in[0].extents, in.any_batched()};
    }
    // Programs choose before they differentiate; derivatives that stand in equations come before the choice.
    static constexpr void derivative(auto& d) {
        auto g = d.adjoint_full();
        auto zero = g.convert(0.0).filled(g.type());
        d.accumulate(0, apply_operation(in_training{}, g, zero));
        d.accumulate(1, apply_operation(in_training{}, zero, g));
    }
};

}

template <int... Extents, operand X> constexpr auto reshape(const X& x) {
    ops::reshape r;
    r.options.extents = make_shape(Extents...);
    return apply_operation(r, x);
}
// All axes reversed, or the axes in the order given.
template <int... Order, operand X> constexpr auto transpose(const X& x) {
    ops::transpose t;
    t.options.order = make_shape(Order...);
    return apply_operation(t, x);
}
template <expression X, number... Extents> constexpr auto reshape(const X&, Extents...) {
    return mistaken<answered_by<"shapes are known while compiling: write reshape<3, 4>(x) for reshape(x, 3, 4)">>{};
}
template <expression X, number... Ends> constexpr auto slice(const X&, Ends...) {
    return mistaken<answered_by<"shapes are known while compiling: write slice<0, 2>(x) for slice(x, 0, 2)">>{};
}
// Elements First to Last (not included) of an axis.
template <int First, int Last, int Axis = 0, operand X> constexpr auto slice(const X& x) {
    ops::slice s;
    s.options = {Axis, First, Last};
    return apply_operation(s, x);
}
template <int Axis = 0, operand... X> constexpr auto concatenate(const X&... x) {
    ops::concatenate c;
    c.options = {Axis};
    return apply_operation(c, x...);
}
template <int... Extents, operand_or_number X> constexpr auto broadcast_to(const X& x) {
    ops::broadcast_to b;
    b.options.extents = make_shape(Extents...);
    return apply_operation(b, x);
}
template <operand X> constexpr auto stop_gradient(const X& x) { return apply_operation(ops::stop_gradient{}, x); }
template <operand_or_number A, operand_or_number B>
requires some_operand<A, B>
constexpr auto in_training(const A& a, const B& b) { return apply_operation(ops::in_training{}, a, b); }

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::reshape);
HOURGLASS_OPERATION(hourglass::ops::broadcast_to);
HOURGLASS_OPERATION(hourglass::ops::transpose);
HOURGLASS_OPERATION(hourglass::ops::slice);
HOURGLASS_OPERATION(hourglass::ops::pad);
HOURGLASS_OPERATION(hourglass::ops::concatenate);
HOURGLASS_OPERATION(hourglass::ops::stop_gradient);
HOURGLASS_OPERATION(hourglass::ops::after);
HOURGLASS_OPERATION(hourglass::ops::in_training);
