// Distributions of positive numbers, of parts and of angles: exponential, gamma, beta, von Mises.
#pragma once

#include <hourglass/nn/distributions/distribution.hpp>

HOURGLASS_BEGIN
namespace ops {

// rate e^(-rate x) for x >= 0
struct exponential_family {
    static constexpr std::string_view name = "exponential";
    static constexpr pathwise_form pathwise = pathwise_form::explicit_function;
    static constexpr int noise_leaves = 1;
    static constexpr auto log_prob(const auto& p, auto x) {
        auto rate = p[0].value();
        auto decay = hadamard(rate, x);
        auto inside = p[0].log() - decay;
        return hourglass::sum(hourglass::where(x >= 0, inside, -std::numeric_limits<double>::infinity()));
    }
    static constexpr auto entropy(const auto& p) { return hourglass::sum(1 - p[0].log()); }
    // -log(1 - u) / rate
    template <bool Shared> static constexpr auto sample(const auto& p) {
        auto rate = p[0].value();
        auto u = open_uniform<exponential_family, Shared>(p);
        return -hourglass::log1p(-u) / rate;
    }
};
// r - 1 - log r with the ratio r of p's rate to q's
template <> struct closed_divergence<exponential_family, exponential_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto log_q = q[0].log();
        auto log_ratio = p[0].log() - log_q;
        return hourglass::sum(hourglass::expm1(log_ratio) - log_ratio);
    }
};

// rate^alpha x^(alpha - 1) e^(-rate x) / Gamma(alpha) for x > 0
struct gamma_family {
    static constexpr std::string_view name = "gamma";
    static constexpr pathwise_form pathwise = pathwise_form::implicit_quantile;
    static constexpr int noise_leaves = 1;
    static constexpr auto log_prob(const auto& p, auto x) {
        auto alpha = p[0].value();
        auto decay = hadamard(p[1].value(), x);
        auto of_rate = hadamard(alpha, p[1].log()) - decay;
        auto exponent = alpha - 1;
        auto power = hadamard(exponent, hourglass::log(x));
        auto of_shape = power - hourglass::log_gamma(alpha);
        return hourglass::sum(of_rate + of_shape);
    }
    static constexpr auto entropy(const auto& p) {
        auto alpha = p[0].value();
        auto exponent = 1 - alpha;
        auto slope = hadamard(exponent, hourglass::digamma(alpha));
        auto of_shape = alpha + hourglass::log_gamma(alpha) + slope;
        return hourglass::sum(of_shape - p[1].log());
    }
    // The quantile of shape alpha and rate 1 at u, over the rate; at least the smallest float, since log x of it is to
    // be finite.
    static constexpr double smallest = 0x1p-126;
    template <bool Shared> static constexpr auto sample(const auto& p) {
        auto alpha = p[0].value();
        auto log_rate = p[1].log();
        auto log_z = hourglass::log_gamma_quantile(alpha, open_uniform<gamma_family, Shared>(p));
        return hourglass::max(hourglass::exp(log_z - log_rate), smallest);
    }
};
// (a - b) psi(a) - log Gamma(a) + log Gamma(b) + b log(rate_q / rate_p) + a (rate_p / rate_q - 1), a and b the shapes
// of q and p (Penny 2001, "KL-divergences of normal, gamma, Dirichlet and Wishart densities").
template <> struct closed_divergence<gamma_family, gamma_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto a = q[0].value();
        auto b = p[0].value();
        auto log_q = q[1].log();
        auto log_ratio = p[1].log() - log_q;
        auto of_log = hadamard(b, log_ratio);
        auto of_rates = hadamard(a, hourglass::expm1(log_ratio)) - of_log;
        auto normaliser = hourglass::log_gamma(a);
        auto normalisers = hourglass::log_gamma(b) - normaliser;
        auto more = a - b;
        auto of_shapes = hadamard(more, hourglass::digamma(a)) + normalisers;
        return hourglass::sum(of_shapes + of_rates);
    }
};

