// The distribution function of the gamma distribution of rate 1, its quantile, and how both move with the shape; draws
// that are differentiated in the shape are made from these (Figurnov, Mohamed and Mnih 2018, "Implicit
// reparameterization gradients"). Everything is in the logarithm l of z, because draws of small shapes are far below
// the smallest number; w(a, l) = z^a e^-z / Gamma(a) is the density of l. Generic in the number type; loops end at its
// epsilon.
#pragma once

#include <hourglass/math/gamma.hpp>

HOURGLASS_BEGIN
namespace math {

/// Coefficients of a power series in a small change of the shape.
template <class T> using series = std::array<T, static_cast<std::size_t>(highest_order + 1)>;

/// Returns the exponential of c[1] e + c[2] e^2 + ..., up to order n.
template <class T> constexpr series<T> exp_of_series(const series<T>& c, int n) {
    series<T> b{};
    b[0] = T(1);
    for (std::size_t i = 1; i <= static_cast<std::size_t>(n); ++i) {
        T sum(0);
        for (std::size_t j = 1; j <= i; ++j) sum += T(static_cast<int>(j)) * c[j] * b[i - j];
        b[i] = sum / T(static_cast<int>(i));
    }
    return b;
}
/// Returns n!.
template <class T> constexpr T factorial(int n) {
    T product(1);
    for (int i = 2; i <= n; ++i) product *= T(i);
    return product;
}
/// Returns the coefficient of e^n in a product of two series.
template <class T> constexpr T product_coefficient(const series<T>& a, const series<T>& b, int n) {
    T sum(0);
    for (int i = 0; i <= n; ++i) sum += a[static_cast<std::size_t>(i)] * b[static_cast<std::size_t>(n - i)];
    return sum;
}

// w(a + e, l) / w(a, l) as a series in e, with the density's factor 1 / Gamma(a) replaced by 1 / Gamma(a + shift).
template <class T> constexpr series<T> density_series(const T& a, const T& l, int n, int shift) {
    series<T> c{};
    const T at = a + T(shift);
    if (n >= 1) c[1] = l - digamma(at);
    T below(1);
    for (int j = 2; j <= n; ++j) {
        below *= T(j);
        c[static_cast<std::size_t>(j)] = -polygamma(j - 1, at) / below;
    }
    return exp_of_series(c, n);
}

// P(a, z) Gamma(a + 1) / (z^a e^-z) = 1 + z / (a + 1) + z^2 / ((a + 1) (a + 2)) + ..., as a series in the shape (DLMF
// 8.11.4).
template <class T> constexpr series<T> lower_series(const T& a, const T& z, int n) {
    const T epsilon = std::numeric_limits<T>::epsilon();
    const auto last = static_cast<std::size_t>(n);
    series<T> sum{}, term{};
    sum[0] = term[0] = T(1);
    for (int i = 1;; ++i) {
        const T inverse = T(1) / (a + T(i));
        bool more = false;
        T before(0);
        for (std::size_t j = 0; j <= last; ++j) { // times z / (a + i + e)
            before = (term[j] * z - before) * inverse;
            term[j] = before;
            sum[j] += before;
            more = more || abs(before) > epsilon * abs(sum[j]) / T(4);
        }
        if (!more || !(z < infinity_of<T>())) return sum;
    }
}
// Q(a, z) Gamma(a) / (z^a e^-z) = 1 / (z + 1 - a - 1 (1 - a) / (z + 3 - a - ...)), as a series in the shape (DLMF
// 8.9.2, its even part), for z >= a + 1.
template <class T> constexpr series<T> upper_series(const T& a, const T& z, int n) {
    const T epsilon = std::numeric_limits<T>::epsilon();
    const auto last = static_cast<std::size_t>(n);
    series<T> above{}, below{}, old_above{}, old_below{}, value{};
    // Numerators and denominators of the convergents, each a polynomial in the change of the shape.
    above[0] = T(1);
    below[0] = z + T(1) - a;
    if (n >= 1) below[1] = T(-1);
    old_below[0] = T(1);
    int still = 0; // steps without change: an error that changes its sign can pause for a moment
    for (int i = 1;; ++i) {
        const T b = z + T(2 * i + 1) - a, c = T(i) * (T(i) - a);
        const auto step = [&](series<T>& now, series<T>& old) {
            series<T> next{};
            for (std::size_t j = 0; j <= last; ++j) {
                next[j] = b * now[j] - c * old[j];
                if (j > 0) next[j] += T(i) * old[j - 1] - now[j - 1];
            }
            old = now;
            now = next;
        };
        step(above, old_above);
        step(below, old_below);
        const T scale = T(1) / below[0];
        bool more = false;
        for (std::size_t j = 0; j <= last; ++j) {
            above[j] *= scale;
            below[j] *= scale;
            old_above[j] *= scale;
            old_below[j] *= scale;
        }
        // the quotient of the two; the denominator's first coefficient is 1
        for (std::size_t j = 0; j <= last; ++j) {
            T q = above[j], size = abs(q);
            for (std::size_t k = 1; k <= j; ++k) {
                const T part = below[k] * value[j - k];
                q -= part;
                size += abs(part);
            }
            more = more || abs(q - value[j]) > epsilon * size;
            value[j] = q;
        }
        still = more ? 0 : still + 1;
        if (still > 2 || i > 100000) return value;
    }
}
// Whether the upper tail is computed by itself: above a + margin or, in number types with digits to spare, where the
// fraction converges well.
template <class T> constexpr bool is_upper(const T& a, const T& z, int margin) {
    return z > a + T(has_digits_to_spare<T> ? 16 : margin);
}

/// Returns the quantile of the standard normal distribution at 0 < u < 1, by Newton's method on the logarithm of its
/// distribution function, which is concave, starting from 26.2.23 of Abramowitz and Stegun 1964.
template <class T> constexpr T normal_quantile(const T& u) {
    if (u > T(0.5)) return -normal_quantile(T(T(1) - u));
    const T t = sqrt(T(T(-2) * log(u)));
    T x = -(t - polynomial(t, {0.010328, 0.802853, 2.515517}) / polynomial(t, {0.001308, 0.189269, 1.432788, 1.0}));
    const T enough = sqrt(std::numeric_limits<T>::epsilon()) / T(16);
    for (int i = 0; i < 60; ++i) {
        const T below = normal_cdf(x), density = exp(T(-x * x / T(2))) * as<T>(0.398942280401432677939946059934);
        const T move = (log(below) - log(u)) * below / density;
        x -= move;
        if (!(abs(move) > enough * (T(1) + abs(x)))) break;
    }
    return x;
}

// The shape from which the quantile z comes from its expansion about the normal quantile x (Cornish and Fisher 1937): a
// + x a^(1/2) + (x^2 - 1) / 3 + ..., whose remainder is below 1e-16 of z there.
template <class T> inline constexpr double large_shape = has_digits_to_spare<T> ? 1e9 : 1e6;
// z / a - 1 by that expansion, and the derivative of z in the shape at a fixed x.
template <class T> struct large_shape_quantile {
    T excess{}, in_x{}, in_shape{};
    constexpr large_shape_quantile(const T& a, const T& x) {
        const T r = T(1) / sqrt(a), s = x * x;
        const T c1 = (s - T(1)) / T(3), c2 = x * (s - T(7)) / T(36), c3 = -(T(3) * s * s + T(7) * s - T(16)) / T(810),
                c4 = x * (T(9) * s * s + T(256) * s - T(433)) / T(38880);
        excess = r * (x + r * (c1 + r * (c2 + r * (c3 + r * c4))));
        in_x =
            r * (T(1) + r * (T(2) * x / T(3) + r * ((T(3) * s - T(7)) / T(36) - r * (T(12) * s + T(14)) * x / T(810))));
        in_shape = T(1) + r * (x / T(2) - r * r * (c2 / T(2) + r * (c3 + r * c4 * T(1.5))));
    }
};

// log(z^a e^-z / Gamma(a + 1)) at z = e^l, without the large numbers that cancel for large a.
template <class T> struct log_density_over_shape {
    T a{}, from_stirling{}, log_a{};
    bool large = false;
    constexpr explicit log_density_over_shape(const T& shape) : a(shape), large(shape >= T(100)) {
        if (!large) {
            from_stirling = log_gamma(T(a + T(1)));
            return;
        }
        log_a = log(a);
        const T s = T(1) / (a * a);
        T tail(0);
        for (int k = bernoulli_count; k >= 1; --k) tail = tail * s + bernoulli<T>(k) / T(2 * k * (2 * k - 1));
        from_stirling = (log_a + log(T(T(2) * pi_of<T>()))) / T(2) + tail / a;
    }
    constexpr T operator()(const T& l, const T& z) const {
        if (!large) return a * l - z - from_stirling;
        const T distance = l - log_a;
        return a * (distance - expm1(distance)) - from_stirling;
    }
};

/// Returns a - e^l.
template <class T> constexpr T gamma_excess(const T& a, const T& l) {
    return a < T(1) ? T(a - exp(l)) : T(-a * expm1(T(l - log(a))));
}
/// Returns log w(a, l).
template <class T> constexpr T gamma_log_density(const T& a, const T& l) {
    if (!(a > T(0))) return no_number_of<T>();
    return log_density_over_shape<T>(a)(l, exp(l)) + log(a);
}

/// Returns log z with P(a, z) = u: minus infinity at u = 0, infinity at 1. NaN for other u outside of [0, 1] and for
/// shapes that are not positive.
template <class T> constexpr T log_gamma_quantile(const T& a, const T& u) {
    if (!(a > T(0) && u >= T(0) && u <= T(1))) return no_number_of<T>();
    if (u == T(0)) return -infinity_of<T>();
    if (u == T(1) || a == infinity_of<T>()) return infinity_of<T>();
    if (a >= T(large_shape<T>)) return log(a) + log1p(large_shape_quantile<T>(a, normal_quantile(u)).excess);
    const log_density_over_shape<T> log_density(a);
    // z^a / Gamma(a + 1) exceeds P(a, z), so this starts on the left; it is exact where z is tiny.
    T l = (log(u) + log_gamma(T(a + T(1)))) / a;
    if (!(exp(l) > std::numeric_limits<T>::epsilon() / T(4))) return l;
    if constexpr (has_digits_to_spare<T>) {
        const double start = log_gamma_quantile(static_cast<double>(a), static_cast<double>(u));
        if (start > -1e300 && start < 1e300) l = T(start);
    } else if (a >= T(1)) { // Wilson and Hilferty 1931
        const T ninth = T(1) / (T(9) * a);
        const T t = normal_quantile(u) * sqrt(ninth) + (T(1) - ninth);
        const T start = t > T(0.1) ? T(log(a) + T(3) * log(t)) : l;
        if (start > l) l = start;
    }
    // Newton's method in l, on log P or, in the upper half, on log Q: both are concave.
    const bool upper_half = u > T(0.5);
    const T target = upper_half ? log1p(T(-u)) : log(u);
    const T enough = sqrt(std::numeric_limits<T>::epsilon()) / T(16);
    for (int i = 0; i < 200; ++i) {
        const T z = exp(l), log_w = log_density(l, z); // without the factor a
        T move(0);
        if (is_upper(a, z, 1)) {
            const T c = upper_series(a, z, 0)[0], q = exp(log_w) * a * c;
            move = upper_half ? (target - log_w - log(T(a * c))) * c
                              : (log1p(T(-q)) - target) * (T(1) - q) / (exp(log_w) * a);
        } else {
            const T s = lower_series(a, z, 0)[0], p = exp(log_w) * s;
            move = upper_half ? (target - log1p(T(-p))) * (T(1) - p) / (exp(log_w) * a)
                              : (log_w + log(s) - target) * s / a;
        }
        if (move < T(-1)) move = T(-1); // covers long ways to the right in steps
        l -= move;
        if (!(abs(move) > enough * (T(1) + abs(l)))) break;
    }
    return l;
}

/// Returns the k-th derivative of w in the shape, relative to w; zero for k = -1, a term that derivatives of order 0
/// multiply by zero.
template <class T> constexpr T gamma_density_slope(const T& k, const T& a, const T& l) {
    const int n = order_of(k);
    if (k > T(-1.5) && k < T(-0.5)) return T(0);
    if (n < 0 || !(a > T(0)) || !(l == l)) return no_number_of<T>();
    return factorial<T>(n) * density_series(a, l, n, 0)[static_cast<std::size_t>(n)];
}
/// Returns the k-th derivative of P(a, e^l) in the shape, k >= 1, relative to w.
template <class T> constexpr T gamma_cdf_slope(const T& k, const T& a, const T& l) {
    const int n = order_of(k);
    if (n < 1 || !(a > T(0)) || !(l == l)) return no_number_of<T>();
    if (a >= T(large_shape<T>)) {
        if (n > 1) return no_number_of<T>();
        // The x of this quantile, from which z moves with the shape.
        const T excess = exp(T(l - log(a))) - T(1);
        T x = excess * sqrt(a);
        for (int i = 0; i < 20; ++i) {
            const large_shape_quantile<T> z(a, x);
            x -= (z.excess - excess) / z.in_x;
        }
        return -large_shape_quantile<T>(a, x).in_shape / (a * (T(1) + excess));
    }
    const T z = exp(l);
    if (is_upper(a, z, 3)) {
        if (!(z < infinity_of<T>())) return T(0);
        return -factorial<T>(n) * product_coefficient(upper_series(a, z, n), density_series(a, l, n, 0), n);
    }
    return factorial<T>(n) * product_coefficient(lower_series(a, z, n), density_series(a, l, n, 1), n) / a;
}

}
HOURGLASS_END
