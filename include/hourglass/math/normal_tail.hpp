// The logarithm of the standard normal's distribution function, and its derivatives, as far into the lower tail as
// numbers reach: uses the Mills ratio e^(x^2 / 2) Phi(x) instead of Phi.
#pragma once

#include <hourglass/math/gamma.hpp>

HOURGLASS_BEGIN
namespace math {

inline constexpr double sqrt_half = 0.707106781186547524400844362105,
                        inverse_sqrt_2_pi = 0.398942280401432677939946059934,
                        sqrt_2_over_pi = 0.797884560802865355879892119869;

/// Returns e^(t^2) erfc(t) for t > 0.46875, by the rational approximations of Cody 1969 (Math. Comp. 23, 631).
template <class V> constexpr V scaled_erfc(const V& t) {
    const auto middle = [](const V& at) {
        return V(polynomial(at, {2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594,
                                 6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2,
                                 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3}) /
                 polynomial(at, {1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2,
                                 1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3,
                                 3.43936767414372164e3, 1.23033935480374942e3}));
    };
    const auto far = [](const V& at) {
        const V inverse = as<V>(1) / (at * at);
        return V((as<V>(0.56418958354775628695) -
                  inverse *
                      polynomial(inverse, {1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
                                           1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4}) /
                      polynomial(inverse, {1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1,
                                           6.05183413124413191e-2, 2.33520497626869185e-3})) /
                 at);
    };
    const auto is_far = t > as<V>(4);
    return select(is_far, far(select(is_far, t, as<V>(4))), middle(select(is_far, as<V>(4), t)));
}

/// Returns log Phi(x), with Phi the standard normal's distribution function.
template <class V> constexpr V log_normal_cdf(const V& x) {
    using T = element_t<V>;
    if constexpr (!std::is_same_v<T, float> && !std::is_same_v<T, double>) {
        const V upper = V(adl::call_erfc(V(abs(x) / adl::call_sqrt(V(2)))) / V(2));
        return x < 0 ? V(adl::call_log(upper)) : V(adl::call_log1p(V(-upper)));
    } else {
        const auto in_tail = x < as<V>(-0.6);
        const V depth = select(in_tail, V(-x), as<V>(0.6));
        const V tail = math::log(V(scaled_erfc(V(depth * as<V>(sqrt_half))) * as<V>(0.5))) - depth * depth * as<V>(0.5);
        const V high = select(in_tail, as<V>(0), x);
        const V body = select(high > as<V>(0), math::log1p(V(-normal_cdf(V(-high)))), math::log(normal_cdf(high)));
        return select(in_tail, tail, body);
    }
}

/// Returns the derivative of log Phi, the inverse Mills ratio phi(x) / Phi(x).
template <class V> constexpr V inverse_mills_ratio(const V& x) {
    using T = element_t<V>;
    if constexpr (!std::is_same_v<T, float> && !std::is_same_v<T, double>) {
        const V lower = V(adl::call_erfc(V(-x / adl::call_sqrt(V(2)))) / V(2));
        const V density = V(adl::call_exp(V(-x * x / V(2))));
        if constexpr (has_digits_to_spare<V>)
            return V(density / (adl::call_sqrt(V(2 * pi_of<V>())) * lower));
        else
            return V(density * as<V>(inverse_sqrt_2_pi) / lower);
    } else {
        const auto in_tail = x < as<V>(-0.6);
        const V depth = select(in_tail, V(-x), as<V>(0.6));
        const V tail = as<V>(sqrt_2_over_pi) / scaled_erfc(V(depth * as<V>(sqrt_half)));
        const V high = select(in_tail, as<V>(0), x);
        // e^(-x^2 / 2) in two factors. The argument of the first, x to the nearest sixteenth, is exact.
        const V size = select(high > as<V>(40), as<V>(40), high);
        const V rounding = as<V>(std::is_same_v<T, float> ? 0x1.8p19 : 0x1.8p48);
        const V nearest = V(size + rounding) - rounding;
        const V density = math::exp(V(nearest * nearest * as<V>(-0.5))) *
                          math::exp(V((size - nearest) * (size + nearest) * as<V>(-0.5))) * as<V>(inverse_sqrt_2_pi);
        return select(in_tail, tail, V(density / normal_cdf(high)));
    }
}

/// The highest order of derivatives of log Phi.
inline constexpr int most_normal_derivatives = 12;

/// Returns the n-th derivative of log Phi for n >= 2 and x < -1. With z = -x it is the n-th cumulant of the density
/// proportional to e^(-z t - t^2 / 2) on t > 0, minus 1 if n = 2. The ratios of its moments m_k are the continued
/// fraction m_k / m_(k-1) = k / (z + m_(k+1) / m_k), whose terms are all positive.
template <class T> constexpr T normal_tail_cumulant(int n, const T& x) {
    const T z = -x;
    const double digits = 2.302585092994046 * std::numeric_limits<T>::max_digits10 + 5, at = static_cast<double>(z);
    const int terms = most_normal_derivatives + 2 + static_cast<int>(digits * digits / (2.5 * at * at));
    T ratio = T(0), moments[most_normal_derivatives + 2]{}, cumulants[most_normal_derivatives + 2]{};
    for (int k = terms + n; k > 0; --k) {
        ratio = T(k) / (z + ratio);
        if (k <= n) moments[k] = ratio;
    }
    if (n == 2) return -(z + moments[1]) * moments[1]; // -f (x + f) with f = z + m_1
    moments[0] = T(1);
    for (int k = 1; k <= n; ++k) moments[k] = moments[k] * moments[k - 1];
    for (int k = 1; k <= n; ++k) {
        T choose = T(1);
        cumulants[k] = moments[k];
        for (int j = 1; j < k; ++j) { // C(k - 1, j - 1)
            cumulants[k] -= choose * cumulants[j] * moments[k - j];
            choose = choose * T(k - j) / T(j);
        }
    }
    return cumulants[n];
}
/// Returns the same for any x. Elsewhere it uses the Taylor series of f' = -f (x + f).
template <class T> constexpr T log_normal_cdf_derivative(int n, const T& x) {
    if (n < 1 || n > most_normal_derivatives || !(x == x)) return no_number_of<T>();
    if (n == 1) return inverse_mills_ratio(x);
    if (x < T(-1e10)) return n == 2 ? T(-1) : T(0); // the next term is (n - 1)! / x^n
    if (x > T(1e5)) return T(0);
    if (x < T(-1)) return normal_tail_cumulant(n, x);
    T f[most_normal_derivatives + 1]{inverse_mills_ratio(x)}, factorial = T(1);
    for (int k = 0; k + 1 < n; ++k) {
        T sum = x * f[k];
        if (k > 0) sum += f[k - 1];
        for (int i = 0; i <= k; ++i) sum += f[i] * f[k - i];
        f[k + 1] = -sum / T(k + 1);
        factorial *= T(k + 1);
    }
    return f[n - 1] * factorial;
}

}
HOURGLASS_END
