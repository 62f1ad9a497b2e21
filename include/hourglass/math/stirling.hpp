// The remainder of Stirling's formula for log Gamma, L(x) = log Gamma(x) - (x log x - x), with its derivatives,
// differences and divergences; and the same for the quotient Gamma(x + 1/2) / Gamma(x). Each is computed by an
// asymptotic series and a recurrence whose terms have one sign, so that no digits cancel. Number types with digits to
// spare, which may lose some, use the definition.
#pragma once

#include <hourglass/math/divergence.hpp>

HOURGLASS_BEGIN
namespace math {

// B_2k / (2k) times binomial(2k + n - 2, n - 1), n >= 1: coefficients of the n-th derivative's series, over (n - 1)!.
template <class T> constexpr T stirling_coefficient(int k, int n) {
    T c = bernoulli<T>(k, 2 * k);
    for (int i = 1; i < n; ++i) c *= T(2 * k - 1 + i) / T(i);
    return c;
}
// Where the series of the n-th derivative reaches the precision of these numbers, relative to its first term.
template <class T> constexpr int stirling_start(int n) { return asymptotic_start<T>() + 2 + 5 * n; }

// The sum of t^i over 1 <= i <= j <= m. With t = x / y and u = y / x - 1, u^2 times it is (y / x)^-m - 1 + m u.
template <class T> constexpr T double_power_sum(const T& t, int m) {
    T inner(0), outer(0), power(1);
    for (int j = 1; j <= m; ++j) {
        power *= t;
        inner += power;
        outer += inner;
    }
    return outer;
}

// The n-th derivatives of log Gamma(x) and of x log x - x.
template <class T> constexpr T log_gamma_derivative(int n, const T& x) {
    return n == 0 ? log_gamma(x) : n == 1 ? digamma(x) : polygamma(n - 1, x);
}
template <class T> constexpr T stirling_derivative(int n, const T& x) {
    if (n < 2) return n == 0 ? T(x * log(x) - x) : T(log(x));
    T value = T(1) / x;
    for (int i = 2; i < n; ++i) value *= T(1 - i) / x;
    return value;
}
/// Returns the n-th derivative of L at x >= 0, for n from 0 to 12.
template <class T> constexpr T stirling_remainder(int n, const T& x) {
    if (n < 0 || !(x >= T(0))) return no_number_of<T>();
    if (x == T(0)) return n % 2 == 0 ? infinity_of<T>() : -infinity_of<T>();
    if (x == infinity_of<T>()) return n == 0 ? -infinity_of<T>() : T(0);
    if constexpr (has_digits_to_spare<T>) return log_gamma_derivative(n, x) - stirling_derivative(n, x);
    const T sign(n % 2 == 0 ? 1 : -1);
    T y = x, sum(0);
    // the difference of L between y and y + 1
    for (const int start = stirling_start<T>(n); y < T(start); y += T(1)) {
        const T inverse = T(1) / y;
        if (n == 0) {
            sum +=
                y < T(1) ? T((y + T(1)) * (log1p(y) - log(y)) - T(1)) : T((y + T(1)) * log1p_minus(inverse) + inverse);
        } else if (n == 1) {
            sum -= log1p_minus(inverse); // L' is negative; `sign` accounts for that
        } else {
            T scale = inverse * inverse; // (n - 2)! / y^(n + 1), factor by factor
            for (int i = 1; i <= n - 1; ++i) scale *= (i < n - 1 ? T(i) : T(1)) * inverse;
            sum += scale * double_power_sum(T(y / (y + T(1))), n - 1);
        }
    }
    const T inverse = T(1) / y, s = inverse * inverse;
    T tail(0);
    if (n == 0) {
        for (int k = bernoulli_count; k >= 1; --k) tail = tail * s + bernoulli<T>(k, 2 * k * (2 * k - 1));
        return sum + (tail * inverse + (log(T(T(2) * pi_of<T>())) - log(y)) / T(2));
    }
    for (int k = bernoulli_count; k >= 1; --k) tail = tail * s + stirling_coefficient<T>(k, n);
    T scale(1);
    for (int i = 1; i <= n; ++i) scale *= (i < n ? T(i) : T(1)) * inverse;
    return sign * (sum + scale * (T(0.5) + tail * inverse));
}
/// Returns `stirling_remainder` of the order that n means.
template <class T> constexpr T stirling_remainder_of(const T& n, const T& x) {
    return stirling_remainder(order_of(n), x);
}

/// Returns the n-th derivative of log Gamma(x + 1/2) - log Gamma(x) - log(x) / 2, which is -1 / (8 x) + ... (from
/// Hermite's generalisation of Stirling's series, DLMF 5.11.8).
template <class T> constexpr T half_step_remainder(int n, const T& x) {
    if (n < 0 || !(x >= T(0))) return no_number_of<T>();
    if (x == T(0)) return n % 2 == 0 ? -infinity_of<T>() : infinity_of<T>();
    if (x == infinity_of<T>()) return T(0);
    if constexpr (has_digits_to_spare<T>) {
        const T whole = log_gamma_derivative(n, T(x + T(0.5))) - log_gamma_derivative(n, x);
        return whole - (n == 0 ? T(log(x)) : stirling_derivative(n + 1, x)) / T(2);
    }
    T y = x, sum(0);
    for (const int start = stirling_start<T>(n + 1); y < T(start); y += T(1)) {
        const T product = y * (y + T(1));
        if (n == 0) {
            sum += log1p(T(T(0.25) / product)) / T(2);
            continue;
        }
        // (1/y^n + 1/(y+1)^n - 2 / (y+1/2)^n) (n-1)! / 2, in powers of e = 1/2 / (y+1/2), all of them positive
        const T middle = y + T(0.5), e2 = T(0.25) / (middle * middle), rest = product / (middle * middle);
        T even(0), choose(1), power(1), sums(0), decay(1), scale(1);
        for (int k = 1; k <= n; ++k) {
            choose *= T(n - k + 1) / T(k);
            if (k % 2 == 0) even += choose * (power *= e2);
            sums += decay;
            decay *= rest;
            scale *= (k < n ? T(k) : T(1)) * middle / product;
        }
        sum += scale * (even + e2 * sums);
    }
    const T inverse = T(1) / y, s = inverse * inverse;
    T tail(0), half_power(1);
    for (int k = 1; k <= bernoulli_count; ++k) half_power /= T(4); // 2^(-2k)
    for (int k = bernoulli_count; k >= 1; --k, half_power *= T(4)) {
        const T c = n == 0 ? bernoulli<T>(k, 2 * k * (2 * k - 1)) : stirling_coefficient<T>(k, n);
        tail = tail * s + c * (T(2) - T(2) * half_power);
    }
    T scale = inverse;
    for (int i = 1; i <= n; ++i) scale *= (i < n ? T(i) : T(1)) * inverse;
    const T size = sum + scale * tail;
    return n % 2 == 0 ? T(-size) : size;
}

/// Returns L'(y) - L'(x), accurate for x and y as close as the type allows; d = y - x.
template <class T> constexpr T stirling_slope_difference(const T& y, const T& x, const T& d) {
    if (!(y > T(0) && x > T(0))) return no_number_of<T>();
    if (d == T(0)) return T(0);
    if (has_digits_to_spare<T> || !(abs(d) < x / T(2))) return stirling_remainder(1, y) - stirling_remainder(1, x);
    T v = y, u = x, sum(0);
    for (const int start = stirling_start<T>(2); u < T(start) || v < T(start); u += T(1), v += T(1)) {
        const T next = u + T(1), ratio = d / (v * next); // log(1 - ratio) + d / (u v)
        sum += log1p_minus(T(-ratio)) + ratio / u;
    }
    const T inverse = T(1) / u, s = inverse * inverse, t = u / v;
    T tail(0), power = inverse;
    for (int k = 1; k <= bernoulli_count; ++k) {
        T powers(0);
        for (int j = 0; j < 2 * k; ++j) powers = powers * t + T(1);
        tail += bernoulli<T>(k, 2 * k) * powers * power;
        power *= s;
    }
    return sum + d / v * (T(0.5) + tail) * inverse;
}

/// Returns L(y) - L(x) - L'(x) (y - x), which is never negative; d = y - x.
template <class T> constexpr T stirling_divergence(const T& y, const T& x, const T& d) {
    if (!(y >= T(0) && x > T(0))) return no_number_of<T>();
    if (d == T(0)) return T(0);
    if (has_digits_to_spare<T> || !(abs(d) < x / T(2)))
        return stirling_remainder(0, y) - stirling_remainder(0, x) - stirling_remainder(1, x) * d;
    T v = y, u = x, sum(0);
    for (const int start = stirling_start<T>(2); u < T(start) || v < T(start); u += T(1), v += T(1)) {
        // For L(u) - L(u + 1), which is (u + 1) log(u + 1) - u log u - log u - 1.
        const T w = v + T(1);
        sum += (w * log1p_minus(T(-d / w)) * T(-1)) - (v * log1p_minus(T(-d / v)) * T(-1)) - log1p_minus(T(d / u));
    }
    const T inverse = T(1) / u, s = inverse * inverse, t = u / v, change = d * inverse;
    T tail(0), power = inverse;
    for (int k = 1; k <= bernoulli_count; ++k) {
        tail += bernoulli<T>(k, 2 * k * (2 * k - 1)) * double_power_sum(t, 2 * k - 1) * power;
        power *= s;
    }
    return sum + (tail * change * change - log1p_minus(change) / T(2));
}

/// The divergence of the beta distribution with exponents a, b from that with a2, b2, and its derivatives. F = log B
/// normalises the family; n = a + b.
template <class T> struct beta_pair {
    T a, b, a2, b2, n, n2, in_a, in_b, in_n, cross, shift;
    bool valid;
    constexpr beta_pair(const T& a_, const T& b_, const T& a2_, const T& b2_)
        : a(a_), b(b_), a2(a2_), b2(b2_), n(a_ + b_), n2(a2_ + b2_), in_a(a2_ - a_), in_b(b2_ - b_), in_n(in_a + in_b),
          cross(difference_of_products(a2_, b_, a_, b2_)), shift(cross / n),
          valid(a_ > T(0) && b_ > T(0) && a2_ > T(0) && b2_ > T(0)) {}
    /// Returns F(a2, b2) - F(a, b) - F'(a, b) (a2 - a, b2 - b). The part x log x - x of log Gamma(x) gives n2 times the
    /// relative entropy of one mean from the other. It contains a2 b - a b2 as such, not as a difference of large
    /// numbers.
    constexpr T divergence() const {
        if (!valid) return no_number_of<T>();
        const T of_a = a / n * n2, of_b = b / n * n2;
        const T means = relative_entropy(a2, of_a, T(-shift)) + relative_entropy(b2, of_b, shift);
        const T rest =
            stirling_divergence(a2, a, in_a) + (stirling_divergence(b2, b, in_b) - stirling_divergence(n2, n, in_n));
        const T sum = means + rest;
        return sum < T(0) ? T(0) : sum;
    }
    /// Returns its derivative in a2: dF / da at a2, b2 minus that at a, b.
    constexpr T slope_of_second() const {
        if (!valid) return no_number_of<T>();
        return log_ratio(a2, T(a / n * n2), shift) +
               (stirling_slope_difference(a2, a, in_a) - stirling_slope_difference(n2, n, in_n));
    }
    /// Returns its derivative in a: minus the second derivatives of F times (a2 - a, b2 - b).
    constexpr T slope_of_first() const {
        if (!valid) return no_number_of<T>();
        return -(shift / a + (stirling_remainder(2, a) * in_a - stirling_remainder(2, n) * in_n));
    }
};

}
HOURGLASS_END
