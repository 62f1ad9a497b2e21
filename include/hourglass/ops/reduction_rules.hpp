// Rules that all reductions share: the shape rule, the plain loop, and how a result lies along its operand.
#pragma once

#include <hourglass/ops/functions.hpp>
#include <hourglass/ops/shape.hpp>

HOURGLASS_BEGIN
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
    template <class T> [[gnu::always_inline]] constexpr explicit columns_of_reduction(const evaluation<T>& e) {
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

}
HOURGLASS_END
