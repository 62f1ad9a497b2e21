// The log density of the beta distribution without its norm, which is in special/stirling.hpp, and its divergence.
// Neither they nor their derivatives are computed as differences of large numbers.
#pragma once

#include <hourglass/math/density.hpp>
#include <hourglass/math/stirling.hpp>
#include <hourglass/special/gamma.hpp>

HOURGLASS_BEGIN
namespace ops {

/// log((a + b) x / a): the log ratio of x to the mean of the beta distribution.
struct beta_log_ratio : elementwise<3> {
    static constexpr std::string_view name = "beta_log_ratio";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& x) {
        return math::beta_log_ratio(a, b, x);
    }
    template <class H> static constexpr auto derivative(H a, H b, H x, H, H g) {
        auto share = g / (a + b);
        auto in_a = -hadamard(share, b / a);
        return std::array{in_a, share, g / x};
    }
};
/// log((a + b) (1 - x) / b)
struct beta_log_ratio_of_rest : elementwise<3> {
    static constexpr std::string_view name = "beta_log_ratio_of_rest";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& x) {
        return math::beta_log_ratio_of_rest(a, b, x);
    }
    template <class H> static constexpr auto derivative(H a, H b, H x, H, H g) {
        auto share = g / (a + b);
        auto in_b = -hadamard(share, a / b);
        return std::array{share, in_b, -(g / (1 - x))};
    }
};
/// (a - 1) / x - (b - 1) / (1 - x): the derivative of the beta distribution's log density; zero outside of [0, 1].
struct beta_log_slope : elementwise<3> {
    static constexpr std::string_view name = "beta_log_slope";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& x) {
        return math::beta_log_slope(a, b, x);
    }
    template <class H> static constexpr auto derivative(H a, H b, H x, H, H g) {
        auto outside = hadamard(x, 1 - x) < 0;
        auto inside = hourglass::where(outside, 0, g);
        auto in_a = inside / x;
        auto rest = 1 - x;
        auto in_b = -(inside / rest);
        // At an end, a power whose exponent is zero has no derivatives.
        auto without_a = a == 1;
        auto without_b = b == 1;
        auto of_x = hourglass::where(hadamard(without_a, x == 0), 1, x);
        auto of_rest = hourglass::where(hadamard(without_b, x == 1), 1, rest);
        auto of_a = hadamard(inside / of_x, (1 - a) / of_x);
        auto of_b = -hadamard(inside / of_rest, (b - 1) / of_rest);
        return std::array{in_a, in_b, of_a + of_b};
    }
};
/// The log density at x of the beta distribution with exponents a - 1 and b - 1, plus L(a) + L(b) - L(a + b) with L the
/// stirling_remainder: minus the relative entropy of (a, b) from (a + b) (x, 1 - x), minus the logarithms of x and 1 -
/// x. Minus infinity outside of [0, 1], with derivative zero.
struct beta_log_kernel : elementwise<3> {
    static constexpr std::string_view name = "beta_log_kernel";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& x) {
        return math::beta_log_kernel(a, b, x);
    }
    template <class H> static constexpr auto derivative(H a, H b, H x, H, H g) {
        auto outside = hadamard(x, 1 - x) < 0;
        auto inside = hourglass::where(outside, 0, g);
        auto y = hourglass::where(outside, 0.5, x);
        auto in_a = hadamard(inside, apply_operation(beta_log_ratio{}, a, b, y));
        auto in_b = hadamard(inside, apply_operation(beta_log_ratio_of_rest{}, a, b, y));
        return std::array{in_a, in_b, hadamard(inside, apply_operation(beta_log_slope{}, a, b, y))};
    }
};

