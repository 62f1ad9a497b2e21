// Rules for sums over the axes of an example. Sums over the rows have none.
#pragma once

#include <hourglass/passes/simplify/scales.hpp>

HOURGLASS_BEGIN
namespace simplify_rules {

constexpr bool is_over_axes(const formula& f) { return !ops::reduction_axes::of(f.old.options).over_rows; }

constexpr int sum_over_nothing(simplifier&, const formula& f) {
    const ops::reduction_axes axes = ops::reduction_axes::of(f.old.options);
    return !axes.over_rows && axes.first == axes.last ? f.a : -1;
}
constexpr int sum_of_multiple(simplifier& s, const formula& f, int n) {
    if (is_scaled(s, n)) return scaled_as(s, n, sum_of_multiple(s, f, unscaled(s, n)));
    return s.push(f.old.op, f.old.options, n);
}
constexpr int sum_of_scaled(simplifier& s, const formula& f) {
    return is_over_axes(f) && is_scaled(s, f.a) ? sum_of_multiple(s, f, f.a) : -1;
}

// A run of axes [begin, end).
struct axis_run {
    int begin = 0, end = 0;
};
// The extents of a product's factor, padded with 1 to the product's rank.
constexpr shape aligned_extents(const shape& of, int rank) {
    shape aligned = of;
    const int extra = rank - of.rank;
    for (int i = of.rank - 1; i >= 0; --i) aligned[i + extra] = aligned[i];
    for (int i = 0; i < extra; ++i) aligned[i] = 1;
    aligned.rank = rank;
    return aligned;
}
// The axes at one end of the summed ones along which the extents are 1; empty if there are none.
constexpr axis_run unvaried(const shape& aligned, axis_run summed) {
    int begin = summed.begin;
    while (begin < summed.end && aligned[begin] == 1) ++begin;
    if (begin > summed.begin) return {summed.begin, begin};
    begin = summed.end;
    while (begin > summed.begin && aligned[begin - 1] == 1) --begin;
    return {begin, summed.end};
}
// The sum of u v, where v does not vary along some of the axes: u is summed over these, once for all examples. -1 if v
// varies along all of them.
constexpr int sum_of_common_factor(simplifier& s, int n, axis_run summed) {
    const int u = common_factor(s, n);
    if (u < 0) return -1;
    const int v = s.other_factor(n, u);
    const shape whole = s.at(n).type.extents, aligned = aligned_extents(s.at(v).type.extents, whole.rank);
    const axis_run taken = unvaried(aligned, summed);
    if (taken.begin == taken.end) return -1;
    const auto over = [](axis_run axes) { return ops::sum{{{axes.begin, axes.end}}}; };
    shape rest;
    for (int i = 0; i < whole.rank; ++i)
        if (i < taken.begin || i >= taken.end) rest[rest.rank++] = aligned[i];
    s.derives();
    const handle factor = apply_operation(over(taken), filled(s.h(u), {whole, false}));
    const handle result = hadamard(factor, reshaped(s.h(v), rest));
    const int left = (summed.end - summed.begin) - (taken.end - taken.begin);
    if (left == 0) return result.index;
    const axis_run remaining{summed.begin, summed.begin + left};
    if (const int found = sum_of_common_factor(s, result.index, remaining); found >= 0) return found;
    return apply_operation(over(remaining), result).index;
}
constexpr int sum_of_factors(simplifier& s, const formula& f) {
    const ops::reduction_axes axes = ops::reduction_axes::of(f.old.options);
    return axes.over_rows ? -1 : sum_of_common_factor(s, f.a, {axes.first, axes.last});
}

inline constexpr rule of_axis_sum[] = {
    {"sum over no axis", any, any, sum_over_nothing},
    {"sum(x * c)", any, any, sum_of_scaled},              // and sum(-x); exact but for the sign of a zero
    {"sum(u v)", an<ops::multiply>, any, sum_of_factors}, // in derivatives
};

}
HOURGLASS_END
