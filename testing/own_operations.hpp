// Twins of built-in operations, one of each kind, as a user would write them in a file of his own: each states what is
// true of it, and nothing in the library knows it by name. Tests ask whether passes treat them as the built-in ones,
// bench/own_operations.cpp whether they run as fast.
#pragma once

#include <hourglass/hourglass.hpp>

namespace twins {

namespace hg = hourglass;

// relu
struct positive_part : hg::elementwise<1> {
    static constexpr std::string_view name = "positive_part";
    static constexpr bool cheap = true;
    template <class V> static constexpr V forward(const V& x) {
        return hg::math::select(x <= hg::math::as<V>(0), hg::math::as<V>(0), x);
    }
    template <class H> static constexpr H derivative(H, H y, H g) { return hg::apply_operation(hg::ops::gate{}, y, g); }
};

// sum
struct total : hg::ops::reduction {
    static constexpr std::string_view name = "total";
    static constexpr hg::linearity linear = hg::linearity::in_all;
    template <class V> static constexpr V start() { return hg::math::as<V>(0); }
    template <class V> static constexpr V combine(const V& a, const V& b) { return a + b; }
    template <class T> static constexpr void reference(const hg::evaluation<T>& e) {
        hg::ops::reference_reduction<total>(e);
    }
    static constexpr void derivative(auto& d) { d.accumulate(0, hg::ops::along_operand(d, d.adjoint_full())); }
};

struct place_of_cut {
    int axis = 0, first = 0, last = 0;
    static constexpr place_of_cut of(const hg::attributes& a) { return {a.flags[0], a.flags[1], a.flags[2]}; }
    constexpr operator hg::attributes() const { return {0, {}, {axis, first, last}}; }
};
// slice
struct cut : hg::ops::movement {
    static constexpr std::string_view name = "cut";
    place_of_cut options{};
    static constexpr hg::attributes with_leading_axis(const hg::attributes& a, int) {
        const auto [axis, first, last] = place_of_cut::of(a);
        return place_of_cut{axis + 1, first, last};
    }
    static constexpr hg::text describe(const hg::attributes& a) {
        const auto [axis, first, last] = place_of_cut::of(a);
        return hg::sentence("axis ", axis, " from ", first, " to ", last);
    }
    static constexpr hg::runs_of_movement runs(const hg::value_type&, const hg::value_type*, int,
                                               const hg::attributes& a, int) {
        const auto [axis, first, last] = place_of_cut::of(a);
        return {.axis = axis, .first_read = first, .first_written = 0, .length = last - first};
    }
    static constexpr hg::value_type infer(hg::inference& in) {
        const auto [axis, first, last] = place_of_cut::of(in.options);
        hg::value_type result = in[0];
        if (axis >= result.extents.rank || last > result.extents[axis])
            in.problem = hg::sentence("there are no elements ", first, " to ", last, " of axis ", axis);
        else
            result.extents[axis] = last - first;
        return result;
    }
    template <class T> static constexpr void reference(const hg::evaluation<T>& e) {
        const place_of_cut p = place_of_cut::of(e.options);
        hg::ops::reference_along(e, p.axis, [&](long r, long o, long at, long i) {
            return hg::ops::along(e.operand(0, r), e.types[0].extents, p.axis, o, at + p.first, i);
        });
    }
    static constexpr void derivative(auto& d);
};
// pad: zeros around what was cut
struct uncut : hg::ops::movement {
    static constexpr std::string_view name = "uncut";
    place_of_cut options{}; // `last` is the extent of the whole axis
    static constexpr hg::attributes with_leading_axis(const hg::attributes& a, int) {
        const auto [axis, first, last] = place_of_cut::of(a);
        return place_of_cut{axis + 1, first, last};
    }
    static constexpr hg::runs_of_movement runs(const hg::value_type&, const hg::value_type* types, int,
                                               const hg::attributes& a, int) {
        const auto [axis, first, last] = place_of_cut::of(a);
        return {.axis = axis, .first_read = 0, .first_written = first, .length = types[0].extents[axis]};
    }
    static constexpr hg::value_type infer(hg::inference& in) {
        const auto [axis, first, last] = place_of_cut::of(in.options);
        hg::value_type result = in[0];
        result.extents[axis] = last;
        return result;
    }
    template <class T> static constexpr void reference(const hg::evaluation<T>& e) {
        const place_of_cut p = place_of_cut::of(e.options);
        const long count = e.types[0].extents[p.axis];
        hg::ops::reference_along(e, p.axis, [&](long r, long o, long at, long i) {
            return at < p.first || at >= p.first + count
                       ? T(0)
                       : hg::ops::along(e.operand(0, r), e.types[0].extents, p.axis, o, at - p.first, i);
        });
    }
    static constexpr void derivative(auto& d) {
        const auto [axis, first, last] = place_of_cut::of(d.options());
        const cut back{{}, {axis, first, first + d.operand(0).extents()[axis]}};
        d.accumulate(0, hg::apply_operation(back, d.adjoint_full()));
    }
};
constexpr void cut::derivative(auto& d) {
    const auto [axis, first, last] = place_of_cut::of(d.options());
    const uncut back{{}, {axis, first, d.operand(0).extents()[axis]}};
    d.accumulate(0, hg::apply_operation(back, d.adjoint_full()));
}

// A transpose(B) of two matrices: matmul with its second operand transposed
struct rows_by_rows {
    static constexpr std::string_view name = "rows_by_rows";
    static constexpr hg::operation_kind kind = hg::operation_kind::product;
    static constexpr int arity = 2;
    static constexpr unsigned zero_operands = 3u;
    static constexpr hg::linearity linear = hg::linearity::in_each;
    static constexpr hg::value_type infer(hg::inference& in) {
        const hg::shape &a = in[0].extents, &b = in[1].extents;
        if (a.rank != 2 || b.rank != 2 || a[1] != b[1]) {
            in.problem = hg::sentence("the rows of ", a, " and ", b, " differ in length");
            return in[0];
        }
        return {hg::make_shape(a[0], b[0]), in.any_batched()};
    }
    static constexpr hg::product_plan matrix_product(const hg::value_type* types, const hg::attributes&) {
        return hg::ops::matmul::matrix_product(types, hg::ops::product_transposes{false, true});
    }
    template <class T> static constexpr void reference(const hg::evaluation<T>& e) {
        for (long r = 0; r < e.rows_of(e.type); ++r) {
            T* const c = e.result + r * e.type.extents.size();
            for (long i = 0; i < e.type.extents.size(); ++i) c[i] = T(0);
            hg::ops::reference_product(e.operand(0, r), e.types[0].extents, false, e.operand(1, r), e.types[1].extents,
                                       true, c);
        }
    }
    static constexpr void depend(hg::dependence& d) {
        hg::ops::depend_in_product(d, d.types[0].extents, false, d.types[1].extents, true);
    }
    static constexpr hg::handle over_directions(auto& d) {
        if (d.moves(0) && d.moves(1)) return {};
        const int i = d.moves(0) ? 0 : 1;
        const auto all = d.stacked(i);
        const int rows = all.extents()[1], inner = all.extents()[2];
        const auto c = hg::apply_operation(rows_by_rows{}, reshaped(all, hg::make_shape(d.count() * rows, inner)),
                                           d.operand(1 - i));
        const auto stacked = reshaped(c, hg::make_shape(d.count(), rows, c.extents()[1]));
        return i == 0 ? stacked : hg::ops::with_next_axis_swapped(stacked, 1);
    }
    static constexpr void derivative(auto& d) {
        const auto a = d.operand(0), b = d.operand(1), g = d.adjoint_full();
        // What the rows of a call share gets a sum over them, which is a part of the product.
        using hg::ops::matmul, hg::ops::matmul_batch_sum, hg::ops::product;
        const bool sums = d.sums_rows() && g.batched();
        if (d.wanted(0))
            d.accumulate(0, sums && !a.batched() && b.batched() ? product<matmul_batch_sum>(g, b, false, false)
                                                                : product<matmul>(g, b, false, false));
        if (d.wanted(1))
            d.accumulate(1, sums && !b.batched() && a.batched() ? product<matmul_batch_sum>(g, a, true, false)
                                                                : product<matmul>(g, a, true, false));
    }
};

template <hg::operand X> constexpr auto positive(const X& x) { return hg::apply_operation(positive_part{}, x); }
template <hg::operand X, int... Axes> constexpr auto total_of(const X& x, hg::axes_t<Axes...> = {}) {
    return hg::apply_operation(hg::ops::reduce_axes<total, hg::axes_t<Axes...>, false>{}, x);
}
template <int First, int Last, int Axis = 0, hg::operand X> constexpr auto part_of(const X& x) {
    return hg::apply_operation(cut{{}, {Axis, First, Last}}, x);
}
template <hg::operand A, hg::operand B> constexpr auto by_rows(const A& a, const B& b) {
    return hg::apply_operation(rows_by_rows{}, a, b);
}
// The built-in twin, as simplification makes it of matmul(a, transpose(b)).
template <hg::operand A, hg::operand B> constexpr auto matmul_by_rows(const A& a, const B& b) {
    return hg::apply_operation(hg::ops::matmul{{false, true}}, a, b);
}

}

HOURGLASS_OPERATION(twins::positive_part);
HOURGLASS_OPERATION(twins::total);
HOURGLASS_OPERATION(twins::cut);
HOURGLASS_OPERATION(twins::uncut);
HOURGLASS_OPERATION(twins::rows_by_rows);
