// Special functions: those of the gamma function, the Bessel function I_0, and the quantiles that draws of gamma and
// von Mises distributions are made of. Where a derivative is a function of its own, there is a family of them with a
// number for its first operand, whose members are one another's derivatives: so there are derivatives of every order up
// to the 12th, and no number beyond. The number is rounded to a whole one, and nothing is differentiated for it.
#pragma once

#include <hourglass/ops/functions.hpp>
#include <hourglass/special/von_mises_mathematics.hpp>

HOURGLASS_BEGIN
namespace ops {

// The k-th derivative of log Gamma is polygamma(k - 1, x): digamma, trigamma, ... for x > 0; no number below. For
// orders up to 12.
struct polygamma : elementwise<2> {
    static constexpr std::string_view name = "polygamma";
    template <class V> static constexpr V forward(const V& n, const V& x) {
        return math::lane_by_lane([](const auto& k, const auto& y) { return math::polygamma_of(k, y); }, n, x);
    }
    template <class H> static constexpr auto derivative(H n, H x, H, H g) {
        auto next = apply_operation(polygamma{}, n + 1, x);
        return std::array{hadamard(g, 0), hadamard(g, next)};
    }
};
// The derivative of log_gamma: minus infinity at 0, no number below.
struct digamma : elementwise<1> {
    static constexpr std::string_view name = "digamma";
    template <class V> static constexpr V forward(const V& x) { return math::digamma(x); }
    template <class H> static constexpr H derivative(H x, H, H g) {
        return hadamard(g, apply_operation(polygamma{}, 1, x));
    }
};
// log Gamma(x) for x > 0: infinity at 0, no number below.
struct log_gamma : elementwise<1> {
    static constexpr std::string_view name = "log_gamma";
    template <class V> static constexpr V forward(const V& x) { return math::log_gamma(x); }
    template <class H> static constexpr H derivative(H x, H, H g) { return hadamard(g, apply_operation(digamma{}, x)); }
};

// The n-th derivative of log I_0(x), I_0 the modified Bessel function: I_1 / I_0 for n = 1, and in general the n-th
// cumulant of cos t under the von Mises distribution of concentration x. For orders up to 12.
struct log_bessel_i0 : elementwise<2> {
    static constexpr std::string_view name = "log_bessel_i0";
    template <class V> static constexpr V forward(const V& n, const V& x) {
        return math::lane_by_lane(
            [](const auto& k, const auto& y) { return math::log_bessel_derivative(math::order_of(k), y); }, n, x);
    }
    template <class H> static constexpr auto derivative(H n, H x, H, H g) {
        auto next = apply_operation(log_bessel_i0{}, n + 1, x);
        return std::array{hadamard(g, 0), hadamard(g, next)};
    }
};

// The n-th derivative of log I_0(x) - x: the same where x is large and positive, without what cancels there.
struct log_bessel_i0e : elementwise<2> {
    static constexpr std::string_view name = "log_bessel_i0e";
    template <class V> static constexpr V forward(const V& n, const V& x) {
        return math::lane_by_lane(
            [](const auto& k, const auto& y) { return math::log_bessel_i0e(math::order_of(k), y); }, n, x);
    }
    template <class H> static constexpr auto derivative(H n, H x, H, H g) {
        auto next = apply_operation(log_bessel_i0e{}, n + 1, x);
        return std::array{hadamard(g, 0), hadamard(g, next)};
    }
};

// What is given relative to a density, y = f^(n) / p in its n-th derivative in a, differentiated in a once more: the
// next one, less y times the relative slope of the density itself.
template <class Op, class Density, class H> constexpr H relative_slope(H n, H a, H at, H y) {
    auto next = apply_operation(Op{}, n + 1, a, at);
    auto first = apply_operation(Density{}, 1, a, at);
    return next - hadamard(y, first);
}

// Of the gamma distribution of shape a and rate 1, in l = log z: the n-th derivative in a of the density of l relative
// to that density, which is e^(a l - z) / Gamma(a).
struct gamma_density_slope : elementwise<3> {
    static constexpr std::string_view name = "gamma_density_slope";
    template <class V> static constexpr V forward(const V& n, const V& a, const V& l) {
        return math::lane_by_lane(
            [](const auto& k, const auto& b, const auto& m) { return math::gamma_density_slope(k, b, m); }, n, a, l);
    }
    template <class H> static constexpr auto derivative(H n, H a, H l, H y, H g) {
        auto slope = relative_slope<gamma_density_slope, gamma_density_slope>(n, a, l, y);
        auto before = apply_operation(gamma_density_slope{}, n - 1, a, l);
        auto in_a = hadamard(g, slope);
        auto in_l = hadamard(g, hadamard(n, before));
        return std::array{hadamard(g, 0), in_a, in_l};
    }
};
// Of the same distribution: a - e^l, the derivative in l of the logarithm of that density.
struct gamma_excess : elementwise<2> {
    static constexpr std::string_view name = "gamma_excess";
    template <class V> static constexpr V forward(const V& a, const V& l) {
        return math::lane_by_lane([](const auto& b, const auto& m) { return math::gamma_excess(b, m); }, a, l);
    }
    template <class H> static constexpr auto derivative(H, H l, H, H g) {
        return std::array{g, -hadamard(g, apply_operation(exp{}, l))};
    }
};
// Of the same distribution: the logarithm of that density, without the large terms that cancel where a is large.
struct gamma_log_density : elementwise<2> {
    static constexpr std::string_view name = "gamma_log_density";
    template <class V> static constexpr V forward(const V& a, const V& l) {
        return math::lane_by_lane([](const auto& b, const auto& m) { return math::gamma_log_density(b, m); }, a, l);
    }
    template <class H> static constexpr auto derivative(H a, H l, H, H g) {
        auto in_a = hadamard(g, apply_operation(gamma_density_slope{}, 1, a, l));
        return std::array{in_a, hadamard(g, apply_operation(gamma_excess{}, a, l))};
    }
};
// Of the same distribution: the n-th derivative in a of the distribution function, n >= 1, relative to the density of
// l.
struct gamma_cdf_slope : elementwise<3> {
    static constexpr std::string_view name = "gamma_cdf_slope";
    template <class V> static constexpr V forward(const V& n, const V& a, const V& l) {
        return math::lane_by_lane(
            [](const auto& k, const auto& b, const auto& m) { return math::gamma_cdf_slope(k, b, m); }, n, a, l);
    }
    template <class H> static constexpr auto derivative(H n, H a, H l, H y, H g) {
        auto slope = relative_slope<gamma_cdf_slope, gamma_density_slope>(n, a, l, y);
        auto same = apply_operation(gamma_density_slope{}, n, a, l);
        auto slope_of_log = apply_operation(gamma_excess{}, a, l);
        auto in_a = hadamard(g, slope);
        auto in_l = hadamard(g, same - hadamard(y, slope_of_log));
        return std::array{hadamard(g, 0), in_a, in_l};
    }
};
// log z where the gamma distribution of shape a and rate 1 has z for its quantile at u: its logarithm, since draws of
// small shapes are smaller than the smallest number. Minus infinity at u = 0. The derivative in a is implicit: -(dP/da)
// / (dP/dl) (Figurnov et al. 2018, equation 7). It costs one number after another some 10 to 100 terms of a series, or
// 9 sqrt(a) for large shapes up to 1e6, where an expansion takes over that has a first derivative only.
struct log_gamma_quantile : elementwise<2> {
    static constexpr std::string_view name = "log_gamma_quantile";
    template <class V> static constexpr V forward(const V& a, const V& u) {
        return math::lane_by_lane([](const auto& b, const auto& p) { return math::log_gamma_quantile(b, p); }, a, u);
    }
    template <class H> static constexpr auto derivative(H a, H, H l, H g) {
        auto slope = apply_operation(gamma_cdf_slope{}, 1, a, l);
        auto in_a = -hadamard(g, slope);
        auto density = apply_operation(gamma_log_density{}, a, l);
        return std::array{in_a, hadamard(g, apply_operation(exp{}, -density))};
    }
};

// Of the von Mises distribution of concentration a about 0: the n-th derivative in a of its density at t relative to
// that density, which is e^(a cos t) / (2 pi I_0(a)).
struct von_mises_density_slope : elementwise<3> {
    static constexpr std::string_view name = "von_mises_density_slope";
    template <class V> static constexpr V forward(const V& n, const V& a, const V& t) {
        return math::lane_by_lane(
            [](const auto& k, const auto& b, const auto& s) { return math::von_mises_density_slope(k, b, s); }, n, a,
            t);
    }
    template <class H> static constexpr auto derivative(H n, H a, H t, H y, H g) {
        auto slope = relative_slope<von_mises_density_slope, von_mises_density_slope>(n, a, t, y);
        auto before = apply_operation(von_mises_density_slope{}, n - 1, a, t);
        auto in_a = hadamard(g, slope);
        auto scaled = hadamard(n, before);
        auto in_t = -hadamard(g, hadamard(scaled, apply_operation(sin{}, t)));
        return std::array{hadamard(g, 0), in_a, in_t};
    }
};
// Of the same distribution: the n-th derivative in a of the distribution function, n >= 1, relative to the density.
struct von_mises_cdf_slope : elementwise<3> {
    static constexpr std::string_view name = "von_mises_cdf_slope";
    template <class V> static constexpr V forward(const V& n, const V& a, const V& t) {
        return math::lane_by_lane(
            [](const auto& k, const auto& b, const auto& s) { return math::von_mises_cdf_slope(k, b, s); }, n, a, t);
    }
    template <class H> static constexpr auto derivative(H n, H a, H t, H y, H g) {
        auto slope = relative_slope<von_mises_cdf_slope, von_mises_density_slope>(n, a, t, y);
        auto same = apply_operation(von_mises_density_slope{}, n, a, t);
        auto slope_of_log = hadamard(a, apply_operation(sin{}, t));
        auto in_a = hadamard(g, slope);
        auto in_t = hadamard(g, same + hadamard(y, slope_of_log));
        return std::array{hadamard(g, 0), in_a, in_t};
    }
};
// The angle in [-pi, pi] at which the von Mises distribution of concentration a >= 0 about 0 has the distribution
// function u; its derivative in a is implicit.
struct von_mises_quantile : elementwise<2> {
    static constexpr std::string_view name = "von_mises_quantile";
    template <class V> static constexpr V forward(const V& a, const V& u) {
        return math::lane_by_lane([](const auto& b, const auto& p) { return math::von_mises_quantile(b, p); }, a, u);
    }
    template <class H> static constexpr auto derivative(H a, H, H t, H g) {
        auto slope = apply_operation(von_mises_cdf_slope{}, 1, a, t);
        auto in_a = -hadamard(g, slope);
        auto sine = apply_operation(sin{}, hadamard(t, 0.5));
        auto distance = hadamard(hadamard(a, apply_operation(square{}, sine)), 2); // a (1 - cos t)
        auto norm = apply_operation(log_bessel_i0e{}, 0, a);
        auto density = hadamard(apply_operation(exp{}, distance + norm), 6.283185307179586476925);
        return std::array{in_a, hadamard(g, density)};
    }
};

}

