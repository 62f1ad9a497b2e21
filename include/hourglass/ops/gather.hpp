// Picks elements by a list of indices; and its transpose, which sums elements at such places. The indices are constants
// of the graph, found elsewhere. The elements may be a sparse matrix's, whose pattern then follows the indices.
#pragma once

#include <hourglass/ops/axes.hpp>

HOURGLASS_BEGIN
namespace ops {

// `count` constant indices of the graph, from `first` on. They count elements in row-major order within each index of
// the `kept_axes` leading axes. `whole` is the shape that scatter fills. In a gather it is set if the elements are
// those of a sparse matrix of this shape, whose pattern then follows the indices (autodiff/sparse_derivatives.hpp).
struct index_table {
    int first = 0, count = 0, kept_axes = 0;
    shape whole{};
    static constexpr index_table of(const attributes& a) { return {a.flags[0], a.flags[1], a.flags[2], a.target}; }
    constexpr operator attributes() const { return {0, whole, {first, count, kept_axes}}; }
    constexpr index_table behind_leading_axis() const { return {first, count, kept_axes + 1, whole}; }
    constexpr text described() const { return sentence(count, count == 1 ? " element" : " elements"); }
};
/// The elements with these indices, in order.
struct gather : movement {
    static constexpr std::string_view name = "gather";
    index_table options{};
    static constexpr attributes with_leading_axis(const attributes& a, int) {
        return index_table::of(a).behind_leading_axis();
    }
    static constexpr text describe(const attributes& a) {
        const index_table t = index_table::of(a);
        if (t.whole.rank == 0) return t.described();
        return sentence(t.described(), " of ", t.whole[0], " by ", t.whole[1]);
    }
    static constexpr value_type infer(inference& in) {
        const auto [first, count, kept, whole] = index_table::of(in.options);
        value_type result{{}, in[0].batched};
        if (kept < 0 || kept > in[0].extents.rank || kept >= max_rank || count < 1) {
            in.problem = sentence("it cannot keep ", kept, " axes of the shape ", in[0].extents);
            return in[0];
        }
        for (int i = 0; i < kept; ++i) result.extents[result.extents.rank++] = in[0].extents[i];
        result.extents[result.extents.rank++] = count;
        return result;
    }
    static constexpr void derivative(auto& d);
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const auto [first, count, kept, whole] = index_table::of(e.options);
        const shape& in = e.types[0].extents;
        const long outer = in.size(0, kept), inner = in.size(kept, in.rank);
        const int* const index = e.indices + first;
        T* to = e.result;
        for (long r = 0; r < e.rows_of(e.type); ++r)
            for (long o = 0; o < outer; ++o)
                for (int i = 0; i < count; ++i) *to++ = e.operand(0, r)[o * inner + index[i]];
    }
};
/// The transpose of gather: adds each element at its index to zeros of the whole shape, after the kept axes.
struct scatter : movement {
    static constexpr std::string_view name = "scatter";
    index_table options{};
    static constexpr attributes with_leading_axis(const attributes& a, int) {
        return index_table::of(a).behind_leading_axis();
    }
    static constexpr text describe(const attributes& a) { return index_table::of(a).described(); }
    static constexpr value_type infer(inference& in) {
        const auto [first, count, kept, target] = index_table::of(in.options);
        const shape& from = in[0].extents;
        value_type result{{}, in[0].batched};
        if (kept < 0 || kept > from.rank || kept + target.rank > max_rank || from.size(kept, from.rank) != count) {
            in.problem =
                sentence("the shape ", from, " is not ", count, " elements after ", kept, " axes that are kept");
            return in[0];
        }
        for (int i = 0; i < kept; ++i) result.extents[result.extents.rank++] = from[i];
        for (int i = 0; i < target.rank; ++i) result.extents[result.extents.rank++] = target[i];
        return result;
    }
    static constexpr void derivative(auto& d) {
        const auto [first, count, kept, whole] = index_table::of(d.options());
        gather back;
        back.options = {first, count, kept, {}};
        d.accumulate(0, reshaped(apply_operation(back, d.adjoint_full()), d.operand(0).extents()));
    }
    template <class T> static constexpr void reference(const evaluation<T>& e) {
        const auto [first, count, kept, whole] = index_table::of(e.options);
        const shape& in = e.types[0].extents;
        const long outer = in.size(0, kept), inner = whole.size();
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
        const auto [first, count, kept, whole] = index_table::of(d.options);
        const long outer = d.types[0].extents.size(0, kept), inner = whole.size();
        for (long o = 0; o < outer; ++o)
            for (int i = 0; i < count; ++i) d.add(o * inner + d.indices[first + i], 0, o * count + i);
    }
};
constexpr void gather::derivative(auto& d) {
    const auto [first, count, kept, matrix] = index_table::of(d.options());
    scatter back;
    back.options = {first, count, kept, {}};
    const shape& from = d.operand(0).extents();
    for (int i = kept; i < from.rank; ++i) back.options.whole[back.options.whole.rank++] = from[i];
    d.accumulate(0, apply_operation(back, d.adjoint_full()));
}

// Whether a node picks the elements of a sparse matrix.
constexpr bool is_sparse_matrix(const operation& op, const attributes& a) {
    return op.id == id_of<gather> && index_table::of(a).whole.rank == 2;
}

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::gather);
HOURGLASS_OPERATION(hourglass::ops::scatter);
