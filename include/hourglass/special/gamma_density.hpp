// The log density of the gamma distribution without its norm, which is in special/stirling.hpp. Neither it nor its
// derivatives are computed as differences of large numbers.
#pragma once

#include <hourglass/special/relative_entropy.hpp>

HOURGLASS_BEGIN
namespace ops {

/// (a - 1) / x - rate: the derivative of the gamma distribution's log density, for x >= 0.
struct gamma_log_slope : elementwise<3> {
    static constexpr std::string_view name = "gamma_log_slope";
    template <class V> static constexpr V forward(const V& a, const V& rate, const V& x) {
        return math::gamma_log_slope(a, rate, x);
    }
    template <class H> static constexpr auto derivative(H a, H, H x, H, H g) {
        auto in_a = g / x;
        // At zero, a power whose exponent is zero has no derivatives.
        auto without_power = a == 1;
        auto y = hourglass::where(hadamard(without_power, x == 0), 1, x);
        auto in_x = hadamard(g / y, (1 - a) / y);
        return std::array{in_a, -g, in_x};
    }
};
/// The log density at x of the gamma distribution of shape a and the given rate, plus stirling_remainder(0, a): minus
/// the relative entropy of a from rate x, minus log x. Minus infinity for x < 0, with derivative zero.
struct gamma_log_kernel : elementwise<3> {
    static constexpr std::string_view name = "gamma_log_kernel";
    template <class V> static constexpr V forward(const V& a, const V& rate, const V& x) {
        return math::gamma_log_kernel(a, rate, x);
    }
    template <class H> static constexpr auto derivative(H a, H rate, H x, H, H g) {
        auto outside = x < 0;
        auto inside = hourglass::where(outside, 0, g);
        auto y = hourglass::where(outside, 1, x);
        auto excess = apply_operation(difference_of_products{}, a, 1, rate, y);
        auto in_a = hadamard(inside, apply_operation(log_ratio_of_products{}, rate, y, a, 1));
        auto in_rate = hadamard(inside, excess / rate);
        auto in_x = hadamard(inside, apply_operation(gamma_log_slope{}, a, rate, y));
        return std::array{in_a, in_rate, in_x};
    }
};

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::gamma_log_slope);
HOURGLASS_OPERATION(hourglass::ops::gamma_log_kernel);
