// The scalar functions that operations are written in, for any type they compute with: float, double, a multiprecision
// number, an xsimd batch (through its own namespace) or a traced handle; float and double in constant expressions too.
// Knows nothing of SIMD.
#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <type_traits>

#include <hourglass/expr/expression.hpp>
#include <hourglass/math/constant.hpp>
#include <hourglass/math/vector.hpp>

HOURGLASS_BEGIN
namespace math {

/// log(2 pi)
inline constexpr double log_two_pi = 1.837877066409345483560659472811;

/// The element type of V: V itself, or a batch's value_type.
template <class V> struct element { using type = V; };
template <class V>
requires requires {
    typename V::value_type;
    typename V::batch_bool_type;
}
struct element<V> {
    using type = typename V::value_type;
};
template <class V> using element_t = typename element<V>::type;

/// Returns the number x as a V.
template <class V> constexpr V as(double x) { return V(static_cast<element_t<V>>(x)); }

namespace adl {
// Outside the functions below, so that an unqualified call in them does not find those functions themselves.
using std::abs, std::cos, std::erfc, std::exp, std::expm1, std::log, std::log1p, std::pow, std::sin, std::sqrt,
    std::tanh;

#define HOURGLASS_MATH(function)                                                                                       \
    template <class V> constexpr auto call_##function(const V& x) { return V(function(x)); }
HOURGLASS_MATH(abs)
HOURGLASS_MATH(cos)
HOURGLASS_MATH(erfc)
HOURGLASS_MATH(exp)
HOURGLASS_MATH(expm1)
HOURGLASS_MATH(log)
HOURGLASS_MATH(log1p)
HOURGLASS_MATH(sin)
HOURGLASS_MATH(sqrt)
HOURGLASS_MATH(tanh)
#undef HOURGLASS_MATH
template <class V> constexpr auto call_pow(const V& x, const V& p) { return V(pow(x, p)); }
#ifdef __clang__
// Rereads the exponent. If it is constant, -fapprox-func, which no macro reveals, turns the power into products of
// roots, which are NaN at minus infinity.
template <std::floating_point T> T call_pow(const T& x, const T& p) {
    const volatile T exponent = p;
    return std::pow(x, exponent);
}
#endif
template <class C, class V> constexpr auto call_select(const C& c, const V& a, const V& b) {
    return V(select(c, a, b));
}
}

/// Whether V is float or double.
template <class V> inline constexpr bool is_plain = std::is_same_v<V, float> || std::is_same_v<V, double>;

/// Whether V is a vector of float or double: neither a number nor a traced handle.
template <class V> inline constexpr bool is_vector = !is_plain<V> && is_plain<element_t<V>>;

#define HOURGLASS_MATH(function, of_vector)                                                                            \
    template <class V> constexpr V function(const V& x) {                                                              \
        if constexpr (is_plain<V>)                                                                                     \
            if (std::is_constant_evaluated()) return static_cast<V>(constant::function(static_cast<double>(x)));       \
        if constexpr (is_vector<V>)                                                                                    \
            return of_vector(x);                                                                                       \
        else                                                                                                           \
            return adl::call_##function(x);                                                                            \
    }
HOURGLASS_MATH(exp, in_vectors::exp)
HOURGLASS_MATH(expm1, in_vectors::expm1)
HOURGLASS_MATH(log, in_vectors::log)
HOURGLASS_MATH(log1p, in_vectors::log1p)
HOURGLASS_MATH(sqrt, adl::call_sqrt)
HOURGLASS_MATH(tanh, adl::call_tanh)
#undef HOURGLASS_MATH
#define HOURGLASS_MATH(function, quarter)                                                                              \
    template <class V> constexpr V function(const V& x) {                                                              \
        if constexpr (is_plain<V>)                                                                                     \
            return std::is_constant_evaluated() ? static_cast<V>(constant::function(static_cast<double>(x)))           \
                                                : wave_of_number<quarter>(x);                                          \
        else if constexpr (is_vector<V>)                                                                               \
            return in_vectors::wave<quarter>(x);                                                                       \
        else                                                                                                           \
            return adl::call_##function(x);                                                                            \
    }
HOURGLASS_MATH(cos, 1)
HOURGLASS_MATH(sin, 0)
#undef HOURGLASS_MATH
/// Returns the absolute value.
template <class V> constexpr V abs(const V& x) {
    if constexpr (is_plain<V>)
        if (std::is_constant_evaluated()) return x < 0 ? -x : x == 0 ? V(0) : x;
    return adl::call_abs(x);
}
/// Returns x to the power p. NaN for x < 0 unless p is an integer.
template <class V> constexpr V pow(const V& x, const V& p) {
    if constexpr (is_plain<V>)
        if (std::is_constant_evaluated())
            return static_cast<V>(constant::pow(static_cast<double>(x), static_cast<double>(p)));
    if constexpr (std::is_same_v<element_t<V>, V>) {
        return adl::call_pow(x, p);
    } else {
        // Lane by lane through the C library. e^(p log x) in vectors, as in xsimd, loses p log x units in the last
        // place, and is wrong at zero and infinity.
        element_t<V> lanes[V::size], powers[V::size];
        x.store_unaligned(lanes);
        p.store_unaligned(powers);
        for (std::size_t i = 0; i < V::size; ++i) lanes[i] = adl::call_pow(lanes[i], powers[i]);
        return V::load_unaligned(lanes);
    }
}

/// Returns log(1 + e) for 0 <= e <= 1, as 2 atanh(s), s = e / (2 + e) <= 1/3, by its series: one division and no
/// branch, with all digits of float and double.
template <class V> constexpr V log1p_of_unit(const V& e) {
    using T = element_t<V>;
    if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
        constexpr int terms = std::is_same_v<T, float> ? 8 : 17;
        const V s = e / (e + as<V>(2));
        const V square = s * s;
        V sum = as<V>(1.0 / (2 * terms - 1));
        for (int i = terms - 2; i >= 0; --i) sum = sum * square + as<V>(1.0 / (2 * i + 1));
        return (s + s) * sum;
    } else {
        return log1p(e);
    }
}

