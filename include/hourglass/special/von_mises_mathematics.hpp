// The modified Bessel function I_0 and the von Mises distribution that it normalises: cumulants, distribution function,
// quantile, and how these move with the concentration. Generic in the number type; loops end at its epsilon.
#pragma once

#include <hourglass/math/gamma_quantile.hpp>
#include <hourglass/math/stirling.hpp>

HOURGLASS_BEGIN
namespace math {

// The concentration from which asymptotic series in 1 / kappa are precise: their smallest term is about e^(-2 kappa).
template <class T> inline constexpr double asymptotic_concentration = has_digits_to_spare<T> ? 70 : 30;

inline constexpr int most_terms = 160;
/// Coefficients of a series.
template <class T> using terms = std::array<T, static_cast<std::size_t>(most_terms + 1)>;
/// Returns the coefficients of log(1 + c[1] y + c[2] y^2 + ...), up to y^n.
template <class T, std::size_t N> constexpr std::array<T, N> log_of_series(const std::array<T, N>& c, int n) {
    std::array<T, N> l{};
    for (int i = 1; i <= n; ++i) {
        T sum(0);
        for (int j = 1; j < i; ++j) sum += T(j) * l[static_cast<std::size_t>(j)] * c[static_cast<std::size_t>(i - j)];
        l[static_cast<std::size_t>(i)] = c[static_cast<std::size_t>(i)] - sum / T(i);
    }
    return l;
}
template <class T> constexpr T whole_power(const T& x, int n) {
    T p(1);
    for (int i = 0; i < n; ++i) p *= x;
    return p;
}

namespace von_mises {

// The cumulants of log_bessel_cumulant below, each in the range where it is accurate.
// I_0 ~ e^kappa (2 pi kappa)^(-1/2) (1 + 1 / (8 kappa) + 9 / (2 (8 kappa)^2) + ...) (DLMF 10.40.1)
template <class T> constexpr T cumulant_of_concentrated(int n, const T& kappa, bool centred) {
    const T epsilon = std::numeric_limits<T>::epsilon();
    const T y = T(1) / kappa;
    terms<T> c{};
    c[0] = T(1);
    int count = 0;
    for (int k = 1; k <= most_terms && c[static_cast<std::size_t>(k - 1)] > epsilon * T(1e-6); ++k, ++count)
        c[static_cast<std::size_t>(k)] =
            c[static_cast<std::size_t>(k - 1)] * T((2 * k - 1) * (2 * k - 1)) * y / T(8 * k);
    const terms<T> l = log_of_series(c, count); // the powers of y are in it
    T sum(0);
    for (int k = count; k >= 1; --k) {
        T rise(1);
        for (int i = 0; i < n; ++i) rise *= T(k + i);
        sum += l[static_cast<std::size_t>(k)] * rise;
    }
    T start = T(-0.5) * (log(kappa) + log(T(T(2) * pi_of<T>())));
    if (n > 0) start = -factorial<T>(n - 1) / T(2) * (n % 2 == 1 ? T(1) : T(-1));
    if (n > 0 && n % 2 == 1) sum = -sum;
    sum = n == 0 ? sum + start : (sum + start) * whole_power(y, n);
    if (centred) return sum;
    return n == 0 ? sum + kappa : n == 1 ? sum + T(1) : sum;
}
// I_0 - 1 and I_1 by their series (DLMF 10.25.2): all terms are positive.
template <class T> constexpr T mean_by_series(int n, const T& kappa) {
    const T epsilon = std::numeric_limits<T>::epsilon();
    const T q = kappa * kappa / T(4);
    T zero(0), one(1), term(1);
    for (int k = 1;; ++k) {
        term *= q / T(k) / T(k);
        zero += term;
        one += term / T(k + 1);
        if (!(term > epsilon * zero / T(4))) break;
    }
    return n == 0 ? log1p(zero) : one * kappa / T(2) / (T(1) + zero);
}
// The logarithm of the series, which converges up to the first zero of J_0, 2.4.
template <class T> constexpr T cumulant_of_spread(int n, const T& kappa) {
    const T epsilon = std::numeric_limits<T>::epsilon();
    terms<T> c{}, powers{};
    c[0] = powers[0] = T(1);
    int count = 1;
    for (; count < most_terms / 2 && powers[static_cast<std::size_t>(count - 1)] * T(count * count) > epsilon;
         ++count) {
        const auto k = static_cast<std::size_t>(count);
        c[k] = c[k - 1] / T(4 * count * count);
        powers[k] = powers[k - 1] / T(5);
    }
    const terms<T> l = log_of_series(c, count - 1);
    T sum(0), power = n % 2 == 1 ? kappa : T(1);
    for (int k = (n + 1) / 2; k < count; ++k) {
        T fall(1);
        for (int i = 0; i < n; ++i) fall *= T(2 * k - i);
        sum += l[static_cast<std::size_t>(k)] * fall * power;
        power *= kappa * kappa;
    }
    return sum;
}
// The logarithm of the Taylor series about kappa: some digits cancel.
template <class T> constexpr T cumulant_by_taylor_series(int n, const T& kappa) {
    const T epsilon = std::numeric_limits<T>::epsilon();
    series<T> f{};
    T term(1);
    for (int m = 0; m == 0 || term > epsilon * epsilon * f[0]; ++m) {
        T part = term; // C(2 m, j) / kappa^j of it
        for (int j = 0; j <= n; ++j) {
            f[static_cast<std::size_t>(j)] += part;
            part *= T(2 * m - j) / (T(j + 1) * kappa);
        }
        term *= kappa * kappa / T(4 * (m + 1) * (m + 1));
    }
    const T zeroth = log(f[0]);
    for (int j = n; j >= 0; --j) f[static_cast<std::size_t>(j)] /= f[0];
    if (n == 0) return zeroth;
    return factorial<T>(n) * log_of_series(f, n)[static_cast<std::size_t>(n)];
}
// Central moments of v = 1 - cos t by the trapezoidal rule. For periodic functions its precision grows with every
// point: it misses about I_points(kappa), compared with I_0.
template <class T> constexpr T cumulant_by_quadrature(int n, const T& kappa, bool centred) {
    const T epsilon = std::numeric_limits<T>::epsilon();
    int points = 16;
    for (T missing = whole_power(T(kappa / T(2)), 16) / factorial<T>(16) * exp(T(-kappa));
         missing > epsilon * T(1e-6) && points < most_terms - 1; ++points)
        missing *= kappa / T(2 * (points + 1));
    terms<T> at{}, weight{};
    series<T> moments{};
    T mean(0), total(0);
    // half of the circle, which equals the other half
    for (std::size_t i = 0; i <= static_cast<std::size_t>(points); ++i) {
        const T half = sin(T(pi_of<T>() * T(static_cast<int>(i)) / T(2 * points)));
        at[i] = T(2) * half * half;
        weight[i] = exp(T(-kappa * at[i])) * (i == 0 || i == static_cast<std::size_t>(points) ? T(0.5) : T(1));
        total += weight[i];
        mean += weight[i] * at[i];
    }
    mean /= total;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(points) && n > 1; ++i) {
        T power = weight[i] * (at[i] - mean);
        for (std::size_t m = 2; m <= static_cast<std::size_t>(n); ++m) {
            power *= at[i] - mean;
            moments[m] += power;
        }
    }
    if (n == 0) return log(T(total / T(points))) + (centred ? T(0) : kappa);
    if (n == 1) return (centred ? T(0) : T(1)) - mean;
    series<T> cumulants{};
    for (int m = 2; m <= n; ++m) { // from central moments (Smith 1995)
        const auto order = static_cast<std::size_t>(m);
        moments[order] /= total;
        cumulants[order] = moments[order];
        T choose(1);
        for (int j = 1; j <= m - 2; ++j) { // C(m - 1, j) over the moments of order j
            choose *= T(m - j) / T(j);
            cumulants[order] -=
                choose * moments[static_cast<std::size_t>(j)] * cumulants[static_cast<std::size_t>(m - j)];
        }
    }
    return n % 2 == 1 ? -cumulants[static_cast<std::size_t>(n)] : cumulants[static_cast<std::size_t>(n)];
}

}

