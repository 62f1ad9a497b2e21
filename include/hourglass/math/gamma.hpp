// The mathematics of special/gamma.hpp: the logarithm of the gamma function, digamma and polygamma. In float, double
// and vectors of them by rational approximations, interpolated at Chebyshev nodes in 50 digits; in other number types
// by recurrence and asymptotic series, to the type's own precision.
#pragma once

#include <algorithm>
#include <array>

#include <hourglass/math/elementary.hpp>

HOURGLASS_BEGIN
namespace math {

/// Returns the infinity of a number type.
template <class T> constexpr T infinity_of() { return std::numeric_limits<T>::infinity(); }
/// Returns the NaN of a number type.
template <class T> constexpr T no_number_of() { return std::numeric_limits<T>::quiet_NaN(); }

/// Whether a type has far more digits than a double. Counted in decimal digits, because the unit of `digits` is up to
/// the type.
template <class T> inline constexpr bool has_digits_to_spare = std::numeric_limits<T>::max_digits10 > 24;
/// Returns pi in a number type.
template <class T> constexpr T pi_of() {
    if constexpr (std::is_floating_point_v<T>)
        return T(3.141592653589793238462643383279502884L);
    else if constexpr (!has_digits_to_spare<T>)
        return T(3.141592653589793);
    else
        return T(4) * atan(T(1));
}
/// Converts a double to T. To float it overflows to infinity, since overflow in a conversion is not a constant
/// expression.
template <class T> constexpr T narrowed(double x) {
    if constexpr (std::is_same_v<T, float>) {
        constexpr double most = std::numeric_limits<float>::max();
        if (x > most) return x > 0x1.ffffffp127 ? infinity_of<float>() : std::numeric_limits<float>::max();
        if (x < -most) return -narrowed<float>(-x);
    }
    return static_cast<T>(x);
}
/// The number type in which the functions below iterate for a T; another one if T has too few digits for that.
template <class T> struct computed_in { using type = T; };
template <> struct computed_in<float> { using type = double; };
template <class T> inline constexpr bool is_computed_in_double = std::is_same_v<typename computed_in<T>::type, double>;

/// Applies f to numbers: directly to scalars, lane by lane to vectors.
template <class F, class V, class... Rest> constexpr V lane_by_lane(const F& f, const V& first, const Rest&... rest) {
    using T = element_t<V>;
    if constexpr (!std::is_same_v<T, V>) {
        std::array<std::array<T, V::size>, 1 + sizeof...(rest)> lanes{};
        std::size_t i = 0;
        first.store_unaligned(lanes[i].data());
        (rest.store_unaligned(lanes[++i].data()), ...);
        std::array<T, V::size> result{};
        for (std::size_t lane = 0; lane < V::size; ++lane)
            result[lane] = [&]<std::size_t... I>(std::index_sequence<I...>) {
                return lane_by_lane(f, lanes[I][lane]...);
            }
        (std::make_index_sequence<1 + sizeof...(rest)>{});
        return V::load_unaligned(result.data());
    } else if constexpr (is_computed_in_double<T>) {
        return narrowed<T>(f(static_cast<double>(first), static_cast<double>(rest)...));
    } else {
        return f(first, rest...);
    }
}

// The Bernoulli numbers B_2, B_4, ..., B_30, as exact fractions.
inline constexpr int bernoulli_count = 15;
inline constexpr double bernoulli_above[] = {
    1, -1, 1, -1, 5, -691, 7, -3617, 43867, -174611, 854513, -236364091, 8553103, -23749461029, 8615841276005};
inline constexpr double bernoulli_below[] = {6, 30, 42, 30, 66, 2730, 6, 510, 798, 330, 138, 2730, 6, 870, 14322};
/// Returns B_2k / divisor, with B_2k the Bernoulli number; 1 <= k <= 15.
template <class T> constexpr T bernoulli(int k, int divisor = 1) {
    const auto i = static_cast<std::size_t>(k - 1);
    return as<T>(bernoulli_above[i]) / as<T>(bernoulli_below[i] * divisor);
}
// The decimal digits that a number type promises. Boost's decimal types carry more, as guard digits.
template <class T> inline constexpr int promised_digits = std::min(std::numeric_limits<T>::max_digits10,
                                                                   std::numeric_limits<T>::digits10 + 3);
// Where the asymptotic series below become valid with these numbers: from there on the remainder of the logarithm's
// series, at most 1.5e7 x^-31, is below the type's epsilon.
template <class T> constexpr int asymptotic_start() {
    int start = 10;
    double bits = 34 + 3.33 * promised_digits<T> - 31 * 3.3;
    for (; bits > 0; bits -= 31 * 0.1375035237499349) start += (start + 9) / 10;
    return start;
}

/// Returns log Gamma(x) for x > 0; infinity at 0, NaN below (Abramowitz and Stegun 1964, 6.1.15, 6.1.40).
template <class V> constexpr V log_gamma(const V& x) {
    using T = element_t<V>;
    constexpr double half_log_two_pi = log_two_pi / 2;
    if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
        // From 9 on, Stirling's series. Below that x is reduced to [2, 3), or, near the zero at 1, to t = x - 1.
        const V one = as<V>(1), two = as<V>(2), three = as<V>(3);
        V y = x, product = one;
        for (int i = 0; i < 6; ++i) {
            const auto above = y >= three;
            y = math::select(above, V(y - one), y);
            product = math::select(above, V(product * y), product);
        }
        const auto near_zero = x < as<V>(0.5), near_one = x < as<V>(1.5), large = x >= as<V>(9);
        const V t = math::select(near_zero, x, math::select(near_one, V(x - one), V(y - two)));
        // log Gamma(2 + t) / t for -1/2 <= t <= 1, to 1.3e-18
        const V ratio = math::polynomial(t, {6.5461692195468094368e-6, 0.0005126144211989153601,
                                             0.010761708654598556714, 0.095276656758430386604, 0.41725891887051172154,
                                             0.94169285984488958204, 1.032239292425059208, 0.42278433509846713943}) /
                        math::polynomial(t, {1.299453124267453889e-6, 0.00016742041547219949397,
                                             0.005046343841908332301, 0.061244858012688135235, 0.36196916412627268822,
                                             1.1062047574607787082, 1.6788045347887331477, 1.0});
        const V l = math::log(math::select(near_zero, V(x * (one + x)), math::select(large, x, product)));
        const V small = t * ratio + math::select(near_zero, V(-l), math::select(near_one, V(-math::log1p(t)), l));
        const V inverse = one / math::select(large, x, one), s = inverse * inverse;
        const V tail = inverse * math::polynomial(s, {-3617.0 / 122400, 7.0 / 1092, -691.0 / 360360, 5.0 / 5940,
                                                      -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12});
        const V far = (x - as<V>(0.5)) * (l - one) + (tail + as<V>(half_log_two_pi - 0.5));
        return math::select(x < as<V>(0), as<V>(no_number_of<double>()), math::select(large, far, small));
    } else if constexpr (is_computed_in_double<T>) {
        return T(log_gamma(static_cast<double>(x)));
    } else {
        if (!(x > 0)) return x == 0 ? infinity_of<T>() : no_number_of<T>();
        if (x == infinity_of<T>()) return x;
        if (x == 1 || x == 2) return T(0);
        T y = x, product(1);
        for (const int start = asymptotic_start<T>(); y < start; y += 1) product *= y;
        const T s = T(1) / (y * y);
        T tail(0);
        for (int k = bernoulli_count; k >= 1; --k) tail = tail * s + bernoulli<T>(k, 2 * k * (2 * k - 1));
        return (y - T(0.5)) * log(y) - y + log(T(T(2) * pi_of<T>())) / 2 + tail / y - log(product);
    }
}

