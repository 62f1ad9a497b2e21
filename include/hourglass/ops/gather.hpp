// Elements picked by a list of indices, and the sum of elements at such places, which is its transpose. The indices are
// constants of the graph; nothing here says how they are found. What is picked may be the entries of a sparse matrix,
// whose pattern then lies behind its indices.
#pragma once

#include <hourglass/ops/shape.hpp>

HOURGLASS_BEGIN
namespace ops {

// Of what lies behind the first flags[2] axes, in row-major order, the elements with the indices, one behind another.
// The indices are constants of the graph: flags[1] of them, from flags[0] on. Where target is set, they are the
// elements of a sparse matrix of this shape, and its pattern lies behind the indices (nn/sparse_derivatives.hpp).
struct gather : movement {
    static constexpr std::string_view name = "gather";
    static constexpr value_type infer(inference& in) {
        const int kept = in.options.flags[2];
        value_type result{{}, in[0].batched};
        if (kept < 0 || kept > in[0].extents.rank || kept >= max_rank || in.options.flags[1] < 1) {
            in.problem = sentence("it cannot keep ", kept, " axes of the shape ", in[0].extents);
            return in[0];
        }
        for (int i = 0; i < kept; ++i) result.extents[result.extents.rank++] = in[0].extents[i];
        result.extents[result.extents.rank++] = in.options.flags[1];
        return result;
    }
    static constexpr void derivative(auto& d);
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const auto& [first, count, kept] = e.options.flags;
        const shape& in = e.types[0].extents;
        const long outer = in.size(0, kept), inner = in.size(kept, in.rank);
        const int* const index = e.indices + first;
        T* to = e.result;
        for (long r = 0; r < e.rows_of(e.type); ++r)
            for (long o = 0; o < outer; ++o)
                for (int i = 0; i < count; ++i) *to++ = e.operand(0, r)[o * inner + index[i]];
    }
};

// The transpose of gather, with the same flags: each element is added at its index to zeros of the shape target, behind
// the axes that are kept.
struct scatter : movement {
    static constexpr std::string_view name = "scatter";
    static constexpr value_type infer(inference& in) {
        const int kept = in.options.flags[2];
        const shape &from = in[0].extents, &target = in.options.target;
        value_type result{{}, in[0].batched};
        if (kept < 0 || kept > from.rank || kept + target.rank > max_rank ||
            from.size(kept, from.rank) != in.options.flags[1]) {
            in.problem = sentence("the shape ", from, " is not ", in.options.flags[1], " elements behind ", kept,
                                  " axes that are kept");
            return in[0];
        }
        for (int i = 0; i < kept; ++i) result.extents[result.extents.rank++] = from[i];
        for (int i = 0; i < target.rank; ++i) result.extents[result.extents.rank++] = target[i];
        return result;
    }
    static constexpr void derivative(auto& d) {
        gather back;
        back.options.flags = d.options().flags;
        d.accumulate(0, apply_operation(back, d.adjoint_full()).reshaped(d.operand(0).extents()));
    }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const auto& [first, count, kept] = e.options.flags;
        const shape& in = e.types[0].extents;
        const long outer = in.size(0, kept), inner = e.options.target.size();
        const int* const index = e.indices + first;
        T* to = e.result;
        for (long r = 0; r < e.rows_of(e.type); ++r) {
            const T* from = e.operand(0, r);
            for (long o = 0; o < outer; ++o, to += inner) {
                for (long i = 0; i < inner; ++i) to[i] = T(0);
                for (int i = 0; i < count; ++i) to[index[i]] += *from++;
            }
        }
    }
    static constexpr void depend(dependence& d) {
        const auto& [first, count, kept] = d.options.flags;
        const long outer = d.types[0].extents.size(0, kept), inner = d.options.target.size();
        for (long o = 0; o < outer; ++o)
            for (int i = 0; i < count; ++i) d.add(o * inner + d.indices[first + i], 0, o * count + i);
    }
};
constexpr void gather::derivative(auto& d) {
    scatter back;
    back.options.flags = d.options().flags;
    const shape& from = d.operand(0).extents();
    for (int i = d.options().flags[2]; i < from.rank; ++i) back.options.target[back.options.target.rank++] = from[i];
    d.accumulate(0, apply_operation(back, d.adjoint_full()));
}

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::gather);
HOURGLASS_OPERATION(hourglass::ops::scatter);