/// Returns the n-th derivative of log I_0(kappa), minus kappa inside if `centred`; kappa >= 0, n >= 0. For n >= 1 it is
/// the n-th cumulant of cos t, or of cos t - 1 if `centred`, of t with density proportional to e^(kappa cos t).
template <class T> constexpr T log_bessel_cumulant(int n, const T& kappa, bool centred) {
    if (kappa > T(asymptotic_concentration<T>)) return von_mises::cumulant_of_concentrated(n, kappa, centred);
    const T shift = centred ? T(n == 0 ? -kappa : n == 1 ? T(-1) : T(0)) : T(0);
    if (n <= 1 && kappa < T(16)) return shift + von_mises::mean_by_series(n, kappa);
    if (kappa < T(1)) return shift + von_mises::cumulant_of_spread(n, kappa);
    if constexpr (has_digits_to_spare<T>) return shift + von_mises::cumulant_by_taylor_series(n, kappa);
    return von_mises::cumulant_by_quadrature(n, kappa, centred);
}
/// Returns the n-th derivative of log I_0 at any x: even, odd, even, ...
template <class T> constexpr T log_bessel_derivative(int n, const T& x) {
    if (n < 0 || !(x == x)) return no_number_of<T>();
    const T size = x < T(0) ? T(-x) : x;
    if (size == infinity_of<T>()) return n == 0 ? size : n > 1 ? T(0) : x < T(0) ? T(-1) : T(1);
    const T value = log_bessel_cumulant(n, size, false);
    return x < T(0) && n % 2 == 1 ? -value : value;
}

