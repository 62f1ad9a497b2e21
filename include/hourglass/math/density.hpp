// Differences that keep their digits: exactly subtracted products, logarithms of ratios near one, relative entropies;
// and the log densities of gamma, beta and Student's t distributions that use them. For float, double, vectors of them
// and wider number types. Norms of these densities are in math/stirling.hpp.
#pragma once

#include <hourglass/math/divergence.hpp>

HOURGLASS_BEGIN
namespace math {

/// Returns a product's rounding error (Dekker 1971). Returns 0 if the product is too large or T has digits to spare.
template <class T> constexpr T product_error(const T& a, const T& b, const T& product) {
    if constexpr (std::is_floating_point_v<T>) {
        if (!(product < 1e300 && product > -1e300) || !(abs(a) < 1e290 && abs(b) < 1e290)) return 0;
        if (!std::is_constant_evaluated()) return std::fma(a, b, -product);
        const auto high = [](T x) { return x * T(134217729) - (x * T(134217729) - x); }; // for double
        const T a1 = high(a), b1 = high(b), a2 = a - a1, b2 = b - b1;
        return ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2;
    } else {
        return T(0);
    }
}
/// Returns a sum's rounding error (Knuth 1969). Returns 0 if the sum is too large or T has digits to spare.
template <class T> constexpr T sum_error(const T& a, const T& b, const T& sum) {
    if constexpr (std::is_floating_point_v<T>) {
        if (!(sum < 1e300 && sum > -1e300)) return 0;
        const T other = sum - a;
        return (a - (sum - other)) + (b - other);
    } else {
        return T(0);
    }
}
/// Returns a b - c d, rounded about once.
template <class V> constexpr V difference_of_products(const V& a, const V& b, const V& c, const V& d) {
    return lane_by_lane(
        [](const auto& p, const auto& q, const auto& r, const auto& s) {
            using T = std::remove_cvref_t<decltype(p)>;
            const T first = p * q, second = r * s;
            return T((first - second) + (product_error(p, q, first) - product_error(r, s, second)));
        },
        a, b, c, d);
}
/// Returns a (1 - x) - b x, rounded about once.
template <class V> constexpr V weighted_difference(const V& a, const V& b, const V& x) {
    return lane_by_lane(
        [](const auto& p, const auto& q, const auto& y) {
            using T = std::remove_cvref_t<decltype(p)>;
            const T first = p * y, second = q * y, left = p - first, rest = left - second;
            const T lost = sum_error(p, T(-first), left) + sum_error(left, T(-second), rest);
            return T(rest + (lost - product_error(p, y, first) - product_error(q, y, second)));
        },
        a, b, x);
}

/// Returns log(m / x), given d = m - x.
template <class V> constexpr V log_ratio(const V& m, const V& x, const V& d) {
    const auto near = is_near(d, x);
    const V small = select(near, d, as<V>(0));
    return select(near, V(math::log1p(V(small / x))), V(math::log(V(m / x))));
}
/// Returns x log(x / m) - x + m, given d = m - x. Never negative; m if x is zero.
template <class V> constexpr V relative_entropy(const V& x, const V& m, const V& d) {
    const auto near = is_near(d, x);
    const V small = select(near, d, as<V>(0)), base = select(x == as<V>(0), as<V>(1), x);
    // If the quotient overflows, the logarithm is negligible compared with m.
    const V quotient = m / base, most = V(std::numeric_limits<element_t<V>>::max());
    const V far = d - x * math::log(select(quotient > most, most, quotient));
    return select(x == as<V>(0), m, select(near, V(-x * log1p_minus_near_zero(V(small / base))), far));
}
// log(a b / (c d)), and the relative entropy below, if a product or the quotient is not a normal number. Computed in
// the wider type that float is computed in, if they are normal there; else from the logarithms of the factors, which
// are as accurate if their sum is far from zero. No remaining case is near zero, unless it is smaller than every
// number.
template <class V> HOURGLASS_COLD constexpr V log_ratio_by_factors(const V& a, const V& b, const V& c, const V& d) {
    return lane_by_lane(
        [](const auto& p, const auto& q, const auto& r, const auto& s) {
            using T = std::remove_cvref_t<decltype(p)>;
            const T m = p * q, x = r * s;
            if (are_normal(m, x, T(m / x))) return log_ratio(m, x, difference_of_products(p, q, r, s));
            return T((math::log(p) - math::log(r)) + (math::log(q) - math::log(s)));
        },
        a, b, c, d);
}
template <class V>
HOURGLASS_COLD constexpr V relative_entropy_by_factors(const V& a, const V& b, const V& c, const V& d) {
    return lane_by_lane(
        [](const auto& p, const auto& q, const auto& r, const auto& s) {
            using T = std::remove_cvref_t<decltype(p)>;
            const T x = p * q, m = r * s;
            if (x == T(0) || m > std::numeric_limits<T>::max() || are_normal(m, x, T(m / x)))
                return relative_entropy(x, m, difference_of_products(r, s, p, q));
            return T((m - x) + x * log_ratio_by_factors(p, q, r, s));
        },
        a, b, c, d);
}
// Returns `found`, computed from the products, except in lanes where a product or m / x is not a normal number: there
// the value computed from the factors.
template <class V> constexpr V or_by_factors(const V& m, const V& x, const V& found, auto by_factors) {
    const auto normal = are_normal(m, x, V(m / x));
    if (in_every_lane(normal)) [[likely]]
        return found;
    return select(normal, found, V(by_factors()));
}
/// Returns log(a b / (c d)), given `difference` = a b - c d.
template <class V> constexpr V log_ratio(const V& a, const V& b, const V& c, const V& d, const V& difference) {
    const V m = a * b, x = c * d;
    return or_by_factors(m, x, log_ratio(m, x, difference), [&] { return log_ratio_by_factors(a, b, c, d); });
}
/// Returns x log(x / m) - x + m for x = a b and m = c d, given `difference` = m - x.
template <class V> constexpr V relative_entropy(const V& a, const V& b, const V& c, const V& d, const V& difference) {
    const V x = a * b, m = c * d;
    return or_by_factors(m, x, relative_entropy(x, m, difference),
                         [&] { return relative_entropy_by_factors(a, b, c, d); });
}
/// Returns log(a b / (c d)), accurate even where the ratio is near 1.
template <class V> constexpr V log_ratio_of_products(const V& a, const V& b, const V& c, const V& d) {
    return log_ratio(a, b, c, d, difference_of_products(a, b, c, d));
}
/// Returns x log(x / m) - x + m for x = a b and m = c d. Never negative, and zero where x = m.
template <class V> constexpr V relative_entropy_of_products(const V& a, const V& b, const V& c, const V& d) {
    return relative_entropy(a, b, c, d, difference_of_products(c, d, a, b));
}

/// Returns the log density at x of the gamma distribution of shape a and the given rate, without the part that depends
/// only on the shape, log Gamma(a) - a log a + a: minus the deviance of a from rate x, minus log x (Loader 2000).
template <class V> constexpr V gamma_log_kernel(const V& a, const V& rate, const V& x) {
    using T = element_t<V>;
    const V zero = as<V>(0), one = as<V>(1), infinity = V(infinity_of<T>());
    const auto at_zero = x == zero;
    const V y = select(at_zero, one, x);
    const V inside = -relative_entropy_of_products(a, one, rate, y) - math::log(y);
    const V nowhere = zero * (a + rate); // NaN if a parameter is
    const V limit =
        select(a == one, V(math::log(rate) + one), select(a < one, V(infinity + nowhere), V(nowhere - infinity)));
    const V outside = select(x < zero, V(nowhere - infinity), inside);
    return select(at_zero, limit, outside);
}
/// Returns (a - 1) / x - rate, the derivative in x of the gamma distribution's log density. Drops the power for a = 1
/// only at x = 0, since elsewhere the slope depends on a, and at infinity for every a.
template <class V> constexpr V gamma_log_slope(const V& a, const V& rate, const V& x) {
    const V one = as<V>(1), slope = (difference_of_products(a, one, rate, x) - one) / x;
    const V of_power = select(a == one, V(-rate), slope);
    return select(x == as<V>(0), of_power, select(x == V(infinity_of<element_t<V>>()), V(-rate), slope));
}
/// Returns the same for the beta distribution, without L(a) + L(b) - L(a + b), L(a) = log Gamma(a) - a log a + a.
template <class V> constexpr V beta_log_kernel(const V& a, const V& b, const V& x) {
    using T = element_t<V>;
    const V zero = as<V>(0), one = as<V>(1), infinity = V(infinity_of<T>());
    const auto at_zero = x == zero, at_one = x == one;
    const V y = select(at_zero, as<V>(0.5), select(at_one, as<V>(0.5), x));
    const V d = weighted_difference(a, b, y), both = a + b;
    const V inside = -relative_entropy(a, one, both, y, V(-d)) - relative_entropy(b, one, both, V(one - y), d) -
                     math::log(y) - math::log1p(V(-y));
    const V below = select(x < zero, V(zero * both - infinity), inside);
    const V outside = select(x > one, V(zero * both - infinity), below);
    // At an end whose exponent, `at` - 1, is zero: log(1 + rest) + rest log(1 + 1 / rest).
    const auto limit = [&](const V& at, const V& rest) {
        const V finite = math::log(V(one + rest)) + rest * math::log1p(V(one / rest));
        const V nowhere = zero * both;
        return V(select(at == one, finite, select(at < one, V(infinity + nowhere), V(nowhere - infinity))));
    };
    return select(at_zero, limit(a, b), select(at_one, limit(b, a), outside));
}

/// Returns (a - 1) / x - (b - 1) / (1 - x), the derivative in x of the beta distribution's log density; zero outside
/// [0, 1].
template <class V> constexpr V beta_log_slope(const V& a, const V& b, const V& x) {
    const V one = as<V>(1), rest = one - x;
    const V both = (weighted_difference(a, b, x) - (one - (x + x))) / (x * rest);
    const V without_b = select(b == one, select(a == one, as<V>(0), V((a - one) / x)), both);
    const V without_a = select(a == one, select(b == one, as<V>(0), V((one - b) / rest)), without_b);
    return select(x < as<V>(0), as<V>(0), select(x > one, as<V>(0), without_a));
}
/// Returns log((a + b) x / a).
template <class V> constexpr V beta_log_ratio(const V& a, const V& b, const V& x) {
    return log_ratio(V(a + b), x, a, as<V>(1), V(-weighted_difference(a, b, x)));
}
/// Returns log((a + b) (1 - x) / b).
template <class V> constexpr V beta_log_ratio_of_rest(const V& a, const V& b, const V& x) {
    return log_ratio(V(a + b), V(as<V>(1) - x), b, as<V>(1), weighted_difference(a, b, x));
}

/// Returns log(1 + w) - w / (1 + w) for w >= 0: log(1 + w) minus w times its own slope.
template <class V> constexpr V log1p_minus_slope(const V& w) {
    const auto near = w < as<V>(1);
    const V part = select(near, V(w / (w + as<V>(1))), as<V>(0));
    const V far = select(w > V(std::numeric_limits<element_t<V>>::max()), as<V>(1), V(w / (w + as<V>(1))));
    return select(near, V(-log1p_minus_near_zero(V(-part))), V(math::log1p(w) - far));
}

// w = t^2 / nu, or its inverse if w is above 1, and functions of w that are in range even if w is not.
template <class V> struct student_t_square {
    V nu, t, w, inverse;
    constexpr student_t_square(const V& nu_, const V& t_)
        : nu(nu_), t(t_), w(t_ * (t_ / nu_)), inverse(select(w > as<V>(1), V((nu_ / t_) / t_), as<V>(0))) {}
    constexpr V of_inverse() const { return as<V>(1) / (as<V>(1) + inverse); }
    constexpr V of_w() const { return as<V>(1) + w; }
    constexpr V share() const { return select(w > as<V>(1), of_inverse(), V(w / of_w())); }
    constexpr V rest() const { return select(w > as<V>(1), V(inverse * of_inverse()), V(as<V>(1) / of_w())); }
    constexpr V slope() const { return select(w > as<V>(1), V(nu / t * of_inverse()), V(t / of_w())); }
    // log(1 + w) - w / (1 + w)
    constexpr V gap() const {
        const auto far = w > V(std::numeric_limits<element_t<V>>::max());
        const V near = log1p_minus_slope(select(far, as<V>(1), w));
        if (!in_every_lane(w <= V(std::numeric_limits<element_t<V>>::max()))) [[unlikely]]
            return select(far, V(as<V>(2) * math::log(V(abs(t))) - math::log(nu) - as<V>(1)), near);
        return near;
    }
};
template <class V> student_t_square(const V&, const V&) -> student_t_square<V>;
/// Returns -log sigma - (nu + 1) / 2 log(1 + (d / sigma)^2 / nu), even if the square or the quotient overflows.
template <class V> constexpr V student_t_log_kernel(const V& nu, const V& d, const V& log_sigma, const V& sigma) {
    using T = element_t<V>;
    const V one = as<V>(1), half = as<V>(0.5), t = select(d == as<V>(0), as<V>(0), V(abs(d) / sigma));
    const V size = t / sqrt(nu);
    const auto large = size > one;
    const V small = select(large, V(one / size), size), square = small * small;
    V far = math::log(select(large, size, one));
    const auto in_range = size <= V(std::numeric_limits<T>::max());
    if (!in_every_lane(in_range)) [[unlikely]]
        far = select(in_range, far, V(math::log(V(abs(d))) - log_sigma - half * math::log(nu)));
    const V deviance = (nu + one) * half * (math::log1p(square) + far + far);
    // If nu is so large that t^2 / nu underflows, the distribution is normal.
    const V normal = select(square < V(std::numeric_limits<T>::min()), V(t * t * half), deviance);
    return -log_sigma - select(large, deviance, normal);
}

}
HOURGLASS_END