// x^(a - 1) (1 - x)^(b - 1) / B(a, b) for 0 < x < 1
struct beta_family {
    static constexpr std::string_view name = "beta";
    static constexpr pathwise_form pathwise = pathwise_form::implicit_quantile;
    static constexpr int noise_leaves = 2;
    static constexpr auto log_beta(auto a, auto b) {
        auto of_a = hourglass::log_gamma(a);
        auto of_b = hourglass::log_gamma(b);
        auto both = of_a + of_b;
        return both - hourglass::log_gamma(a + b);
    }
    static constexpr auto log_prob(const auto& p, auto x) {
        auto a = p[0].value();
        auto b = p[1].value();
        auto exponent = a - 1;
        auto of_x = hadamard(exponent, hourglass::log(x));
        auto other_exponent = b - 1;
        auto of_rest = hadamard(other_exponent, hourglass::log1p(-x));
        auto both = of_x + of_rest;
        return hourglass::sum(both - log_beta(a, b));
    }
    static constexpr auto entropy(const auto& p) {
        auto a = p[0].value();
        auto b = p[1].value();
        auto less_a = a - 1;
        auto of_a = hadamard(less_a, hourglass::digamma(a));
        auto less_b = b - 1;
        auto of_b = hadamard(less_b, hourglass::digamma(b));
        auto both = a + b;
        auto less_both = both - 2;
        auto of_both = hadamard(less_both, hourglass::digamma(both));
        return hourglass::sum(log_beta(a, b) - of_a - of_b + of_both);
    }
    // g / (g + h) of two gamma draws: the sigmoid of log g - log h, which keeps digits where both are tiny;
    // between the smallest float and the largest below 1, since logs of it and of 1 - x are to be finite.
    template <bool Shared> static constexpr auto sample(const auto& p) {
        auto a = p[0].value();
        auto b = p[1].value();
        auto log_g = hourglass::log_gamma_quantile(a, open_uniform<beta_family, Shared>(p));
        auto log_h = hourglass::log_gamma_quantile(b, open_uniform<beta_family, Shared>(p));
        return hourglass::clamp(hourglass::sigmoid(log_g - log_h), gamma_family::smallest, 1 - 0x1p-24);
    }
};
// The difference of the log B and the differences of the exponents times psi (Gil et al. 2013, table 2).
template <> struct closed_divergence<beta_family, beta_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto a = q[0].value();
        auto b = q[1].value();
        auto other_a = p[0].value();
        auto other_b = p[1].value();
        auto normaliser = beta_family::log_beta(a, b);
        auto normalisers = beta_family::log_beta(other_a, other_b) - normaliser;
        auto more_a = a - other_a;
        auto more_b = b - other_b;
        auto of_a = hadamard(more_a, hourglass::digamma(a));
        auto of_b = hadamard(more_b, hourglass::digamma(b));
        auto more = more_a + more_b;
        auto of_both = hadamard(more, hourglass::digamma(a + b));
        return hourglass::sum(normalisers + of_a + of_b - of_both);
    }
};

// e^(kappa cos(x - mu)) / (2 pi I_0(kappa)): angles, one for each turn
struct von_mises_family {
    static constexpr std::string_view name = "von_mises";
    static constexpr pathwise_form pathwise = pathwise_form::implicit_quantile;
    static constexpr int noise_leaves = 1;
    static constexpr auto log_prob(const auto& p, auto x) {
        auto kappa = p[1].value();
        auto cosine = hourglass::cos(x - p[0].value());
        auto exponent = hadamard(kappa, cosine);
        return hourglass::sum(exponent - hourglass::log_bessel_i0(kappa) - math::log_two_pi);
    }
    static constexpr auto entropy(const auto& p) {
        auto kappa = p[1].value();
        auto mean = hadamard(kappa, hourglass::bessel_ratio(kappa));
        return sum_over<von_mises_family>(p, hourglass::log_bessel_i0(kappa) - mean + math::log_two_pi);
    }
    template <bool Shared> static constexpr auto sample(const auto& p) {
        auto mu = p[0].value();
        auto kappa = p[1].value();
        return mu + hourglass::von_mises_quantile(kappa, open_uniform<von_mises_family, Shared>(p));
    }
};
// A(kappa_q) (kappa_q - kappa_p cos(mu_q - mu_p)) + log I_0(kappa_p) - log I_0(kappa_q), A = I_1 / I_0 being the mean
// of the cosine (Mardia and Jupp 2000, 3.5.21).
template <> struct closed_divergence<von_mises_family, von_mises_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto of_q = q[1].value();
        auto of_p = p[1].value();
        auto mu = q[0].value();
        auto cosine = hourglass::cos(mu - p[0].value());
        auto difference = of_q - hadamard(of_p, cosine);
        auto exponent = hadamard(hourglass::bessel_ratio(of_q), difference);
        auto normaliser = hourglass::log_bessel_i0(of_q);
        return hourglass::sum(exponent + (hourglass::log_bessel_i0(of_p) - normaliser));
    }
};

}

// The exponential distribution of the given rate.
template <operand_or_number R> constexpr auto exponential(const R& rate) {
    return make_distribution<ops::exponential_family>(rate);
}
// The gamma distribution of shape alpha and the given rate.
template <operand_or_number A, operand_or_number R> constexpr auto gamma(const A& alpha, const R& rate) {
    return make_distribution<ops::gamma_family>(alpha, rate);
}
// The beta distribution, with a - 1 and b - 1 for exponents.
template <operand_or_number A, operand_or_number B> constexpr auto beta(const A& a, const B& b) {
    return make_distribution<ops::beta_family>(a, b);
}
// The von Mises distribution about the angle mu, of concentration kappa. Draws lie within pi of mu.
template <operand_or_number M, operand_or_number K> constexpr auto von_mises(const M& mu, const K& kappa) {
    return make_distribution<ops::von_mises_family>(mu, kappa);
}

HOURGLASS_END
