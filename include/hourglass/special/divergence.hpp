// The gaps between exp or log and their tangents: operations for divergences of distributions with a scale. Neither
// these nor their derivatives are computed as differences of large numbers. The functions are in math/divergence.hpp.
// Relative entropies are in special/relative_entropy.hpp; operations of one family are in that family's header.
#pragma once

#include <hourglass/math/divergence.hpp>
#include <hourglass/ops/functions.hpp>

HOURGLASS_BEGIN
namespace ops {

/// a / b - 1 - log(a / b), the Itakura-Saito divergence: never negative, and zero where a = b.
struct itakura_saito : elementwise<2> {
    static constexpr std::string_view name = "itakura_saito";
    template <class V> static constexpr V forward(const V& a, const V& b) { return math::itakura_saito(a, b); }
    template <class H> static constexpr auto derivative(H a, H b, H, H g) {
        auto share = hadamard(g, (a - b) / b);
        auto in_a = share / a;
        return std::array{in_a, -(share / b)};
    }
};
/// e^x - 1 - x: never negative, with all digits near zero.
struct expm1_minus : elementwise<1> {
    static constexpr std::string_view name = "expm1_minus";
    template <class V> static constexpr V forward(const V& x) { return math::expm1_minus(x); }
    template <class H> static constexpr H derivative(H x, H, H g) { return hadamard(g, apply_operation(expm1{}, x)); }
};

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::itakura_saito);
HOURGLASS_OPERATION(hourglass::ops::expm1_minus);