// The divergence of the beta distribution with a, b from that with c, d, and its derivatives in a and in c. Doubles are
// computed in long double, which has more digits on x86 and ARM, since some cancel where b is far smaller than a.
template <class Op> struct of_beta_pair : elementwise<4> {
    template <class T> static constexpr T of_numbers(const T& a, const T& b, const T& c, const T& d) {
        if constexpr (std::is_same_v<T, double>)
            if (!std::is_constant_evaluated())
                return static_cast<T>(Op::value(math::beta_pair<long double>(a, b, c, d)));
        return Op::value(math::beta_pair<T>(a, b, c, d));
    }
    template <class V> static constexpr V forward(const V& a, const V& b, const V& c, const V& d) {
        return math::lane_by_lane(
            [](const auto& p, const auto& q, const auto& r, const auto& s) { return of_numbers(p, q, r, s); }, a, b, c,
            d);
    }
};
// The polygamma function of order n.
template <class H> constexpr H polygamma_of(int n, H x) { return apply_operation(polygamma{}, n, x); }

/// The derivative of beta_divergence in c: psi(c) - psi(c + d) minus psi(a) - psi(a + b).
struct beta_divergence_in_second : of_beta_pair<beta_divergence_in_second> {
    static constexpr std::string_view name = "beta_divergence_in_second";
    static constexpr auto value(const auto& pair) { return pair.slope_of_second(); }
    template <class H> static constexpr auto derivative(H a, H b, H c, H d, H, H g) {
        auto of_first = polygamma_of(1, a + b);
        auto of_second = polygamma_of(1, c + d);
        auto in_a = hadamard(g, of_first - polygamma_of(1, a));
        auto in_b = hadamard(g, of_first);
        auto in_c = hadamard(g, polygamma_of(1, c) - of_second);
        return std::array{in_a, in_b, in_c, -hadamard(g, of_second)};
    }
};
/// The derivative of beta_divergence in a: psi'(a + b) ((c - a) + (d - b)) - psi'(a) (c - a).
struct beta_divergence_in_first : of_beta_pair<beta_divergence_in_first> {
    static constexpr std::string_view name = "beta_divergence_in_first";
    static constexpr auto value(const auto& pair) { return pair.slope_of_first(); }
    template <class H> static constexpr auto derivative(H a, H b, H c, H d, H, H g) {
        auto both = a + b;
        auto more_a = c - a;
        auto more = more_a + (d - b);
        auto of_both = polygamma_of(1, both);
        auto curvature = of_both - polygamma_of(1, a);
        auto of_more = hadamard(polygamma_of(2, both), more) - of_both;
        auto of_a = hadamard(polygamma_of(2, a), more_a) - polygamma_of(1, a);
        auto in_a = hadamard(g, of_more - of_a);
        auto in_b = hadamard(g, of_more);
        auto in_c = hadamard(g, curvature);
        return std::array{in_a, in_b, in_c, hadamard(g, of_both)};
    }
};
/// The divergence of the beta distribution with exponents a - 1 and b - 1 from that with c - 1 and d - 1.
struct beta_divergence : of_beta_pair<beta_divergence> {
    static constexpr std::string_view name = "beta_divergence";
    static constexpr auto value(const auto& pair) { return pair.divergence(); }
    template <class H> static constexpr auto derivative(H a, H b, H c, H d, H, H g) {
        auto in_a = hadamard(g, apply_operation(beta_divergence_in_first{}, a, b, c, d));
        auto in_b = hadamard(g, apply_operation(beta_divergence_in_first{}, b, a, d, c));
        auto in_c = hadamard(g, apply_operation(beta_divergence_in_second{}, a, b, c, d));
        return std::array{in_a, in_b, in_c, hadamard(g, apply_operation(beta_divergence_in_second{}, b, a, d, c))};
    }
};

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::beta_log_ratio);
HOURGLASS_OPERATION(hourglass::ops::beta_log_ratio_of_rest);
HOURGLASS_OPERATION(hourglass::ops::beta_log_slope);
HOURGLASS_OPERATION(hourglass::ops::beta_log_kernel);
HOURGLASS_OPERATION(hourglass::ops::beta_divergence_in_second);
HOURGLASS_OPERATION(hourglass::ops::beta_divergence_in_first);
HOURGLASS_OPERATION(hourglass::ops::beta_divergence);
