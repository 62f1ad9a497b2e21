// The scalar functions that operations are written in, for whatever they compute with: float, double, a multiprecision
// number, an xsimd batch (through its own namespace) or a traced handle. Knows nothing of SIMD.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include <hourglass/expr/expression.hpp>

HOURGLASS_BEGIN
namespace math {

// The element type behind V: itself, or a batch's value_type.
template <class V> struct element { using type = V; };
template <class V>
    requires requires { typename V::value_type; typename V::batch_bool_type; }
struct element<V> { using type = typename V::value_type; };
template <class V> using element_t = typename element<V>::type;

// The number x as a V.
template <class V> constexpr V as(double x) { return V(static_cast<element_t<V>>(x)); }

namespace adl {
// Outside the functions below, so that an unqualified call in them is not answered by themselves.
using std::abs, std::cos, std::erfc, std::exp, std::expm1, std::log, std::log1p, std::pow, std::sin, std::sqrt, std::tanh;

#define HOURGLASS_MATH(function)                                                                                        \
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
template <class C, class V> constexpr auto call_select(const C& c, const V& a, const V& b) { return V(select(c, a, b)); }
}

#define HOURGLASS_MATH(function)                                                                                        \
    template <class V> constexpr V function(const V& x) { return adl::call_##function(x); }
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
// The standard normal's distribution function, from erfc, which keeps its digits in the lower tail.
template <class V> constexpr V normal_cdf(const V& x) {
    return V(adl::call_erfc(V(x * V(static_cast<element_t<V>>(-0.70710678118654752440L)))) * V(static_cast<element_t<V>>(0.5)));
}
template <class V> constexpr V pow(const V& x, const V& p) { return adl::call_pow(x, p); }

// a where the condition holds, b elsewhere; the condition is what comparing two V gives.
template <class C, class V> constexpr V select(const C& condition, const V& a, const V& b) {
    // Not by asking whether C converts to bool: an AVX-512 mask does.
    if constexpr (std::is_same_v<element_t<V>, V>) return condition ? a : b;
    else return adl::call_select(condition, a, b);
}

}
HOURGLASS_END
