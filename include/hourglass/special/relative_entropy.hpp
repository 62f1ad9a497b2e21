// Differences, log ratios and relative entropies of products. The log densities and divergences of gamma and beta
// distributions are built from these, so that neither they nor their derivatives are differences of large numbers. The
// functions are in math/density.hpp.
#pragma once

#include <hourglass/math/density.hpp>
#include <hourglass/ops/functions.hpp>

HOURGLASS_BEGIN
namespace ops {

/// a b - c d, rounded about once.
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
/// log(a b / (c d)), accurate even where the ratio is near 1.
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
/// x log(x / m) - x + m with x = a b and m = c d: a term of a relative entropy, or half of a Poisson deviance (Loader
/// 2000, "Fast and accurate computation of binomial probabilities"). Never negative, and zero where x = m.
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

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::difference_of_products);
HOURGLASS_OPERATION(hourglass::ops::log_ratio_of_products);
HOURGLASS_OPERATION(hourglass::ops::relative_entropy_of_products);