/// Returns the k-th derivative in kappa of the density f(t) = e^(kappa cos t) / (2 pi I_0(kappa)) on [-pi, pi],
/// relative to f.
template <class T> constexpr T von_mises_density_slope(const T& k, const T& kappa, const T& t) {
    const int n = order_of(k);
    if (k > T(-1.5) && k < T(-0.5)) return T(0);
    if (n < 0 || !(kappa >= T(0) && kappa < infinity_of<T>()) || !(t == t)) return no_number_of<T>();
    series<T> c{};
    const T half = sin(T(t / T(2)));
    T below(1);
    for (int j = 1; j <= n; ++j) {
        below *= T(j);
        c[static_cast<std::size_t>(j)] = -log_bessel_cumulant(j, kappa, true) / below;
    }
    c[1] -= T(2) * half * half; // cos t - 1
    return factorial<T>(n) * exp_of_series(c, n)[static_cast<std::size_t>(n)];
}

namespace von_mises {

// With y = 2 kappa^(1/2) sin(t / 2), the density of t is, up to a factor, e^(-y^2/2) (1 - y^2 / (4 kappa))^(-1/2) in y
// (the limit of Hill 1977, with all its terms). Its k-th slope is a polynomial in 1 - cos t = y^2 / (2 kappa). So both
// are sums of incomplete moments of the normal distribution.
template <class T> constexpr T cdf_derivative_of_concentrated(int n, const T& kappa, const T& t) {
    const T epsilon = std::numeric_limits<T>::epsilon();
    const T y = T(2) * sqrt(kappa) * sin(T(t / T(2)));
    series<T> c{};
    T below(1);
    for (int j = 1; j <= n; ++j) {
        below *= T(j);
        c[static_cast<std::size_t>(j)] = -log_bessel_cumulant(j, kappa, true) / below;
    }
    const series<T> b = exp_of_series(c, n);
    const T density = exp(T(-y * y / T(2))) * as<T>(0.398942280401432677939946059934);
    terms<T> moments{}; // of y^(2 m), below y
    moments[0] = normal_cdf(y);
    T power = y;
    int count = 0;
    T total(0), factor(1);
    const auto moment = [&](int m) {
        for (; count < m; ++count) {
            moments[static_cast<std::size_t>(count + 1)] =
                T(2 * count + 1) * moments[static_cast<std::size_t>(count)] - power * density;
            power *= y * y;
        }
        return moments[static_cast<std::size_t>(m)];
    };
    // (1 - y^2 / (4 kappa))^(-1/2) = sum of (1/2)_m / m! (y^2 / (4 kappa))^m
    T whole(1), of_whole(0); // the same moments of the whole distribution, for the norm
    for (int m = 0; m + n < most_terms; ++m) {
        T inner(0), scale(1);
        for (int i = 0; i <= n; ++i) { // (-v)^i / i!, v = y^2 / (2 kappa)
            inner += b[static_cast<std::size_t>(n - i)] * scale * moment(m + i);
            scale *= T(-1) / (T(2) * kappa * T(i + 1));
        }
        total += factor * inner;
        of_whole += factor * whole;
        const T next = factor * T(2 * m + 1) / (T(8 * (m + 1)) * kappa);
        if (!(next * whole * T(2 * m + 1) > epsilon * T(0.01)) || next * T(2 * m + 1) > factor) break;
        factor = next;
        whole *= T(2 * m + 1);
    }
    return total / of_whole * factorial<T>(n);
}
// Coefficients of the series below: c_j and its derivatives in kappa, for j up to `last`.
template <class T> struct ratio_table {
    terms<series<T>> c{};
    int last = 16;
};
template <class T> constexpr ratio_table<T> ratios_of_bessel(int n, const T& kappa) {
    const T epsilon = std::numeric_limits<T>::epsilon();
    ratio_table<T> table;
    auto& [c, last] = table;
    for (T size = whole_power(T(kappa / T(2)), 16) / factorial<T>(16) * exp(T(-kappa));
         size > epsilon * T(0.01) && last < most_terms - 1; ++last)
        size *= kappa / T(2 * (last + 1));
    T ratio(0);
    for (int j = last; j >= 1; --j) { // I_j / I_(j-1)
        ratio = kappa / (T(2 * j) + kappa * ratio);
        c[static_cast<std::size_t>(j)][0] = ratio;
    }
    c[0][0] = T(1);
    for (int j = 1; j <= last; ++j) c[static_cast<std::size_t>(j)][0] *= c[static_cast<std::size_t>(j - 1)][0];
    for (int k = 0; k < n; ++k)
        for (int j = 1; j < last; ++j) {
            const auto at = static_cast<std::size_t>(j);
            T product(0), choose(1);
            for (int i = 0; i <= k; ++i) {
                product += choose * c[1][static_cast<std::size_t>(i)] * c[at][static_cast<std::size_t>(k - i)];
                choose *= T(k - i) / T(i + 1);
            }
            const auto order = static_cast<std::size_t>(k);
            c[at][order + 1] = (c[at - 1][order] + c[at + 1][order]) / T(2) - product;
        }
    return table;
}
// F(t) = 1/2 + t / (2 pi) + 1 / pi sum of c_j sin(j t) / j, with c_j = I_j / I_0 (Mardia and Jupp 2000, 3.5.18), and 2
// c_j' = c_(j-1) + c_(j+1) - 2 c_1 c_j. The ratios come from downward recurrence.
template <class T> constexpr T cdf_derivative_by_fourier_series(int n, const T& kappa, const T& t) {
    const auto [c, last] = ratios_of_bessel(n, kappa);
    const T pi = pi_of<T>();
    T sum(0), sine = sin(t), before(0);
    const T twice_cosine = T(2) * cos(t);
    for (int j = 1; j <= last; ++j) {
        if constexpr (!has_digits_to_spare<T>) sine = sin(T(T(j) * t)); // the recurrence loses j^2 units
        sum += c[static_cast<std::size_t>(j)][static_cast<std::size_t>(n)] * sine / T(j);
        const T next = twice_cosine * sine - before;
        before = sine;
        sine = next;
    }
    return n == 0 ? T(0.5) + (t / T(2) + sum) / pi : sum / pi;
}

}

