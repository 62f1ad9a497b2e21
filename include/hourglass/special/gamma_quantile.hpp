// The quantile of the gamma distribution, from which draws of gamma, beta and Student's t distributions are made, and
// how it moves with the shape. Families of derivatives take the order as their first operand, as in special/gamma.hpp.
// The functions are in math/gamma_quantile.hpp.
#pragma once

#include <hourglass/math/gamma_quantile.hpp>
#include <hourglass/ops/functions.hpp>

HOURGLASS_BEGIN
namespace ops {

// y = f^(n) / p is the n-th derivative of f in a, relative to a density p. Its own derivative in a is the next such
// ratio minus y times the relative slope of the density.
template <class Op, class Density, class H> constexpr H relative_slope(H n, H a, H at, H y) {
    auto next = apply_operation(Op{}, n + 1, a, at);
    auto first = apply_operation(Density{}, 1, a, at);
    return next - hadamard(y, first);
}

/// The n-th derivative in a of the density p(l) = e^(a l - z) / Gamma(a), relative to p: the gamma distribution of
/// shape a and rate 1, in l = log z.
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
/// a - e^l, the derivative in l of log p, the density of gamma_density_slope.
struct gamma_excess : elementwise<2> {
    static constexpr std::string_view name = "gamma_excess";
    template <class V> static constexpr V forward(const V& a, const V& l) {
        return math::lane_by_lane([](const auto& b, const auto& m) { return math::gamma_excess(b, m); }, a, l);
    }
    template <class H> static constexpr auto derivative(H, H l, H, H g) {
        return std::array{g, -hadamard(g, apply_operation(exp{}, l))};
    }
};
/// log p, the density of gamma_density_slope, without the large terms that cancel for large a.
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
/// The n-th derivative in a, n >= 1, of the distribution function, relative to the density p of gamma_density_slope.
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
/// log z, where z is the quantile at u of the gamma distribution of shape a and rate 1. It is a logarithm because draws
/// of small shapes are below the smallest number. Minus infinity at u = 0. The derivative in a is implicit: -(dP/da) /
/// (dP/dl) (Figurnov et al. 2018, equation 7). Elements are computed one at a time, each by some 10 to 100 terms of a
/// series, or 9 sqrt(a) for large shapes up to 1e6; beyond that by an expansion, which has a first derivative only.
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

}

/// Returns the logarithm of the quantile at u of the gamma distribution of the given shape and rate 1. With uniform
/// noise for u it is the logarithm of a draw.
template <operand_or_number A, operand_or_number U>
requires some_operand<A, U>
constexpr auto log_gamma_quantile(const A& shape_, const U& u) {
    return apply_operation(ops::log_gamma_quantile{}, shape_, u);
}
/// Returns the quantile at u of the gamma distribution of the given shape and rate 1: a draw if u is uniform noise.
template <operand_or_number A, operand_or_number U>
requires some_operand<A, U>
constexpr auto gamma_quantile(const A& shape_, const U& u) { return exp(log_gamma_quantile(shape_, u)); }

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::gamma_density_slope);
HOURGLASS_OPERATION(hourglass::ops::gamma_excess);
HOURGLASS_OPERATION(hourglass::ops::gamma_log_density);
HOURGLASS_OPERATION(hourglass::ops::gamma_cdf_slope);
HOURGLASS_OPERATION(hourglass::ops::log_gamma_quantile);