/// Returns a where the condition holds and b elsewhere. The condition is the result of comparing two V.
template <class C, class V> constexpr V select(const C& condition, const V& a, const V& b) {
    // Does not ask whether C converts to bool: an AVX-512 mask does.
    if constexpr (std::is_same_v<element_t<V>, V>)
        return condition ? a : b;
    else
        return adl::call_select(condition, a, b);
}

/// Returns x, while hiding from the compiler that it is a rounded sum.
template <class V> constexpr V opaque(const V& x) {
    if constexpr (is_vector<V>)
        return in_vectors::opaque(x);
    else if constexpr (is_plain<V>)
        return std::is_constant_evaluated() ? x : hidden(x);
    else
        return x;
}

/// Evaluates a polynomial. Coefficients begin with the highest power.
template <class V, std::size_t N> constexpr V polynomial(const V& x, const double (&coefficients)[N]) {
    V sum = as<V>(coefficients[0]);
    for (std::size_t i = 1; i < N; ++i)
        if constexpr (is_vector<V>)
            sum = in_vectors::fused(sum, x, as<V>(coefficients[i]));
        else
            sum = sum * x + as<V>(coefficients[i]);
    return sum;
}

/// Returns e^(x^2 / 2) Phi(-x) for x >= 0, with Phi the standard normal's distribution function. (1 + c x) times it is
/// smooth in (x - k) / (x + k) (after Shepherd and Laframboise 1981, Math. Comp. 36, 249), and for c near 2 / sqrt(2
/// pi) flat at x = 0, where x - k is rounded. Interpolated at Chebyshev points up to x = 14.5 in float, within 1e-9,
/// and up to 40 in double, within 5e-18.
template <class V> constexpr V scaled_normal_tail(const V& x) {
    constexpr bool single = std::is_same_v<element_t<V>, float>;
    const V k = as<V>(single ? 4 : 5), q = (x - k) / (x + k), below = x * as<V>(0.796875) + as<V>(1);
    if constexpr (single)
        return polynomial(q, {-5.74736371e-5, -6.38072321e-5, 0.000515491220, -0.000107644465, -0.00388384340,
                              0.0125700430, -0.0193881100, 0.00822513988, 0.0364204908, -0.111672615, 0.395344560}) /
               below;
    else
        return polynomial(
                   q, {5.5184845494258988e-10, 3.0535268650184862e-9, 6.5182922059731959e-10, -2.4288202789832115e-8,
                       -1.9654223312598886e-8, 1.5046230736032595e-7, 1.1491973038320242e-7,  -9.9441546879194067e-7,
                       -1.9198157041144590e-7, 6.9626470678624889e-6, -6.5366410817263741e-6, -4.2523639453930606e-5,
                       0.00013302324575947874, 3.3483988447408826e-5, -0.0012910239110721032, 0.0047140165128191715,
                       -0.010262552630618284,  0.014796944048882898,  -0.011317712681051053,  -0.0084589130123162152,
                       0.048303802253783988,   -0.10209554049947820,  0.38339466073479701}) /
               below;
}
/// Returns e^(-x^2 / 2) for 0 <= x <= 40 without rounding the square, from x with half its bits, and the rest.
template <class V> constexpr V half_square_exp(const V& x) {
    constexpr bool single = std::is_same_v<element_t<V>, float>;
    const V rounding = as<V>(single ? 0x1.8p15 : 0x1.8p32);
    const V near = opaque(V(x + rounding)) - rounding;
    const V exact = near * near * as<V>(-0.5), rest = (x - near) * (x + near) * as<V>(-0.5);
    if constexpr (is_vector<V>) {
        return in_vectors::exp_of_sum(exact, rest);
    } else {
        const V first = exp(exact);
        return first + first * (rest * polynomial(rest, {1.0 / 24, 1.0 / 6, 0.5, 1.0}));
    }
}

/// Returns half the error function of x / sqrt 2 for |x| <= 0.66, by the rational approximation of Cody 1969 (Math.
/// Comp. 23, 631), to 1e-16 relative.
template <class V> constexpr V half_erf_near_zero(const V& x) {
    const V s = x * x * as<V>(0.5);
    return x * as<V>(0.35355339059327376220) *
           polynomial(s, {1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2,
                          3.20937758913846947e3}) /
           polynomial(
               s, {1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3});
}

/// Returns the standard normal's distribution function. In float and double within a few units in the last place, even
/// far into the lower tail (unlike xsimd's erfc); in other number types from erfc.
template <class V> constexpr V normal_cdf(const V& x) {
    using T = element_t<V>;
    if constexpr (!is_plain<T>) {
        return V(adl::call_erfc(V(-x / adl::call_sqrt(V(2)))) / V(2));
    } else {
        if constexpr (is_plain<V>) // a single number here needs no exponential
            if (x >= V(-0.66) && x <= V(0.66)) return V(0.5) + half_erf_near_zero(x);
        const V most = as<V>(std::is_same_v<T, float> ? 14.5 : 40); // beyond, the tail is zero
        const V size = select(abs(x) > most, most, abs(x));
        const V tail = half_square_exp(size) * scaled_normal_tail(size);
        return select(x > as<V>(0), V(as<V>(1) - tail), tail);
    }
}

}
HOURGLASS_END
