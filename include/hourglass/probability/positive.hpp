// Distributions of positive numbers and of fractions: exponential, gamma, beta.
#pragma once

#include <hourglass/probability/scale.hpp>
#include <hourglass/special/beta_density.hpp>
#include <hourglass/special/gamma_density.hpp>
#include <hourglass/special/gamma_quantile.hpp>
#include <hourglass/special/stirling.hpp>

HOURGLASS_BEGIN
namespace ops {

// rate e^(-rate x) for x >= 0
struct exponential_family {
    static constexpr std::string_view name = "exponential";
    static constexpr pathwise_form pathwise = pathwise_form::explicit_function;
    static constexpr int noise_leaves = 1;
    static constexpr auto log_prob(const auto& p, auto x) {
        auto rate = p[0].value();
        auto decay = p[0].times(x);
        auto inside = p[0].log() - decay;
        auto below = x < 0;
        auto outside = hadamard(below, rate >= 0); // an invalid rate gives NaN
        return hourglass::sum(hourglass::where(outside, -std::numeric_limits<double>::infinity(), inside));
    }
    static constexpr auto entropy(const auto& p) { return hourglass::sum(1 - p[0].log()); }
    // -log(1 - u) / rate
    template <bool Shared> static constexpr auto sample(const auto& p) {
        auto rate = p[0].value();
        auto u = open_uniform<exponential_family, Shared>(p);
        return -hourglass::log1p(-u) / rate;
    }
};
// r - 1 - log r, where r is the ratio of p's rate to q's
template <> struct closed_divergence<exponential_family, exponential_family> {
    static constexpr auto build(const auto& q, const auto& p) { return hourglass::sum(gap_of_ratio(p[0], q[0])); }
};

// rate^alpha x^(alpha - 1) e^(-rate x) / Gamma(alpha) for x > 0
struct gamma_family {
    static constexpr std::string_view name = "gamma";
    static constexpr pathwise_form pathwise = pathwise_form::implicit_quantile;
    static constexpr int noise_leaves = 1;
    static constexpr auto log_prob(const auto& p, auto x) {
        auto alpha = p[0].value();
        auto kernel = apply_operation(gamma_log_kernel{}, alpha, p[1].value(), x);
        return hourglass::sum(kernel - apply_operation(stirling_remainder{}, 0, alpha));
    }
    // alpha + log Gamma(alpha) + (1 - alpha) psi(alpha) - log rate, with L = log Gamma(alpha) - (alpha log alpha -
    // alpha)
    static constexpr auto entropy(const auto& p) {
        auto alpha = p[0].value();
        auto exponent = 1 - alpha;
        auto slope = hadamard(exponent, apply_operation(stirling_remainder{}, 1, alpha));
        auto of_shape = apply_operation(stirling_remainder{}, 0, alpha) + slope;
        auto log_shape = p[0].log();
        auto log_scale = log_shape - p[1].log();
        return hourglass::sum(of_shape + log_scale);
    }
    // The quantile at u of shape alpha and rate 1, divided by the rate; at least the smallest normal float, so that its
    // log is finite.
    static constexpr double smallest = 0x1p-126;
    template <bool Shared> static constexpr auto sample(const auto& p) {
        auto alpha = p[0].value();
        auto log_rate = p[1].log();
        auto log_z = hourglass::log_gamma_quantile(alpha, open_uniform<gamma_family, Shared>(p));
        return hourglass::max(hourglass::exp(log_z - log_rate), smallest);
    }
};
// With shapes a of q and b of p: (a - b) psi(a) - log Gamma(a) + log Gamma(b) + b log(rate_q / rate_p) + a (rate_p /
// rate_q - 1) (Penny 2001, "KL-divergences of normal, gamma, Dirichlet and Wishart densities"). This is b log(b / m) -
// b + m with m = a rate_p / rate_q, plus the divergence of L from its tangent at a. Neither part is negative.
template <> struct closed_divergence<gamma_family, gamma_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto a = q[0].value();
        auto b = p[0].value();
        auto rate = q[1].value();
        auto of_rates = apply_operation(relative_entropy_of_products{}, b, rate, a, p[1].value()) / rate;
        return hourglass::sum(of_rates + apply_operation(stirling_divergence{}, b, a));
    }
};

// x^(a - 1) (1 - x)^(b - 1) / B(a, b) for 0 < x < 1
struct beta_family {
    static constexpr std::string_view name = "beta";
    static constexpr pathwise_form pathwise = pathwise_form::implicit_quantile;
    static constexpr int noise_leaves = 2;
    static constexpr auto log_prob(const auto& p, auto x) {
        auto a = p[0].value();
        auto b = p[1].value();
        auto kernel = apply_operation(beta_log_kernel{}, a, b, x);
        return hourglass::sum(kernel - apply_operation(beta_remainder{}, a, b));
    }
    // log B(a, b) - (a - 1) psi(a) - (b - 1) psi(b) + (a + b - 2) psi(a + b), with L = log Gamma(x) - (x log x - x)
    static constexpr auto entropy(const auto& p) {
        auto a = p[0].value();
        auto b = p[1].value();
        auto both = a + b;
        const auto of = [](auto x, auto exponent) { // L - exponent L'
            auto slope = hadamard(exponent, apply_operation(stirling_remainder{}, 1, x));
            return apply_operation(stirling_remainder{}, 0, x) - slope;
        };
        auto of_a = of(a, a - 1);
        auto whole = of_a + of(b, b - 1);
        auto rest = whole - of(both, both - 2);
        auto log_a = apply_operation(log_ratio_of_products{}, a, 1, both, 1); // the quotient may underflow
        auto logs = log_a + apply_operation(log_ratio_of_products{}, b, 1, both, 1);
        return hourglass::sum(rest + logs);
    }
    // g / (g + h) of two gamma draws, as the sigmoid of log g - log h, which keeps its digits if both are tiny. Lies
    // between the smallest normal float and the largest below 1, so that the logs of x and 1 - x are finite.
    template <bool Shared> static constexpr auto sample(const auto& p) {
        auto a = p[0].value();
        auto b = p[1].value();
        auto log_g = hourglass::log_gamma_quantile(a, open_uniform<beta_family, Shared>(p));
        auto log_h = hourglass::log_gamma_quantile(b, open_uniform<beta_family, Shared>(p));
        return hourglass::clamp(hourglass::sigmoid(log_g - log_h), gamma_family::smallest, 1 - 0x1p-24);
    }
};
// The difference of the log B plus differences of exponents times psi (Gil et al. 2013, table 2), as one function.
template <> struct closed_divergence<beta_family, beta_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto a = q[0].value();
        auto b = q[1].value();
        auto other_a = p[0].value();
        return hourglass::sum(apply_operation(beta_divergence{}, a, b, other_a, p[1].value()));
    }
};

}

/// The exponential distribution with the given rate > 0; mean 1 / rate.
template <operand_or_number R> constexpr auto exponential(const R& rate) {
    return make_distribution<ops::exponential_family>(rate);
}
/// The gamma distribution with shape alpha > 0 and the given rate > 0; mean alpha / rate.
template <operand_or_number A, operand_or_number R> constexpr auto gamma(const A& alpha, const R& rate) {
    return make_distribution<ops::gamma_family>(alpha, rate);
}
/// The beta distribution on (0, 1) with density proportional to x^(a - 1) (1 - x)^(b - 1).
template <operand_or_number A, operand_or_number B> constexpr auto beta(const A& a, const B& b) {
    return make_distribution<ops::beta_family>(a, b);
}

HOURGLASS_END
