// Gaps between convex functions and their tangents (Bregman divergences), with all digits near zero. Deviances and
// divergences of distributions consist of these. For float, double, vectors of them and wider number types. Exact
// differences of products, and log densities, are in math/density.hpp.
#pragma once

#include <hourglass/math/gamma.hpp>

HOURGLASS_BEGIN
namespace math {

/// Returns log(1 + x) - x for -1/2 <= x <= 1, with all digits near zero, by the series of 2 atanh(s), s = x / (2 + x).
template <class V> constexpr V log1p_minus_near_zero(const V& x) {
    using T = element_t<V>;
    const V s = x / (x + as<V>(2)), square = s * s;
    V sum;
    if constexpr (has_digits_to_spare<T> || std::is_same_v<T, long double>) {
        sum = T(0);
        T power(1);
        for (int k = 0; k < 60 && power > std::numeric_limits<T>::epsilon() / T(16); ++k, power *= square)
            sum += power / T(2 * k + 3);
    } else {
        constexpr int terms = std::is_same_v<T, float> ? 7 : 16;
        sum = as<V>(1.0 / (2 * terms + 1));
        for (int k = terms - 2; k >= 0; --k) sum = sum * square + as<V>(1.0 / (2 * k + 3));
    }
    return V(s * square * sum) * as<V>(2) - s * x;
}
/// Returns log(1 + x) - x, for numbers.
template <class T> constexpr T log1p_minus(const T& x) {
    return x > T(-0.5) && x < T(1) ? log1p_minus_near_zero(x) : T(math::log1p(x) - x);
}
/// Whether d / x is near zero, between -1/2 and 1. Where it is not, the functions below replace d by 0, so that the
/// branch not taken stays finite.
template <class V> constexpr auto is_near(const V& d, const V& x) {
    const auto not_below = d >= x * as<V>(-0.5), not_above = d <= x;
    if constexpr (std::is_same_v<element_t<V>, V>)
        return not_below && not_above;
    else
        return not_below & not_above;
}

/// Returns e^x - 1 - x, with all digits near zero.
template <class V> constexpr V expm1_minus(const V& x) {
    using T = element_t<V>;
    const auto near = abs(x) < as<V>(1);
    const V small = select(near, x, as<V>(0));
    V sum;
    if constexpr (has_digits_to_spare<T>) {
        sum = T(0);
        for (int k = 45; k >= 2; --k) sum = (sum + T(1)) * small / T(k);
        sum *= small;
    } else {
        constexpr int last = std::is_same_v<T, float> ? 12 : 20;
        constexpr auto inverse_factorials = [] {
            std::array<double, last + 1> all{1, 1};
            double product = 1;
            for (int k = 2; k <= last; ++k) all[static_cast<std::size_t>(k)] = 1 / (product *= k);
            return all;
        }();
        sum = as<V>(inverse_factorials[last]);
        for (std::size_t k = last - 1; k >= 2; --k) sum = sum * small + as<V>(inverse_factorials[k]);
        sum = sum * (small * small);
    }
    return select(near, sum, V(math::expm1(x) - x));
}

/// Whether these positive numbers are normal. A product or quotient that is not has lost some or all of its digits:
/// programs with a batch flush subnormal numbers to zero.
template <class V> constexpr auto are_normal(const V& x, const V& y, const V& z) {
    const V least = V(std::numeric_limits<element_t<V>>::min()), most = V(std::numeric_limits<element_t<V>>::max());
    if constexpr (std::is_same_v<element_t<V>, V>)
        return x >= least && x <= most && y >= least && y <= most && z >= least && z <= most;
    else
        return (x >= least) & (x <= most) & (y >= least) & (y <= most) & (z >= least) & (z <= most);
}
/// Whether a condition holds in every lane.
template <class C> constexpr bool in_every_lane(const C& condition) {
    if constexpr (std::is_same_v<C, bool>)
        return condition;
    else
        return all(condition);
}
/// Returns a / b - 1 - log(a / b), the Itakura-Saito divergence: never negative, and zero where a = b.
template <class V> constexpr V itakura_saito(const V& a, const V& b) {
    const V d = a - b;
    const auto near = is_near(d, b);
    const V small = select(near, V(d / b), as<V>(0)), quotient = a / b;
    V log_of_quotient = math::log(quotient);
    const auto normal = are_normal(quotient, as<V>(1), as<V>(1));
    if (!in_every_lane(normal)) [[unlikely]] // it is far from zero
        log_of_quotient = select(normal, log_of_quotient, V(math::log(a) - math::log(b)));
    return select(near, V(-log1p_minus_near_zero(small)), V(d / b - log_of_quotient));
}

}
HOURGLASS_END