/// Returns the n-th derivative in kappa of the distribution function F(t) on [-pi, pi]; F(t) itself for n = 0.
template <class T> constexpr T von_mises_cdf_derivative(int n, const T& kappa, const T& t) {
    return kappa > T(asymptotic_concentration<T>) ? von_mises::cdf_derivative_of_concentrated(n, kappa, t)
                                                  : von_mises::cdf_derivative_by_fourier_series(n, kappa, t);
}
/// Returns the same for k >= 1, relative to the density of t.
template <class T> constexpr T von_mises_cdf_slope(const T& k, const T& kappa, const T& t) {
    const int n = order_of(k);
    const bool on_circle = t >= T(-3.1415928) && t <= T(3.1415928); // pi rounded to a float still counts
    if (n < 1 || !(kappa >= T(0) && kappa < infinity_of<T>()) || !on_circle) return no_number_of<T>();
    const T half = sin(T(t / T(2)));
    const T log_density = T(-2) * kappa * half * half - log_bessel_cumulant(0, kappa, true);
    return von_mises_cdf_derivative(n, kappa, t) * T(2) * pi_of<T>() * exp(T(-log_density));
}

/// Returns t in [-pi, pi] with F(t) = u, by Newton's method between bounds.
template <class T> constexpr T von_mises_quantile(const T& kappa, const T& u) {
    const T pi = pi_of<T>();
    if (!(kappa >= T(0) && kappa < infinity_of<T>() && u >= T(0) && u <= T(1))) return no_number_of<T>();
    if (u == T(0) || u == T(1)) return u == T(0) ? T(-pi) : pi;
    if (u > T(0.5)) return -von_mises_quantile(kappa, T(T(1) - u));
    if (u == T(0.5)) return T(0);
    const T log_norm = log_bessel_cumulant(0, kappa, true) + log(T(T(2) * pi));
    T low = -pi, high(0), t = T(2) * pi * u - pi;
    if constexpr (has_digits_to_spare<T>) {
        const T start(von_mises_quantile(static_cast<double>(kappa), static_cast<double>(u)));
        if (start > low && start < high) t = start;
    } else if (kappa > T(1)) { // the normal distribution in y = 2 kappa^(1/2) sin(t / 2)
        const T s = normal_quantile(u) / (T(2) * sqrt(kappa));
        if (s > T(-0.99)) t = T(2) * s * (T(1) + s * s * (T(1) + s * s) / T(6));
    }
    const T enough = sqrt(std::numeric_limits<T>::epsilon()) / T(16);
    for (int i = 0; i < 200; ++i) {
        const T error = von_mises_cdf_derivative(0, kappa, t) - u;
        (error > T(0) ? high : low) = t;
        const T half = sin(T(t / T(2)));
        const T move = error * exp(T(T(2) * kappa * half * half + log_norm));
        const T next = t - move;
        const bool inside = next > low && next < high;
        if (inside && abs(move) < enough * abs(t)) return next;
        if (!inside && !(high - low > std::numeric_limits<T>::epsilon() * pi)) return t;
        t = inside ? next : (low + high) / T(2);
    }
    return t;
}