/// Returns the derivative of log Gamma; minus infinity at 0, NaN below (Abramowitz and Stegun 1964, 6.3.5, 6.3.18).
template <class V> constexpr V digamma(const V& x) {
    using T = element_t<V>;
    if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
        // From 10 on, the asymptotic series. Below that x is reduced to [1, 2), where the zero is divided out.
        const V one = as<V>(1), two = as<V>(2);
        const auto below_one = x < one, large = x >= as<V>(10);
        const V above_one = x + one, almost_two = two - V(std::numeric_limits<T>::epsilon());
        V y = math::select(below_one, math::select(above_one < two, above_one, almost_two), x);
        V above = as<V>(0), below = one; // the sum of 1 / y as a fraction
        for (int i = 0; i < 8; ++i) {
            const auto down = y >= two;
            y = math::select(down, V(y - one), y);
            above = math::select(down, V(above * y + below), above);
            below = math::select(down, V(below * y), below);
        }
        // digamma(x) / (x - zero) at x = 3/2 + t for |t| <= 1/2, to 8e-20
        const V t = y - as<V>(1.5);
        const V ratio =
            math::polynomial(t, {4.2200939590713198395e-7, 0.00022636249078624786849, 0.0082974848636175672018,
                                 0.099820173301559599549, 0.51373844799701414917, 1.1663702567214968992,
                                 0.95105587603183287971}) /
            math::polynomial(t, {0.000046649590786860439885, 0.0025031842360786878743, 0.041378314480827153002,
                                 0.29781190365581108931, 1.0319333676352624787, 1.6718236205395553803, 1.0});
        const V small = ((y - as<V>(1.46163213253021240234375)) - as<V>(1.243814993891890954e-8)) * ratio +
                        math::select(below_one, V(as<V>(-1) / x), V(above / below));
        const V inverse = one / math::select(large, x, one), s = inverse * inverse;
        const V tail = math::polynomial(
            s, {-3617.0 / 8160, 1.0 / 12, -691.0 / 32760, 1.0 / 132, -1.0 / 240, 1.0 / 252, -1.0 / 120, 1.0 / 12});
        const V far = math::log(math::select(large, x, one)) - (inverse * as<V>(0.5) + s * tail);
        return math::select(x < as<V>(0), as<V>(no_number_of<double>()), math::select(large, far, small));
    } else if constexpr (is_computed_in_double<T>) {
        return T(digamma(static_cast<double>(x)));
    } else {
        if (!(x > 0)) return x == 0 ? -infinity_of<T>() : no_number_of<T>();
        if (x == infinity_of<T>()) return x;
        T y = x, sum(0);
        for (const int start = asymptotic_start<T>(); y < start; y += 1) sum += T(1) / y;
        const T s = T(1) / (y * y);
        T tail(0);
        for (int k = bernoulli_count; k >= 1; --k) tail = (tail + bernoulli<T>(k, 2 * k)) * s;
        return log(y) - T(0.5) / y - tail - sum;
    }
}

