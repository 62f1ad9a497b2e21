// Elementary functions of a double in constant expressions, where the C library cannot be called (GCC folds some of its
// functions, Clang none). They are computed in long double and rounded once. Where that has at least 64 bits of
// mantissa, as on x86 and on 64-bit ARM under Linux, results are within one unit in the last place. At run time
// math/elementary.hpp calls the C library.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include <hourglass/config.hpp>

HOURGLASS_BEGIN
namespace math::constant {

/// The type that intermediate values are computed in.
using wide = long double;
inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
// log 2 as 32 bits, whose multiples by exponents are exact, and the rest.
inline constexpr wide log_2_high = 0x1.62e42feep-1L, log_2_low = 1.90821492927058781614426568075500134e-10L;
// A quarter turn, in parts of 40 bits.
inline constexpr wide quarter_turn[] = {0xc90fdaa221p-39L, 0x68c234c4c6p-79L, 0x628b80dc1cp-119L, 0xd129024e08p-159L};

constexpr bool is_nan(double x) { return x != x; }
constexpr wide size_of(wide x) { return x < 0 ? -x : x; }
/// Returns x times 2^n.
constexpr wide scaled(wide x, int n) {
    wide factor = n < 0 ? 0.5L : 2.0L;
    for (unsigned left = static_cast<unsigned>(n < 0 ? -n : n); left != 0; left >>= 1) {
        if ((left & 1u) != 0) x *= factor;
        if (left > 1) factor *= factor;
    }
    return x;
}
/// Rounds to a double. An x that is too large becomes infinity, because overflow is not a constant expression.
constexpr double rounded(wide x) {
    constexpr wide first_too_large = 0x1.fffffffffffff8p1023L;
    if (x >= first_too_large) return infinity;
    if (x <= -first_too_large) return -infinity;
    return static_cast<double>(x);
}
/// Returns the nearest integer; halves are rounded away from zero.
constexpr int nearest(wide x) { return static_cast<int>(x < 0 ? x - 0.5L : x + 0.5L); }

// e^x - 1 for |x| <= 0.35, by its series.
constexpr wide expm1_near_zero(wide x) {
    wide sum = 0;
    for (int i = 24; i >= 1; --i) sum = (sum + 1) * x / i;
    return sum;
}
constexpr wide exp_wide(wide x) {
    if (x > 11356) return scaled(1, 16383);
    if (x < -11355) return 0;
    const int n = nearest(x / (log_2_high + log_2_low));
    return scaled(1 + expm1_near_zero((x - n * log_2_high) - n * log_2_low), n);
}
// log((1 + s) / (1 - s)) for |s| < 0.2, by its series.
constexpr wide twice_atanh(wide s) {
    wide sum = 0;
    for (int i = 41; i >= 1; i -= 2) sum = sum * (s * s) + 1.0L / i;
    return 2 * s * sum;
}
// For x > 0.
constexpr wide log_wide(wide x) {
    int n = 0;
    for (int step = 8192; step > 0; step /= 2) {
        while (x >= scaled(1, step)) x = scaled(x, -step), n += step;
        while (x < scaled(1, -step)) x = scaled(x, step), n -= step;
    }
    if (x > 1.4142135623730951L) x /= 2, ++n;
    if (x < 0.7071067811865475L) x *= 2, --n;
    return n * log_2_high + (n * log_2_low + twice_atanh((x - 1) / (x + 1)));
}

/// Returns e^x.
constexpr double exp(double x) {
    if (is_nan(x)) return x;
    return x > 710 ? infinity : x < -746 ? 0 : rounded(exp_wide(x));
}
/// Returns e^x - 1, with all digits near zero.
constexpr double expm1(double x) {
    if (is_nan(x) || x == 0) return x;
    if (x > 710) return infinity;
    return size_of(x) <= 0.35L ? rounded(expm1_near_zero(x)) : rounded(exp_wide(x) - 1);
}
/// Returns log x: minus infinity at 0, NaN below.
constexpr double log(double x) {
    if (is_nan(x) || x == infinity) return x;
    return x < 0 ? not_a_number : x == 0 ? -infinity : rounded(log_wide(x));
}
/// Returns log(1 + x), with all digits near zero: minus infinity at -1, NaN below.
constexpr double log1p(double x) {
    if (is_nan(x) || x == infinity || x == 0) return x;
    if (x < -1) return not_a_number;
    if (x == -1) return -infinity;
    const wide w = x;
    return size_of(w) < 0.3L ? rounded(twice_atanh(w / (2 + w))) : rounded(log_wide(1 + w));
}
/// Returns the hyperbolic tangent of x.
constexpr double tanh(double x) {
    if (is_nan(x) || x == 0) return x;
    if (x > 22) return 1;
    if (x < -22) return -1;
    const wide twice = 2 * static_cast<wide>(x);
    const wide e = size_of(twice) <= 0.35L ? expm1_near_zero(twice) : exp_wide(twice) - 1;
    return rounded(e / (e + 2));
}
/// Returns the square root of x; NaN for x < 0.
constexpr double sqrt(double x) {
    if (is_nan(x) || x == infinity || x == 0) return x;
    if (x < 0) return not_a_number;
    wide y = exp_wide(log_wide(x) / 2);
    for (int i = 0; i < 2; ++i) y = (y + x / y) / 2;
    return rounded(y);
}
/// Returns the sine (quarter 0) or the cosine (quarter 1) of x. Beyond 2^24 it is not a constant expression.
constexpr double sine(double x, int quarter) {
    if (is_nan(x)) return x;
    if (x == infinity || x == -infinity) return not_a_number;
    constexpr double most = 0x1p24;
    if (x > most || x < -most) throw "sin and cos are not constant expressions beyond 2^24";
    const int turns = nearest(x / quarter_turn[0]);
    wide r = x;
    for (const wide part : quarter_turn) r -= turns * part;
    const bool is_cosine = ((turns + quarter) & 1) != 0, is_negative = ((turns + quarter) & 2) != 0;
    wide sum = 0; // the series of sin r / r - 1, or of cos r - 1
    for (int i = 26; i >= 1; --i) {
        const int n = 2 * i + (is_cosine ? 0 : 1);
        sum = -(sum + 1) * r * r / (static_cast<wide>(n) * (n - 1));
    }
    const wide value = is_cosine ? 1 + sum : r + r * sum;
    return rounded(is_negative ? -value : value);
}
/// Returns the sine of x; as `sine`, not beyond 2^24.
constexpr double sin(double x) { return x == 0 ? x : sine(x, 0); }
/// Returns the cosine of x; as `sine`, not beyond 2^24.
constexpr double cos(double x) { return sine(x, 1); }

constexpr bool is_whole(double x) {
    return size_of(x) >= 0x1p53L || static_cast<double>(static_cast<long long>(x)) == x;
}
constexpr bool is_odd(double x) { return size_of(x) < 0x1p53L && is_whole(x) && static_cast<long long>(x) % 2 != 0; }
/// Returns x to the power p. NaN for x < 0 unless p is an integer; exact for |p| <= 64 where the power is exact.
constexpr double pow(double x, double p) {
    if (p == 0 || x == 1) return 1;
    if (is_nan(x) || is_nan(p)) return not_a_number;
    const double size = x < 0 ? -x : x;
    const bool negative = is_odd(p) && (std::bit_cast<std::uint64_t>(x) >> 63) != 0; // of a negative zero too
    if (p == infinity || p == -infinity) return size == 1 ? 1 : (size > 1) == (p > 0) ? infinity : 0;
    if (x == 0 || size == infinity) {
        const double value = (x == 0) == (p > 0) ? 0 : infinity;
        return negative ? -value : value;
    }
    if (x < 0 && !is_whole(p)) return not_a_number;
    wide value = 1;
    if (is_whole(p) && size_of(p) <= 64) { // exact if the power is
        const int count = static_cast<int>(size_of(p));
        for (int i = 0; i < count; ++i) value *= static_cast<wide>(size);
        if (p < 0) value = 1 / value;
    } else {
        value = exp_wide(static_cast<wide>(p) * log_wide(size));
    }
    return rounded(negative ? -value : value);
}

}
HOURGLASS_END
