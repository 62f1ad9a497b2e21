// Operations for log densities, entropies and divergences of distributions, such that neither these nor their
// derivatives are differences of large numbers: logarithms and relative entropies of products, gaps between functions
// and their tangents, and the remainder of Stirling's formula. The functions are in math/divergence.hpp and
// math/stirling.hpp.
#pragma once

#include <hourglass/special/special.hpp>

HOURGLASS_BEGIN
namespace ops {

// a b - c d, rounded about once.
struct difference_of_products : elementwise<4> {
    static constexpr std::string_view name = "difference_of_products";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& c, const V& d) {
        return math::difference_of_products(a, b, c, d);
    }
    template <class H> static constexpr auto derivative(H a, H b, H c, H d, H, H g) {
        auto in_c = -hadamard(g, d);
        auto in_d = -hadamard(g, c);
        auto in_a = hadamard(g, b);
        return std::array{in_a, hadamard(g, a), in_c, in_d};
    }
};
// log(a b / (c d)), also beside 1.
struct log_ratio_of_products : elementwise<4> {
    static constexpr std::string_view name = "log_ratio_of_products";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& c, const V& d) {
        return math::log_ratio_of_products(a, b, c, d);
    }
    template <class H> static constexpr auto derivative(H a, H b, H c, H d, H, H g) {
        auto in_a = g / a;
        auto in_b = g / b;
        auto in_c = -(g / c);
        return std::array{in_a, in_b, in_c, -(g / d)};
    }
};
// x log(x / m) - x + m with x = a b and m = c d: the term of a relative entropy, or half of a Poisson deviance (Loader
// 2000, "Fast and accurate computation of binomial probabilities"). Not negative, and zero where x = m.
struct relative_entropy_of_products : elementwise<4> {
    static constexpr std::string_view name = "relative_entropy_of_products";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& c, const V& d) {
        return math::relative_entropy_of_products(a, b, c, d);
    }
    template <class H> static constexpr auto derivative(H a, H b, H c, H d, H, H g) {
        auto slope = hadamard(g, apply_operation(log_ratio_of_products{}, a, b, c, d));
        auto excess = hadamard(g, apply_operation(difference_of_products{}, c, d, a, b));
        auto in_a = hadamard(slope, b);
        auto in_b = hadamard(slope, a);
        auto in_c = excess / c;
        return std::array{in_a, in_b, in_c, excess / d};
    }
};
// a / b - 1 - log(a / b), the divergence of Itakura and Saito: not negative, and zero where a = b.
struct itakura_saito : elementwise<2> {
    static constexpr std::string_view name = "itakura_saito";
    template <class V> static constexpr V forward(const V& a, const V& b) { return math::itakura_saito(a, b); }
    template <class H> static constexpr auto derivative(H a, H b, H, H g) {
        auto share = hadamard(g, (a - b) / b);
        auto in_a = share / a;
        return std::array{in_a, -(share / b)};
    }
};
// e^x - 1 - x: not negative, with all digits near zero.
struct expm1_minus : elementwise<1> {
    static constexpr std::string_view name = "expm1_minus";
    template <class V> static constexpr V forward(const V& x) { return math::expm1_minus(x); }
    template <class H> static constexpr H derivative(H x, H, H g) { return hadamard(g, apply_operation(expm1{}, x)); }
};

// The n-th derivative of log Gamma(x) - (x log x - x), what Stirling's formula leaves, for x > 0; no number below. For
// orders up to 12.
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
// Of the function before, L: L'(y) - L'(x), also where y is near x.
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
// Of the same: L(y) - L(x) - L'(x) (y - x), which is not negative.
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
// Of the same: L'(a) - L'(a + b).
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
// Of the same: L(a) + L(b) - L(a + b), what Stirling's formula leaves of log B(a, b).
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
// The n-th derivative of log Gamma(x + 1/2) - log Gamma(x) - log(x) / 2 for x > 0; no number below. For orders up
// to 12.
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

HOURGLASS_OPERATION(hourglass::ops::difference_of_products);
HOURGLASS_OPERATION(hourglass::ops::log_ratio_of_products);
HOURGLASS_OPERATION(hourglass::ops::relative_entropy_of_products);
HOURGLASS_OPERATION(hourglass::ops::itakura_saito);
HOURGLASS_OPERATION(hourglass::ops::expm1_minus);
HOURGLASS_OPERATION(hourglass::ops::stirling_remainder);
HOURGLASS_OPERATION(hourglass::ops::stirling_slope_difference);
HOURGLASS_OPERATION(hourglass::ops::stirling_divergence);
HOURGLASS_OPERATION(hourglass::ops::beta_remainder_slope);
HOURGLASS_OPERATION(hourglass::ops::beta_remainder);
HOURGLASS_OPERATION(hourglass::ops::half_step_remainder);