template <operand X> constexpr auto log_gamma(const X& x) { return apply_operation(ops::log_gamma{}, x); }
template <operand X> constexpr auto digamma(const X& x) { return apply_operation(ops::digamma{}, x); }
template <number N, operand X> constexpr auto polygamma(N n, const X& x) {
    return apply_operation(ops::polygamma{}, n, x);
}
// log I_0(x), and I_1(x) / I_0(x), the mean of cos t under the von Mises distribution of concentration x.
template <operand X> constexpr auto log_bessel_i0(const X& x) { return apply_operation(ops::log_bessel_i0{}, 0, x); }
template <operand X> constexpr auto bessel_ratio(const X& x) { return apply_operation(ops::log_bessel_i0{}, 1, x); }

// The gamma distribution of the given shape and of rate 1 at its quantile u, and the logarithm of it; a draw where u is
// uniform noise.
template <operand_or_number A, operand_or_number U>
requires some_operand<A, U>
constexpr auto log_gamma_quantile(const A& shape_, const U& u) {
    return apply_operation(ops::log_gamma_quantile{}, shape_, u);
}
template <operand_or_number A, operand_or_number U>
requires some_operand<A, U>
constexpr auto gamma_quantile(const A& shape_, const U& u) { return exp(log_gamma_quantile(shape_, u)); }
// The von Mises distribution of the given concentration about 0 at its quantile u, an angle in [-pi, pi].
template <operand_or_number K, operand_or_number U>
requires some_operand<K, U>
constexpr auto von_mises_quantile(const K& concentration, const U& u) {
    return apply_operation(ops::von_mises_quantile{}, concentration, u);
}

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::log_gamma);
HOURGLASS_OPERATION(hourglass::ops::digamma);
HOURGLASS_OPERATION(hourglass::ops::polygamma);
HOURGLASS_OPERATION(hourglass::ops::log_bessel_i0);
HOURGLASS_OPERATION(hourglass::ops::log_bessel_i0e);
HOURGLASS_OPERATION(hourglass::ops::gamma_density_slope);
HOURGLASS_OPERATION(hourglass::ops::gamma_excess);
HOURGLASS_OPERATION(hourglass::ops::gamma_log_density);
HOURGLASS_OPERATION(hourglass::ops::gamma_cdf_slope);
HOURGLASS_OPERATION(hourglass::ops::log_gamma_quantile);
HOURGLASS_OPERATION(hourglass::ops::von_mises_density_slope);
HOURGLASS_OPERATION(hourglass::ops::von_mises_cdf_slope);
HOURGLASS_OPERATION(hourglass::ops::von_mises_quantile);
