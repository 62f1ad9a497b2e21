// The logarithm of the gamma function and its derivatives. These are a family with a number for its first operand,
// whose members are one another's derivatives: so there are derivatives of every order up to the 12th, and no number
// beyond. The number is rounded to a whole one, and nothing is differentiated for it. Quantiles of the gamma
// distribution are in special/gamma_quantile.hpp.
#pragma once

#include <hourglass/ops/functions.hpp>

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

}

template <operand X> constexpr auto log_gamma(const X& x) { return apply_operation(ops::log_gamma{}, x); }
template <operand X> constexpr auto digamma(const X& x) { return apply_operation(ops::digamma{}, x); }
template <number N, operand X> constexpr auto polygamma(N n, const X& x) {
    return apply_operation(ops::polygamma{}, n, x);
}

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::log_gamma);
HOURGLASS_OPERATION(hourglass::ops::digamma);
HOURGLASS_OPERATION(hourglass::ops::polygamma);
