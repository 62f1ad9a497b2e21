// The logarithm of the gamma function and its derivatives. They form a family: the first operand is the order, and each
// member is the derivative of the one before. So there are derivatives of every order up to 12, and NaN beyond. The
// order is rounded to an integer and not differentiated. Quantiles of the gamma distribution are in
// special/gamma_quantile.hpp.
#pragma once

#include <hourglass/ops/functions.hpp>

HOURGLASS_BEGIN
namespace ops {

/// polygamma(k - 1, x) is the k-th derivative of log Gamma: digamma, trigamma, ... For x > 0, NaN below; for orders up
/// to 12.
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
/// The derivative of log_gamma: minus infinity at 0, NaN below.
struct digamma : elementwise<1> {
    static constexpr std::string_view name = "digamma";
    template <class V> static constexpr V forward(const V& x) { return math::digamma(x); }
    template <class H> static constexpr H derivative(H x, H, H g) {
        return hadamard(g, apply_operation(polygamma{}, 1, x));
    }
};
/// log Gamma(x) for x > 0: infinity at 0, NaN below.
struct log_gamma : elementwise<1> {
    static constexpr std::string_view name = "log_gamma";
    template <class V> static constexpr V forward(const V& x) { return math::log_gamma(x); }
    template <class H> static constexpr H derivative(H x, H, H g) { return hadamard(g, apply_operation(digamma{}, x)); }
};

}

/// Returns log Gamma(x) for x > 0; infinity at 0, NaN below.
template <operand X> constexpr auto log_gamma(const X& x) { return apply_operation(ops::log_gamma{}, x); }
/// Returns the derivative of log Gamma at x > 0; minus infinity at 0, NaN below.
template <operand X> constexpr auto digamma(const X& x) { return apply_operation(ops::digamma{}, x); }
/// Returns the (n + 1)-th derivative of log Gamma at x > 0; NaN below. n is an integer up to 12.
template <number N, operand X> constexpr auto polygamma(N n, const X& x) {
    return apply_operation(ops::polygamma{}, n, x);
}

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::log_gamma);
HOURGLASS_OPERATION(hourglass::ops::digamma);
HOURGLASS_OPERATION(hourglass::ops::polygamma);
