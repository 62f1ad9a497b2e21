// The scalar functions that operations are written in, for whatever they compute with: float, double, a multiprecision
// number, an xsimd batch (through its own namespace) or a traced handle; float and double in constant expressions too.
// Knows nothing of SIMD.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include <hourglass/expr/expression.hpp>
#include <hourglass/ops/constant_math.hpp>

HOURGLASS_BEGIN
namespace math {

inline constexpr double log_two_pi = 1.837877066409345483560659472811;

// The element type behind V: itself, or a batch's value_type.
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

// The number x as a V.
template <class V> constexpr V as(double x) { return V(static_cast<element_t<V>>(x)); }

namespace adl {
// Outside the functions below, so that an unqualified call in them is not answered by themselves.
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
template <class C, class V> constexpr auto call_select(const C& c, const V& a, const V& b) {
    return V(select(c, a, b));
}
}

template <class V> inline constexpr bool is_plain = std::is_same_v<V, float> || std::is_same_v<V, double>;

#define HOURGLASS_MATH(function)                                                                                       \
    template <class V> constexpr V function(const V& x) {                                                              \
        if constexpr (is_plain<V>)                                                                                     \
            if (std::is_constant_evaluated()) return static_cast<V>(constant::function(static_cast<double>(x)));       \
        return adl::call_##function(x);                                                                                \
    }
HOURGLASS_MATH(cos)
HOURGLASS_MATH(expm1)
HOURGLASS_MATH(log1p)
HOURGLASS_MATH(sin)
HOURGLASS_MATH(sqrt)
HOURGLASS_MATH(tanh)
#undef HOURGLASS_MATH
template <class V> constexpr V abs(const V& x) {
    if constexpr (is_plain<V>)
        if (std::is_constant_evaluated()) return x < 0 ? -x : x == 0 ? V(0) : x;
    return adl::call_abs(x);
}
template <class V> constexpr V pow(const V& x, const V& p) {
    if constexpr (is_plain<V>)
        if (std::is_constant_evaluated())
            return static_cast<V>(constant::pow(static_cast<double>(x), static_cast<double>(p)));
    if constexpr (std::is_same_v<element_t<V>, V>) {
        return adl::call_pow(x, p);
    } else {
        // Lane by lane through the C library: e^(p log x) in vectors, which is what xsimd does, loses p log x units in
        // the last place, and is wrong at zero and infinity.
        element_t<V> lanes[V::size], powers[V::size];
        x.store_unaligned(lanes);
        p.store_unaligned(powers);
        for (std::size_t i = 0; i < V::size; ++i) lanes[i] = std::pow(lanes[i], powers[i]);
        return V::load_unaligned(lanes);
    }
}

// log(1 + e) for 0 <= e <= 1: 2 atanh(s), s = e / (2 + e) <= 1/3, by its series; one division and no branch, at all
// digits of float and double.
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

// a where the condition holds, b elsewhere; the condition is what comparing two V gives.
template <class C, class V> constexpr V select(const C& condition, const V& a, const V& b) {
    // Not by asking whether C converts to bool: an AVX-512 mask does.
    if constexpr (std::is_same_v<element_t<V>, V>)
        return condition ? a : b;
    else
        return adl::call_select(condition, a, b);
}

// e^x in vectors of double: x = n ln 2 + r, e^r by a polynomial of degree 11 (interpolated at Chebyshev's points,
// within 1e-17), and 2^n into the exponent's bits. To one unit in the last place, and about twice as fast as xsimd's.
template <class V> V exp_in_vectors(const V& x) {
    using integers = decltype(to_int(x));
    const V shift = as<V>(0x1.8p52); // brings n to the lowest bits
    const V shifted = fma(x, as<V>(1.4426950408889634), shift), n = shifted - shift;
    const V r = fma(n, as<V>(-1.90821492927058770002e-10), V(fma(n, as<V>(-6.93147180369123816490e-01), x)));
    const V r2 = r * r, r4 = r2 * r2;
    const auto pair = [&](double low, double high) { return V(fma(r, as<V>(high), as<V>(low))); };
    const V low =
        fma(r2, pair(0.04166666666662399, 0.008333333333330051), pair(0.5000000000000001, 0.16666666666666669));
    const V high = fma(r2, pair(2.480152119021773e-05, 2.7557268378684192e-06),
                       pair(0.0013888888917281794, 0.00019841269863105968));
    const V top = pair(2.7620138719733994e-07, 2.5100424157005067e-08);
    const V q = fma(r4, V(fma(r4, top, high)), low);
    const V y = as<V>(1) + V(fma(r2, q, r));
    const V scaled = bitwise_cast<V>(integers(bitwise_cast<integers>(y) + (bitwise_cast<integers>(shifted) << 52)));
    const V finite = select(x < as<V>(-708.39641853226408), as<V>(0), V(scaled));
    const V whole = select(x > as<V>(709.78271289338397), as<V>(std::numeric_limits<double>::infinity()), finite);
    return select(x == x, whole, x);
}
template <class V> constexpr V exp(const V& x) {
    if constexpr (is_plain<V>)
        if (std::is_constant_evaluated()) return static_cast<V>(constant::exp(static_cast<double>(x)));
    if constexpr (std::is_same_v<element_t<V>, double> && !is_plain<V>)
        return exp_in_vectors(x);
    else
        return adl::call_exp(x);
}

template <class V> constexpr V log(const V& x) {
    if constexpr (std::is_same_v<element_t<V>, V>) {
        if constexpr (is_plain<V>)
            if (std::is_constant_evaluated()) return static_cast<V>(constant::log(static_cast<double>(x)));
        return adl::call_log(x);
    } else {
        // xsimd's log of a denormal number is wrong by 2: denormals are scaled by 2^54 first.
        const auto denormal = x < V(std::numeric_limits<element_t<V>>::min());
        return adl::call_log(V(select(denormal, V(x * as<V>(0x1p54)), x))) -
               select(denormal, as<V>(37.429947750237047900), as<V>(0));
    }
}

// The polynomial whose coefficients are given from the highest power down.
template <class V, std::size_t N> constexpr V polynomial(const V& x, const double (&coefficients)[N]) {
    V sum = as<V>(coefficients[0]);
    for (std::size_t i = 1; i < N; ++i) sum = sum * x + as<V>(coefficients[i]);
    return sum;
}

// The standard normal's distribution function: to a few units in the last place in float and double, far into the lower
// tail too (which xsimd's erfc is not), and from erfc in other number types.
template <class V> constexpr V normal_cdf(const V& x) {
    using T = element_t<V>;
    if constexpr (!std::is_same_v<T, float> && !std::is_same_v<T, double>) {
        return V(adl::call_erfc(V(-x / adl::call_sqrt(V(2)))) / V(2));
    } else {
        // erf and erfc of t = |x| / sqrt 2 by the rational approximations of Cody 1969 (Math. Comp. 23, 631), to 1e-16
        // relative.
        const V size = select(abs(x) > as<V>(40), as<V>(40), abs(x)); // beyond, the tail is zero
        const V t = size * as<V>(0.70710678118654752440), s = t * t;
        const auto half_erf = [&] {
            return V(t * as<V>(0.5) *
                     polynomial(s, {1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2,
                                    3.77485237685302021e2, 3.20937758913846947e3}) /
                     polynomial(s, {1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3,
                                    2.84423683343917062e3}));
        };
        const auto middle = [&] {
            return V(polynomial(t, {2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594,
                                    6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2,
                                    1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3}) /
                     polynomial(t, {1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2,
                                    1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3,
                                    3.43936767414372164e3, 1.23033935480374942e3}));
        };
        const auto far = [&] {
            const V inverse = as<V>(1) / select(t < as<V>(1), as<V>(1), s); // finite where it is not used
            return V(
                (as<V>(0.56418958354775628695) -
                 inverse *
                     polynomial(inverse, {1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
                                          1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4}) /
                     polynomial(inverse, {1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1,
                                          6.05183413124413191e-2, 2.33520497626869185e-3})) /
                select(t < as<V>(1), as<V>(1), t));
        };
        // e^(-x^2 / 2) in two factors, of which the first has an exact argument: x to the nearest sixteenth.
        const auto half_density = [&] {
            const V rounding = as<V>(std::is_same_v<T, float> ? 0x1.8p19 : 0x1.8p48);
            const V nearest = V(size + rounding) - rounding;
            return V(exp(V(nearest * nearest * as<V>(-0.5))) *
                     exp(V((size - nearest) * (size + nearest) * as<V>(-0.5))) * as<V>(0.5));
        };
        if constexpr (is_plain<V>) { // only what is needed
            if (t <= as<V>(0.46875)) return as<V>(0.5) + (x < 0 ? -half_erf() : half_erf());
            const V tail = half_density() * (t > as<V>(4) ? far() : middle());
            return x < 0 ? tail : as<V>(1) - tail;
        } else {
            const V near = half_erf(), tail = half_density() * select(t > as<V>(4), far(), middle());
            return select(t <= as<V>(0.46875), V(as<V>(0.5) + select(x < as<V>(0), V(-near), near)),
                          select(x < as<V>(0), tail, V(as<V>(1) - tail)));
        }
    }
}

}
HOURGLASS_END
