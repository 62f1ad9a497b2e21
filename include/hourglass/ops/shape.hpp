// Movements that give the same elements another shape: reshape, transpose, broadcast. For parts of an axis see
// axes.hpp.
#pragma once

#include <hourglass/ir/trace.hpp>
#include <hourglass/ops/arithmetic.hpp>

HOURGLASS_BEGIN
namespace ops {

/// Base of movements of one operand.
struct movement {
    static constexpr operation_kind kind = operation_kind::movement;
    static constexpr int arity = 1;
};

struct new_shape {
    shape extents{};
    static constexpr new_shape of(const attributes& a) { return {a.target}; }
    constexpr operator attributes() const { return {0, extents, {}}; }
};
/// The same elements in the same order, with other extents.
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
    static constexpr void derivative(auto& d) { d.accumulate(0, reshaped(d.adjoint_full(), d.operand(0).extents())); }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        for (long i = 0; i < e.rows_of(e.type) * e.type.extents.size(); ++i) e.result[i] = e.operands[0][i];
    }
};
// The extents to broadcast to, and whether the value is also repeated for each row.
struct repetition {
    shape extents{};
    bool for_each_row = false;
    static constexpr repetition of(const attributes& a) { return {a.target, a.flags[0] != 0}; }
    constexpr operator attributes() const { return {0, extents, {for_each_row, 0, 0}}; }
};
/// Repeats x along axes of extent 1 and along new leading axes, and also for each row if requested.
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
// The operand's axis for each axis of the result. Empty means all axes, reversed.
struct axis_order {
    shape order{};
    static constexpr axis_order of(const attributes& a) { return {a.target}; }
    constexpr operator attributes() const { return {0, order, {}}; }
};
/// Axis i of the result is axis order[i] of the operand.
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

// Swaps an axis with the next.
template <class H> constexpr H with_next_axis_swapped(const H& x, int axis) {
    transpose t;
    t.options.order.rank = x.extents().rank;
    for (int i = 0; i < x.extents().rank; ++i) t.options.order[i] = i == axis ? i + 1 : i == axis + 1 ? axis : i;
    return apply_operation(t, x);
}

}

// Returns x with another shape, or x itself if it has that shape. `target` must not refer into the graph: its nodes
// move if evaluating the first argument adds some.
constexpr handle reshaped(const handle& x, const shape& target) {
    return x.extents() == target ? x : x.trace(ops::reshape{{}, {target}}, x);
}
// Returns x broadcast to a type, taken by value: GCC at -O3 warns that a temporary's reference may be uninitialised.
constexpr handle filled(const handle& x, value_type wanted) {
    if (x.type() == wanted) return x;
    return x.trace(ops::broadcast_to{{}, {wanted.extents, wanted.batched && !x.batched()}}, x);
}

/// Returns the same elements in row-major order with the shape [Extents...].
template <int... Extents, operand X> constexpr auto reshape(const X& x) {
    ops::reshape r;
    r.options.extents = make_shape(Extents...);
    return apply_operation(r, x);
}
/// Returns x with its axes reversed, or in the given order: axis i of the result is axis `Order[i]` of x.
template <int... Order, operand X> constexpr auto transpose(const X& x) {
    ops::transpose t;
    t.options.order = make_shape(Order...);
    return apply_operation(t, x);
}
template <expression X, number... Extents> constexpr auto reshape(const X&, Extents...) {
    return mistaken<answered_by<"shapes are known while compiling: write reshape<3, 4>(x) for reshape(x, 3, 4)">>{};
}
/// Returns x broadcast to the shape [Extents...].
template <int... Extents, operand_or_number X> constexpr auto broadcast_to(const X& x) {
    ops::broadcast_to b;
    b.options.extents = make_shape(Extents...);
    return apply_operation(b, x);
}

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::reshape);
HOURGLASS_OPERATION(hourglass::ops::broadcast_to);
HOURGLASS_OPERATION(hourglass::ops::transpose);
