// Products of elements, Euclidean norms, and the operations of their derivatives. Each is computed the cheap way first,
// and again from its operands if an intermediate result over- or underflowed. The second way is out of line, so that
// the cheap one is inlined into the program, which knows the shapes.
#pragma once

#include <hourglass/ops/reduction_rules.hpp>

HOURGLASS_BEGIN
namespace ops {

/// Given factors x, their product over some axes or over the rows, and any number of tensors h shaped like x: for each
/// element, the sum over all ways to assign each h to a different one of the other elements, of these h times the
/// factors that are left. Without any h this is the product of the other factors, by division if the whole product is
/// an ordinary number. With some it is a further derivative.
struct exclusive_product {
    static constexpr std::string_view name = "exclusive_product";
    static constexpr operation_kind kind = operation_kind::product;
    static constexpr int arity = -1;
    static constexpr unsigned flat_operands = 0b10; // the product belongs to the factors
    static constexpr bool mixes_rows(const attributes& a) { return reduction_axes::of(a).over_rows; }
    reduction_axes options{};
    static constexpr text describe(const attributes& a) { return reduction_axes::of(a).described(); }
    static constexpr value_type infer(inference& in) {
        if (in.count - 2 > math::product_with_parts<double>::most_parts)
            in.problem = sentence("a product is differentiated more than ",
                                  math::product_with_parts<double>::most_parts + 1, " times");
        return {in[0].extents, in.any_batched()};
    }
    template <class T> [[gnu::always_inline]] static constexpr void reference(const evaluation<T>& e) {
        const shape& s = e.types[0].extents;
        const auto [first, last, over_batch] = reduction_axes::of(e.options);
        const long outer = over_batch ? 1 : s.size(0, first), inner = over_batch ? s.size() : s.size(last, s.rank);
        const long reduced = over_batch ? e.rows : s.size(first, last);
        for (long row = 0; row < (over_batch ? 1 : e.rows_of(e.type)); ++row)
            for (long o = 0; o < outer; ++o) {
                const T* const whole = e.operand(1, row) + o * inner;
                const long start = o * reduced * inner;
                T* const result = e.result + row * s.size() + start;
                if (e.count == 2 && all_ordinary(whole, inner)) {
                    const T* const x = e.operand(0, row) + start;
                    if (inner == 1) {
                        divide_by_each(result, *whole, x, reduced);
                        continue;
                    }
                    for (long r = 0; r < reduced; ++r)
                        for (long i = 0; i < inner; ++i) result[r * inner + i] = whole[i] / x[r * inner + i];
                    continue;
                }
                // Copies, so that only this needs the arguments in memory.
                const T* of[2 + math::product_with_parts<T>::most_parts]{};
                for (int k = 0; k < e.count; ++k) of[k] = e.operand(k, row) + (k == 1 ? 0 : start);
                for (long i = 0; i < inner; ++i) column(of, e.count - 2, i, reduced, inner, result + i);
            }
    }
    // Depends on the other elements, not on its own.
    static constexpr void depend(dependence& d) {
        const shape& s = d.types[0].extents;
        const auto [first_axis, last_axis, over_batch] = reduction_axes::of(d.options);
        const long reduced = over_batch ? 1 : s.size(first_axis, last_axis);
        const long inner = over_batch ? s.size() : s.size(last_axis, s.rank);
        for (long to = 0; to < d.type.extents.size(); ++to) {
            const long own = to / inner % reduced, first = to - own * inner;
            d.add_constant(to); // the factors are not zero
            for (int o = 0; o < d.count; ++o)
                for (long k = 0; o != 1 && !d.is_constant(o) && k < reduced; ++k)
                    if (k != own || over_batch) d.add(to, o, first + k * inner);
        }
    }
    // The directions become one more axis, which is not multiplied over.
    static constexpr auto over_directions(auto& d) {
        const reduction_axes axes = reduction_axes::of(d.options());
        list_of_operands of;
        for (int i = 0; i < d.operand_count(); ++i) {
            const auto x = d.stacked(i);
            of.add(filled(x, {x.extents(), x.batched() || (axes.over_rows && i != 1)}).index);
        }
        return d.operand(0).append(d.applied(), axes.behind_leading_axis(), of.index, of.count);
    }
    static constexpr void derivative(auto& d) {
        const auto adjoint = d.adjoint_full();
        if (d.wanted(0)) d.accumulate(0, once_more(d, adjoint, -1));
        for (int i = 2; i < d.operand_count(); ++i)
            if (d.wanted(i)) d.accumulate(i, once_more(d, adjoint, i));
    }

private:
    template <class T> [[gnu::always_inline]] static constexpr bool all_ordinary(const T* x, long count) {
        for (long i = 0; i < count; ++i)
            if (!math::is_ordinary(x[i])) return false;
        return true;
    }
    template <class T>
    [[gnu::always_inline]] static constexpr void divide_by_each(T* __restrict result, T whole, const T* x, long count) {
        for (long r = 0; r < count; ++r) result[r] = whole / x[r];
    }
    // Out of line, so that the usual way stays short.
    template <class T> [[gnu::noinline]] static constexpr void column(const T* const* of, int parts, long first,
                                                                      long reduced, long inner, T* result) {
        const auto factor = [&](long k) { return of[0][first + k * inner]; };
        const auto part = [&](int a, long k) { return of[2 + a][first + k * inner]; };
        const auto put = [&](long k, const T& value) { result[k * inner] = value; };
        if constexpr (math::is_plain<T>)
            if (parts == 0)
                if (const math::product_of_many<T> all(of[0] + first, reduced, inner); !all.has_special)
                    return all.of_others(result, of[0] + first, reduced, inner);
        if (parts > 0 && math::products_are_ordinary<T>(reduced, factor)) {
            const math::product_with_parts<T> none(parts);
            math::products_without_one(none, 0, reduced, factor, part, put);
        } else {
            const math::product_with_parts<math::scaled_number<T>> none(parts);
            math::products_without_one(none, 0, reduced, factor, part, put);
        }
    }
    // The same with one more h, or with another in place of operand i.
    static constexpr auto once_more(auto& d, const auto& h, int i) {
        list_of_operands of;
        for (int o = 0; o < d.operand_count(); ++o) of.add(o == i ? h.index : d.operand(o).index);
        if (i < 0) of.add(h.index);
        return h.append(d.applied(), d.options(), of.index, of.count);
    }
    struct list_of_operands {
        int index[math::product_with_parts<double>::most_parts + 3]{};
        int count = 0;
        constexpr void add(int n) { index[count++] = n; }
    };
};
/// Computes a product again, with exponents kept separately, where the lanes' result is zero, infinite or NaN.
struct settled_product {
    static constexpr std::string_view name = "settled_product";
    static constexpr operation_kind kind = operation_kind::product;
    static constexpr int arity = 2;
    static constexpr unsigned flat_operands = 0b10; // the product settled belongs to the factors
    reduction_axes options{};
    static constexpr text describe(const attributes& a) { return reduction_axes::of(a).described(); }
    static constexpr value_type infer(inference& in) { return in[1]; }
    template <class T> [[gnu::always_inline]] static constexpr void reference(const evaluation<T>& e) {
        const columns_of_reduction c(e);
        for (long o = 0; o < c.outer; ++o)
            for (long i = 0; i < c.inner; ++i) {
                const T combined = e.operands[1][o * c.inner + i];
                T& result = e.result[o * c.inner + i];
                result = combined;
                if (math::is_ordinary(combined)) continue;
                result = with_exponents_apart(e.operands[0] + o * c.reduced * c.inner + i, c.reduced, c.inner);
            }
    }
    template <class T> [[gnu::noinline]] static constexpr T with_exponents_apart(const T* x, long count, long stride) {
        if constexpr (math::is_plain<T>)
            if (const math::product_of_many<T> all(x, count, stride); !all.has_special) return all.value();
        math::scaled_number<T> all(T(1));
        for (long k = 0; k < count; ++k) all = all * math::scaled_number<T>(x[k * stride]);
        return all.value();
    }
    static constexpr void derivative(auto& d) { derivative_of_product(d); }

