// The logarithm of the modified Bessel function I_0, and the von Mises distribution that it normalises: its density,
// its divergence, and the quantile from which draws are made. Families of derivatives take the order as their first
// operand, as in special/gamma.hpp. The functions are in special/von_mises_mathematics.hpp.
#pragma once

#include <hourglass/special/gamma_quantile.hpp>
#include <hourglass/special/von_mises_mathematics.hpp>

HOURGLASS_BEGIN
namespace ops {

/// The n-th derivative of log I_0(x), I_0 the modified Bessel function; n up to 12. For n = 1 it is I_1 / I_0, and in
/// general the n-th cumulant of cos t under the von Mises distribution of concentration x.
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

/// The n-th derivative of log I_0(x) - x: as log_bessel_i0, without what cancels for large positive x.
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

/// The n-th derivative in a of the density e^(a cos t) / (2 pi I_0(a)), relative to it: the von Mises distribution of
/// concentration a about 0, at t.
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
/// The n-th derivative in a, n >= 1, of the von Mises distribution function, relative to the density.
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
/// The angle in [-pi, pi] at which the von Mises distribution of concentration a >= 0 about 0 has distribution function
/// u. Its derivative in a is implicit.
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

/// sin((x - mu) / 2), accurate even where x - mu is near a full turn.
struct sine_of_half : elementwise<2> {
    static constexpr std::string_view name = "sine_of_half";
    template <class V> static constexpr V forward(const V& x, const V& mu) {
        return math::lane_by_lane([](const auto& y, const auto& m) { return math::sine_of_half(y, m); }, x, mu);
    }
    template <class H> static constexpr auto derivative(H x, H mu, H, H g) {
        auto half = hadamard(x - mu, 0.5);
        auto share = hadamard(g, hadamard(apply_operation(cos{}, half), 0.5));
        return std::array{share, -share};
    }
};
/// I_1(y) / I_0(y) - I_1(x) / I_0(x), accurate even where y is near x.
struct bessel_ratio_difference : elementwise<2> {
    static constexpr std::string_view name = "bessel_ratio_difference";
    template <class V> static constexpr V forward(const V& y, const V& x) {
        return math::lane_by_lane([](const auto& v, const auto& u) { return math::bessel_divergence(1, v, u); }, y, x);
    }
    template <class H> static constexpr auto derivative(H y, H x, H, H g) {
        auto in_y = hadamard(g, apply_operation(log_bessel_i0e{}, 2, y));
        return std::array{in_y, -hadamard(g, apply_operation(log_bessel_i0e{}, 2, x))};
    }
};
/// log I_0(y) minus its tangent at x, log I_0(x) + I_1(x) / I_0(x) (y - x): never negative. For x, y >= 0.
struct bessel_divergence : elementwise<2> {
    static constexpr std::string_view name = "bessel_divergence";
    template <class V> static constexpr V forward(const V& y, const V& x) {
        return math::lane_by_lane([](const auto& v, const auto& u) { return math::bessel_divergence(0, v, u); }, y, x);
    }
    template <class H> static constexpr auto derivative(H y, H x, H, H g) {
        auto in_y = hadamard(g, apply_operation(bessel_ratio_difference{}, y, x));
        auto curvature = hadamard(g, apply_operation(log_bessel_i0e{}, 2, x));
        return std::array{in_y, hadamard(curvature, x - y)};
    }
};

}

/// Returns log I_0(x).
template <operand X> constexpr auto log_bessel_i0(const X& x) { return apply_operation(ops::log_bessel_i0{}, 0, x); }
/// Returns I_1(x) / I_0(x), the mean of cos t under the von Mises distribution of concentration x.
template <operand X> constexpr auto bessel_ratio(const X& x) { return apply_operation(ops::log_bessel_i0{}, 1, x); }
/// Returns the quantile at u, an angle in [-pi, pi], of the von Mises distribution of the given concentration about 0.
template <operand_or_number K, operand_or_number U>
requires some_operand<K, U>
constexpr auto von_mises_quantile(const K& concentration, const U& u) {
    return apply_operation(ops::von_mises_quantile{}, concentration, u);
}

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::sine_of_half);
HOURGLASS_OPERATION(hourglass::ops::bessel_ratio_difference);
HOURGLASS_OPERATION(hourglass::ops::bessel_divergence);
HOURGLASS_OPERATION(hourglass::ops::log_bessel_i0);
HOURGLASS_OPERATION(hourglass::ops::log_bessel_i0e);
HOURGLASS_OPERATION(hourglass::ops::von_mises_density_slope);
HOURGLASS_OPERATION(hourglass::ops::von_mises_cdf_slope);
HOURGLASS_OPERATION(hourglass::ops::von_mises_quantile);
