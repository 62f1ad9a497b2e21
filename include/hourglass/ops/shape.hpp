// Operations that move elements and compute nothing: reshape, transpose, slice, pad, concatenate, broadcast; and the
// two markers that passes resolve, stop_gradient and in_training.
#pragma once

#include <hourglass/ops/arithmetic.hpp>

HOURGLASS_BEGIN
namespace ops {

struct movement {
    static constexpr operation_kind kind = operation_kind::movement;
    static constexpr int arity = 1;
    attributes options{};
    constexpr attributes pack() const { return options; }
};

// Same elements in the same order, other extents: target.
struct reshape : movement {
    static constexpr std::string_view name = "reshape";
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

// Repeats along axes of extent 1 and along new leading axes to target; along the batch too where flags[0] is set.
struct broadcast_to : elementwise<1> {
    static constexpr std::string_view name = "broadcast";
    static constexpr unsigned zero_operands = 1u;
    attributes options{};
    constexpr attributes pack() const { return options; }
    static constexpr value_type infer(inference& in) {
        shape joined;
        if (const text problem = misshapen(in.options.target); !problem.empty())
            in.problem = sentence("the result ", problem);
        else if (!broadcast(in[0].extents, in.options.target, joined) || !(joined == in.options.target))
            in.problem = sentence("the shape ", in[0].extents, " does not broadcast to ", in.options.target);
        return {in.options.target, in[0].batched || in.options.flags[0] != 0};
    }
    template <class V> static constexpr V forward(const V& x) { return x; }
    template <class H> static constexpr H derivative(H, H, H g) { return g; }
};

// Axis i of the result is axis target[i] of the operand.
struct transpose : movement {
    static constexpr std::string_view name = "transpose";
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
        back.options.target.rank = d.options().target.rank;
        for (int i = 0; i < back.options.target.rank; ++i) back.options.target[d.options().target[i]] = i;
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

// Elements [flags[1], flags[2]) of axis flags[0].
struct slice : movement {
    static constexpr std::string_view name = "slice";
    static constexpr value_type infer(inference& in) {
        auto& [axis, first, last] = in.options.flags;
        value_type result = in[0];
        if (axis < 0) axis += in[0].extents.rank;
        if (axis < 0 || axis >= in[0].extents.rank || first < 0 || last <= first || last > in[0].extents[axis])
            in.problem = sentence("elements ", first, " to ", last, " (not included) of axis ", in.options.flags[0],
                                  " do not lie in the shape ", in[0].extents);
        else
            result.extents[axis] = last - first;
        return result;
    }
    static constexpr void derivative(auto& d);
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const int axis = e.options.flags[0];
        reference_along(e, axis, [&](long r, long o, long p, long i) {
            return along(e.operand(0, r), e.types[0].extents, axis, o, p + e.options.flags[1], i);
        });
    }
};
// Zeros before and behind along axis flags[0]: flags[1] of them before, to flags[2] elements in all.
struct pad : movement {
    static constexpr std::string_view name = "pad";
    static constexpr value_type infer(inference& in) {
        value_type result = in[0];
        const auto& [axis, before, total] = in.options.flags;
        if (axis < 0 || axis >= in[0].extents.rank || before < 0 || total < before + in[0].extents[axis])
            in.problem = sentence("axis ", axis, " with ", total, " elements does not hold the shape ", in[0].extents);
        else
            result.extents[axis] = total;
        return result;
    }
    static constexpr void derivative(auto& d) {
        slice back;
        const auto& f = d.options().flags;
        back.options.flags = {f[0], f[1], f[1] + d.operand(0).extents()[f[0]]};
        d.accumulate(0, apply_operation(back, d.adjoint_full()));
    }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const auto& [axis, before, total] = e.options.flags;
        const int a = axis, first = before, last = before + e.types[0].extents[axis];
        reference_along(e, a, [&](long r, long o, long p, long i) {
            return p < first || p >= last ? T(0) : along(e.operand(0, r), e.types[0].extents, a, o, p - first, i);
        });
    }
};
constexpr void slice::derivative(auto& d) {
    pad back;
    const auto& f = d.options().flags;
    back.options.flags = {f[0], f[1], d.operand(0).extents()[f[0]]};
    d.accumulate(0, apply_operation(back, d.adjoint_full()));
}

// Operands behind one another along axis flags[0].
struct concatenate : movement {
    static constexpr std::string_view name = "concatenate";
    static constexpr int arity = -1;
    static constexpr value_type infer(inference& in) {
        auto& axis = in.options.flags[0];
        value_type result{in[0].extents, in.any_batched()};
        if (axis < 0) axis += in[0].extents.rank;
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
        const int axis = d.options().flags[0];
        for (int i = 0; i < d.operand_count(); ++i) {
            const int extent = d.operand(i).extents()[axis];
            slice part;
            part.options.flags = {axis, first, first + extent};
            d.accumulate(i, apply_operation(part, d.adjoint_full()));
            first += extent;
        }
    }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const int axis = e.options.flags[0];
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
    static constexpr value_type infer(inference& in) { return in[0]; }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        for (long i = 0; i < e.rows_of(e.type) * e.type.extents.size(); ++i) e.result[i] = e.operands[0][i];
    }
};
// The first operand, read from memory once the second is there: what the pass behind hg::recompute<...> writes.
struct after : movement {
    static constexpr std::string_view name = "after";
    static constexpr int arity = 2;
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
    r.options.target = make_shape(Extents...);
    return apply_operation(r, x);
}
// All axes reversed, or the axes in the order given.
template <int... Order, operand X> constexpr auto transpose(const X& x) {
    ops::transpose t;
    t.options.target = make_shape(Order...);
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
    s.options.flags = {Axis, First, Last};
    return apply_operation(s, x);
}
template <int Axis = 0, operand... X> constexpr auto concatenate(const X&... x) {
    ops::concatenate c;
    c.options.flags[0] = Axis;
    return apply_operation(c, x...);
}
template <int... Extents, operand_or_number X> constexpr auto broadcast_to(const X& x) {
    ops::broadcast_to b;
    b.options.target = make_shape(Extents...);
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