/// The highest order of the families of functions below and in other headers, each the derivative of the one before.
inline constexpr int highest_order = 12;
/// Returns the order that a number means: the nearest integer, or -1 if that is out of range.
template <class T> constexpr int order_of(const T& n) {
    if (!(n > T(-0.5) && n < T(highest_order + 0.5))) return -1;
    return static_cast<int>(n + T(0.5));
}

/// Returns the n-th derivative of digamma, n >= 1 (Abramowitz and Stegun 1964, 6.4.6, 6.4.11).
template <class T> constexpr T polygamma(int n, const T& x) {
    if (!(x > 0)) return x == 0 ? (n % 2 == 1 ? infinity_of<T>() : -infinity_of<T>()) : no_number_of<T>();
    // n! / y^n, factor by factor: neither overflows before the result does.
    const auto power = [n](const T& inverse) {
        T p(1);
        for (int i = 1; i <= n; ++i) p *= T(i) * inverse;
        return p;
    };
    T y = x, sum(0);
    for (const int start = asymptotic_start<T>() + 5 * n; y < start; y += T(1)) {
        const T inverse = T(1) / y;
        sum += power(inverse) * inverse;
    }
    const T inverse = T(1) / y, s = inverse * inverse;
    T tail(0);
    for (int k = bernoulli_count; k >= 1; --k) {
        double factor = 1; // (2k + n - 1)! / ((2k)! (n - 1)!), an integer at each step
        for (int i = 1; i < n; ++i) factor = factor * (2 * k + i) / i;
        tail = (tail + bernoulli<T>(k, n) * T(factor)) * s;
    }
    sum += power(inverse) * (T(1) / T(n) + inverse / T(2) + tail);
    return n % 2 == 1 ? sum : -sum;
}
/// Returns `polygamma` of the order that n means: digamma for 0; NaN if the order is out of range.
template <class T> constexpr T polygamma_of(const T& n, const T& x) {
    const int order = order_of(n);
    if (order < 0) return no_number_of<T>();
    return order == 0 ? digamma(x) : polygamma(order, x);
}

}
HOURGLASS_END