/// Returns the n-th derivative of log I_0(x) - x at any x.
template <class T> constexpr T log_bessel_i0e(int n, const T& x) {
    if (n < 0 || !(x == x)) return no_number_of<T>();
    if (x < T(0)) return log_bessel_derivative(n, x) - (n == 0 ? x : T(n == 1 ? 1 : 0));
    if (x == infinity_of<T>()) return n == 0 ? T(-x) : T(0);
    return log_bessel_cumulant(n, x, true);
}

/// Returns sin((x - mu) / 2), keeping the digits of x - mu near a full turn.
template <class T> constexpr T sine_of_half(const T& x, const T& mu) {
    const T d = x - mu, lost = sum_error(x, T(-mu), d);
    const T sine = sin(T(d / T(2)));
    if (lost == T(0)) return sine;
    return sine + cos(T(d / T(2))) * lost / T(2);
}

/// For F = log I_0 and y, x >= 0, returns F'(y) - F'(x) if k = 1, and F(y) - F(x) - F'(x) (y - x), never negative, if k
/// = 0. Uses asymptotic series where they are precise, else Taylor's series where y and x are near.
template <class T> constexpr T bessel_divergence(int k, const T& y, const T& x) {
    if (!(y >= T(0) && x >= T(0) && y < infinity_of<T>() && x < infinity_of<T>())) return no_number_of<T>();
    const T d = y - x;
    if (d == T(0)) return T(0);
    if (y > T(asymptotic_concentration<T>) && x > T(asymptotic_concentration<T>) && abs(d) < x / T(2)) {
        const T epsilon = std::numeric_limits<T>::epsilon(), inverse = T(1) / x, t = x / y, u = d * inverse;
        terms<T> c{};
        c[0] = T(1);
        int count = 0;
        for (int i = 1; i <= most_terms && c[static_cast<std::size_t>(i - 1)] > epsilon * T(1e-6); ++i, ++count)
            c[static_cast<std::size_t>(i)] =
                c[static_cast<std::size_t>(i - 1)] * T((2 * i - 1) * (2 * i - 1)) * inverse / T(8 * i);
        const terms<T> l = log_of_series(c, count);
        T sum(0);
        for (int m = 1; m <= count; ++m) {
            const T& of = l[static_cast<std::size_t>(m)];
            if (k == 0) {
                sum += of * double_power_sum(t, m) * u * u;
            } else { // -m y^(-m - 1) + m x^(-m - 1)
                T powers(0);
                for (int i = 0; i <= m; ++i) powers = powers * t + T(1);
                sum += of * T(m) * powers;
            }
        }
        if (k == 0) return sum - log1p_minus(u) / T(2);
        return d / y * inverse * (sum + T(0.5));
    }
    if (!has_digits_to_spare<T> && abs(d) < T(0.05) * (T(1) + x)) {
        T sum(0), power(1);
        for (int n = 2; n <= highest_order; ++n) { // d^(n-1) / (n-1)! or d^n / n!
            power *= d / T(n - 1);
            sum += log_bessel_cumulant(n, x, false) * (k == 0 ? T(power * d / T(n)) : power);
        }
        return sum;
    }
    if (k == 1) return log_bessel_cumulant(1, y, true) - log_bessel_cumulant(1, x, true);
    return log_bessel_cumulant(0, y, true) - log_bessel_cumulant(0, x, true) - log_bessel_cumulant(1, x, true) * d;
}

}
HOURGLASS_END
