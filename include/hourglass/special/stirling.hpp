// The remainder of Stirling's formula, its differences and divergences: the norms of gamma, beta and Student's t
// distributions, without the large terms that cancel in entropies and divergences. The functions are in
// math/stirling.hpp.
#pragma once

#include <hourglass/math/stirling.hpp>
#include <hourglass/ops/functions.hpp>

HOURGLASS_BEGIN
namespace ops {

/// The n-th derivative, n up to 12, of L(x) = log Gamma(x) - (x log x - x), the remainder of Stirling's formula, for x
/// > 0; NaN below.
struct stirling_remainder : elementwise<2> {
    static constexpr std::string_view name = "stirling_remainder";
    template <class V> static constexpr V forward(const V& n, const V& x) {
        return math::lane_by_lane([](const auto& k, const auto& y) { return math::stirling_remainder_of(k, y); }, n, x);
    }
    template <class H> static constexpr auto derivative(H n, H x, H, H g) {
        auto next = apply_operation(stirling_remainder{}, n + 1, x);
        return std::array{hadamard(g, 0), hadamard(g, next)};
    }
};
/// L'(y) - L'(x) of the stirling_remainder L, accurate even where y is near x.
struct stirling_slope_difference : elementwise<2> {
    static constexpr std::string_view name = "stirling_slope_difference";
    template <class V> static constexpr V forward(const V& y, const V& x) {
        return math::lane_by_lane(
            [](const auto& v, const auto& u) {
                using T = std::remove_cvref_t<decltype(v)>;
                return math::stirling_slope_difference(v, u, T(v - u));
            },
            y, x);
    }
    template <class H> static constexpr auto derivative(H y, H x, H, H g) {
        auto in_y = hadamard(g, apply_operation(stirling_remainder{}, 2, y));
        auto in_x = hadamard(g, apply_operation(stirling_remainder{}, 2, x));
        return std::array{in_y, -in_x};
    }
};
/// L(y) - L(x) - L'(x) (y - x) of the stirling_remainder L; never negative.
struct stirling_divergence : elementwise<2> {
    static constexpr std::string_view name = "stirling_divergence";
    template <class V> static constexpr V forward(const V& y, const V& x) {
        return math::lane_by_lane(
            [](const auto& v, const auto& u) {
                using T = std::remove_cvref_t<decltype(v)>;
                return math::stirling_divergence(v, u, T(v - u));
            },
            y, x);
    }
    template <class H> static constexpr auto derivative(H y, H x, H, H g) {
        auto in_y = hadamard(g, apply_operation(stirling_slope_difference{}, y, x));
        auto curvature = hadamard(g, apply_operation(stirling_remainder{}, 2, x));
        return std::array{in_y, hadamard(curvature, x - y)};
    }
};
/// L'(a) - L'(a + b) of the stirling_remainder L.
struct beta_remainder_slope : elementwise<2> {
    static constexpr std::string_view name = "beta_remainder_slope";
    template <class V> static constexpr V forward(const V& a, const V& b) {
        return math::lane_by_lane(
            [](const auto& x, const auto& d) {
                using T = std::remove_cvref_t<decltype(x)>;
                return T(-math::stirling_slope_difference(T(x + d), x, d));
            },
            a, b);
    }
    template <class H> static constexpr auto derivative(H a, H b, H, H g) {
        auto of_both = apply_operation(stirling_remainder{}, 2, a + b);
        auto curvature = apply_operation(stirling_remainder{}, 2, a) - of_both;
        auto in_a = hadamard(g, curvature);
        return std::array{in_a, -hadamard(g, of_both)};
    }
};
/// L(a) + L(b) - L(a + b) of the stirling_remainder L: the remainder of Stirling's formula in log B(a, b).
struct beta_remainder : elementwise<2> {
    static constexpr std::string_view name = "beta_remainder";
    static constexpr bool commutative = true;
    template <class V> static constexpr V forward(const V& a, const V& b) {
        return math::lane_by_lane(
            [](const auto& x, const auto& y) {
                using T = std::remove_cvref_t<decltype(x)>;
                const T of_both = math::stirling_remainder(0, T(x + y));
                return T(math::stirling_remainder(0, x) + (math::stirling_remainder(0, y) - of_both));
            },
            a, b);
    }
    template <class H> static constexpr auto derivative(H a, H b, H, H g) {
        auto in_a = hadamard(g, apply_operation(beta_remainder_slope{}, a, b));
        return std::array{in_a, hadamard(g, apply_operation(beta_remainder_slope{}, b, a))};
    }
};
/// The n-th derivative, n up to 12, of log Gamma(x + 1/2) - log Gamma(x) - log(x) / 2 for x > 0; NaN below.
struct half_step_remainder : elementwise<2> {
    static constexpr std::string_view name = "half_step_remainder";
    template <class V> static constexpr V forward(const V& n, const V& x) {
        return math::lane_by_lane(
            [](const auto& k, const auto& y) { return math::half_step_remainder(math::order_of(k), y); }, n, x);
    }
    template <class H> static constexpr auto derivative(H n, H x, H, H g) {
        auto next = apply_operation(half_step_remainder{}, n + 1, x);
        return std::array{hadamard(g, 0), hadamard(g, next)};
    }
};

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::stirling_remainder);
HOURGLASS_OPERATION(hourglass::ops::stirling_slope_difference);
HOURGLASS_OPERATION(hourglass::ops::stirling_divergence);
HOURGLASS_OPERATION(hourglass::ops::beta_remainder_slope);
HOURGLASS_OPERATION(hourglass::ops::beta_remainder);
HOURGLASS_OPERATION(hourglass::ops::half_step_remainder);