    // Also that of x if x is the product's operand and the node's result its value.
    static constexpr void derivative_of_product(auto& d) {
        exclusive_product others;
        others.options = reduction_axes::of(d.options());
        const auto rest = apply_operation(others, d.operand(0), d.result());
        d.accumulate(0, hadamard(rest, along_operand(d, d.adjoint_full())));
    }
};
/// The product of the elements, combined in any order by vector lanes. Outside the range of ordinary numbers it is
/// zero, infinite or NaN, and settled_product computes it again.
struct product_over : reduction {
    static constexpr std::string_view name = "product_over";
    template <class V> static constexpr V start() { return math::as<V>(1); }
    // A subnormal number has lost digits, and must not become an ordinary one again.
    template <class V> static constexpr V combine(const V& a, const V& b) {
        const V product = a * b;
        return confirm<V>(product, math::abs(product));
    }
    // The same in many steps: no partial product was smaller than `least`, which is at most 1. Products of these, in
    // any order, are then no smaller than the product of their bounds.
    template <class V> static constexpr V combine_unwatched(const V& a, const V& b) { return a * b; }
    template <class V> static constexpr V watch(const V& least, const V& partial) {
        const V size = math::abs(partial);
        if constexpr (math::is_vector<V>)
            return min(size, least);
        else
            return size < least ? size : least;
    }
    template <class V> static constexpr V confirm(const V& product, const V& least) {
        using T = math::element_t<V>;
        if constexpr (math::is_plain<T>)
            return math::select(least < V(std::numeric_limits<T>::min()), math::as<V>(0), product);
        else
            return product;
    }
    template <class T> static constexpr void reference(const evaluation<T>& e) { reference_reduction<product_over>(e); }
    static constexpr void derivative(auto& d) { settled_product::derivative_of_product(d); }
};
/// The power of two that makes a norm's inverse ordinary: 1 except for the largest and smallest norms; 0 for 0.
struct norm_scale : elementwise<1> {
    static constexpr std::string_view name = "norm_scale";
    static constexpr bool smooth = false;
    template <class V> static constexpr V forward(const V& norm) {
        using limits = std::numeric_limits<math::element_t<V>>;
        if constexpr (math::is_plain<V>)
            if (norm >= 4 * limits::min() && norm <= limits::max() / 8) return V(1);
        if constexpr (math::is_plain<math::element_t<V>>) {
            const V small = math::select(norm == math::as<V>(0), math::as<V>(0), math::as<V>(0x1p64));
            const V not_large = math::select(norm < V(4 * limits::min()), small, math::as<V>(1));
            return math::select(norm > V(limits::max() / 8), math::as<V>(0x1p-4), not_large);
        } else {
            return math::select(norm == math::as<V>(0), math::as<V>(0), math::as<V>(1));
        }
    }
};
/// An element of x / norm, from that element and the inverse of the norm, both scaled. For an infinite element it is
/// the sign: the limit if no other element is infinite.
struct norm_direction : elementwise<2> {
    static constexpr std::string_view name = "norm_direction";
    static constexpr bool cheap = true;
    static constexpr unsigned zero_operands = 3u;
    template <class V> static constexpr V forward(const V& x, const V& inverse) {
        const V most = math::as<V>(std::numeric_limits<double>::infinity());
        const V below = math::select(x == -most, math::as<V>(-1), V(x * inverse));
        return math::select(x == most, math::as<V>(1), below);
    }
    template <class H> static constexpr auto derivative(H x, H inverse, H, H g) {
        return std::array{hadamard(g, inverse), hadamard(g, x)};
    }
};
/// The root of s, the sum of squares of x along the axes where s has extent 1. Taken from s if that is an ordinary
/// number; else squares over- or underflowed, and it is taken from x, scaled. The derivative is x / norm; at the origin
/// this and all further ones are zero.
struct euclidean_norm {
    static constexpr std::string_view name = "euclidean_norm";
    static constexpr operation_kind kind = operation_kind::product;
    static constexpr int arity = 2;
    static constexpr unsigned flat_operands = 0b10; // s belongs to x
    static constexpr value_type infer(inference& in) { return in[1]; }
    template <class T> [[gnu::always_inline]] static constexpr void reference(const evaluation<T>& e) {
        const shape &whole = e.types[0].extents, &kept = e.types[1].extents;
        for (long row = 0; row < e.rows_of(e.types[1]); ++row)
            for (long o = 0; o < kept.size(); ++o) {
                const T s = e.operand(1, row)[o];
                T& result = e.result[row * kept.size() + o];
                if (!(s < lowest<T>() || s > std::numeric_limits<T>::max())) {
                    result = math::sqrt(s);
                    continue;
                }
                result = of_extremes(e.operand(0, row), whole, kept, o);
            }
    }
    static constexpr void derivative(auto& d) {
        const auto norm = d.result(), x = d.operand(0), adjoint = d.adjoint_full();
        const auto at_origin = norm == 0;
        const auto scale = apply_operation(norm_scale{}, norm);
        const auto inverse = 1 / (hadamard(norm, scale) + at_origin);
        const auto direction = apply_operation(norm_direction{}, hadamard(x, scale), inverse);
        d.accumulate(0, hadamard(direction, adjoint));
    }

private:
    // Squares that are lost in a sum of this size do not matter.
    template <class T> static constexpr T lowest() {
        if constexpr (std::is_same_v<T, float>)
            return 0x1p-70f;
        else if constexpr (std::is_same_v<T, double>)
            return 0x1p-900;
        else
            return T(0);
    }
    template <class T>
    HOURGLASS_COLD static constexpr T of_extremes(const T* x, const shape& whole, const shape& kept, long o) {
        return math::norm_of_extremes<T>(whole.size() / kept.size(),
                                         [&](long k) { return x[place(whole, kept, o, k)]; });
    }
    // The k-th element of x that contributes to element o of the norm.
    static constexpr long place(const shape& whole, const shape& kept, long o, long k) {
        long at = 0, stride = 1;
        for (int axis = whole.rank - 1; axis >= 0; --axis) {
            long& from = kept[axis] == whole[axis] ? o : k;
            at += from % whole[axis] * stride;
            from /= whole[axis];
            stride *= whole[axis];
        }
        return at;
    }
};

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::product_over);
HOURGLASS_OPERATION(hourglass::ops::exclusive_product);
HOURGLASS_OPERATION(hourglass::ops::settled_product);
HOURGLASS_OPERATION(hourglass::ops::norm_scale);
HOURGLASS_OPERATION(hourglass::ops::norm_direction);
HOURGLASS_OPERATION(hourglass::ops::euclidean_norm);
