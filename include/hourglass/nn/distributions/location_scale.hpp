// Distributions on the line with a location and a scale: normal, Laplace, logistic, Student's t; and the uniform one.
#pragma once

#include <hourglass/nn/distributions/distribution.hpp>

HOURGLASS_BEGIN
namespace ops {

// N(mu, sigma^2); over the elements of a vector it is the multivariate normal distribution with a diagonal covariance.
struct normal_family {
    static constexpr std::string_view name = "normal";
    static constexpr pathwise_form pathwise = pathwise_form::explicit_function;
    static constexpr int noise_leaves = 1;
    static constexpr auto log_prob(const auto& p, auto x) {
        auto sigma = p[1].value();
        auto distance = hourglass::square((x - p[0].value()) / sigma);
        auto twice_log = hadamard(p[1].log(), 2);
        return -hadamard(hourglass::sum(distance + twice_log + math::log_two_pi), 0.5);
    }
    static constexpr auto entropy(const auto& p) {
        return sum_over<normal_family>(p, p[1].log() + (math::log_two_pi / 2 + 0.5));
    }
    template <bool Shared> static constexpr auto sample(const auto& p) {
        auto mu = p[0].value();
        auto sigma = p[1].value();
        return mu + hadamard(sigma, normal_numbers<normal_family, Shared>(p));
    }
};
// log(sigma_p / sigma_q) + (sigma_q^2 + (mu_q - mu_p)^2) / (2 sigma_p^2) - 1/2. Against the standard normal, whose
// constants fold away, it is Kingma and Welling 2013, appendix B, with the sign of a divergence.
template <> struct closed_divergence<normal_family, normal_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto variance = hourglass::square(q[1].value());
        auto mu = q[0].value();
        auto distance = mu - p[0].value();
        auto spread = variance + hourglass::square(distance);
        auto unit = hadamard(hourglass::square(p[1].value()), 2);
        auto scaled = spread / unit - 0.5;
        auto log_sigma = q[1].log();
        return hourglass::sum(scaled + (p[1].log() - log_sigma));
    }
};

// e^(-|x - mu| / b) / (2 b)
struct laplace_family {
    static constexpr std::string_view name = "laplace";
    static constexpr pathwise_form pathwise = pathwise_form::explicit_function;
    static constexpr int noise_leaves = 1;
    static constexpr double log_2 = 0.693147180559945309417232121458;
    static constexpr auto log_prob(const auto& p, auto x) {
        auto b = p[1].value();
        auto distance = hourglass::abs(x - p[0].value()) / b;
        return -hourglass::sum(distance + (p[1].log() + log_2));
    }
    static constexpr auto entropy(const auto& p) { return sum_over<laplace_family>(p, p[1].log() + (1 + log_2)); }
    // mu - b sgn(u - 1/2) log(1 - 2 |u - 1/2|)
    template <bool Shared> static constexpr auto sample(const auto& p) {
        auto mu = p[0].value();
        auto b = p[1].value();
        auto v = open_uniform<laplace_family, Shared>(p) - 0.5;
        auto depth = hourglass::log1p(hadamard(hourglass::abs(v), -2));
        return mu - hadamard(b, hadamard(hourglass::sign(v), depth));
    }
};
// With d = |mu_q - mu_p|: log(b_p / b_q) + (b_q e^(-d / b_q) + d) / b_p - 1 (Gil, Alajaji and Linder 2013, "Renyi
// divergence measures for commonly used univariate continuous distributions", table 2).
template <> struct closed_divergence<laplace_family, laplace_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto of_q = q[1].value();
        auto of_p = p[1].value();
        auto mu = q[0].value();
        auto distance = hourglass::abs(mu - p[0].value());
        auto spread = hadamard(of_q, hourglass::exp(-distance / of_q)) + distance;
        auto log_q = q[1].log();
        auto log_ratio = p[1].log() - log_q;
        return hourglass::sum(spread / of_p - 1 + log_ratio);
    }
};

// e^-t / (s (1 + e^-t)^2), t = (x - mu) / s
struct logistic_family {
    static constexpr std::string_view name = "logistic";
    static constexpr pathwise_form pathwise = pathwise_form::explicit_function;
    static constexpr int noise_leaves = 1;
    static constexpr auto log_prob(const auto& p, auto x) {
        auto s = p[1].value();
        auto t = hourglass::abs(x - p[0].value()) / s; // symmetric, and e^-t does not overflow
        auto twice = hadamard(hourglass::softplus(-t), 2);
        return -hourglass::sum(p[1].log() + t + twice);
    }
    static constexpr auto entropy(const auto& p) { return sum_over<logistic_family>(p, p[1].log() + 2); }
    // mu + s (log u - log(1 - u))
    template <bool Shared> static constexpr auto sample(const auto& p) {
        auto mu = p[0].value();
        auto s = p[1].value();
        auto u = open_uniform<logistic_family, Shared>(p);
        auto above = hourglass::log1p(-u);
        return mu + hadamard(s, hourglass::log(u) - above);
    }
};

// With nu degrees of freedom about mu: Gamma((nu + 1) / 2) / (Gamma(nu / 2) (pi nu)^(1/2) sigma) (1 + t^2 / nu)^(-(nu +
// 1) / 2), t = (x - mu) / sigma
struct student_t_family {
    static constexpr std::string_view name = "student_t";
    static constexpr pathwise_form pathwise = pathwise_form::implicit_quantile;
    static constexpr int noise_leaves = 2;
    static constexpr double half_log_pi = 0.572364942924700087071713675677;
    // log Gamma((nu + 1) / 2) - log Gamma(nu / 2) - log(pi nu) / 2
    static constexpr auto log_norm(const auto& p) {
        auto half = hadamard(p[0].value(), 0.5);
        auto upper = hourglass::log_gamma(half + 0.5);
        auto ratio = upper - hourglass::log_gamma(half);
        return ratio - hadamard(p[0].log(), 0.5) - half_log_pi;
    }
    static constexpr auto log_prob(const auto& p, auto x) {
        auto nu = p[0].value();
        auto sigma = p[2].value();
        auto squared = hourglass::square((x - p[1].value()) / sigma);
        auto power = hadamard(nu + 1, 0.5);
        auto tail = hadamard(power, hourglass::log1p(squared / nu));
        auto norm = log_norm(p);
        return hourglass::sum(norm - p[2].log() - tail);
    }
    // (nu + 1) / 2 (psi((nu + 1) / 2) - psi(nu / 2)) - log of the norm above (Lazo and Rathie 1978)
    static constexpr auto entropy(const auto& p) {
        auto nu = p[0].value();
        auto half = hadamard(nu, 0.5);
        auto upper = hourglass::digamma(half + 0.5);
        auto difference = upper - hourglass::digamma(half);
        auto slope = hadamard(hadamard(nu + 1, 0.5), difference);
        auto rest = slope - log_norm(p);
        return sum_over<student_t_family>(p, rest + p[2].log());
    }
    // mu + sigma n (nu / 2 / g)^(1/2), n standard normal and g gamma of the shape nu / 2
    template <bool Shared> static constexpr auto sample(const auto& p) {
        auto half = hadamard(p[0].value(), 0.5);
        auto mu = p[1].value();
        auto sigma = p[2].value();
        auto n = normal_numbers<student_t_family, Shared>(p);
        auto log_g = hourglass::log_gamma_quantile(half, open_uniform<student_t_family, Shared>(p));
        auto widened = hourglass::exp(hadamard(hourglass::log(half) - log_g, 0.5));
        return mu + hadamard(sigma, hadamard(n, widened));
    }
};

// 1 / (high - low) on [low, high]
struct uniform_family {
    static constexpr std::string_view name = "uniform";
    static constexpr pathwise_form pathwise = pathwise_form::explicit_function;
    static constexpr int noise_leaves = 1;
    static constexpr double infinity = std::numeric_limits<double>::infinity();
    static constexpr auto log_prob(const auto& p, auto x) {
        auto low = p[0].value();
        auto high = p[1].value();
        auto not_below = x >= low;
        auto inside = hadamard(not_below, x <= high);
        return hourglass::sum(hourglass::where(inside, -hourglass::log(high - low), -infinity));
    }
    static constexpr auto entropy(const auto& p) {
        auto low = p[0].value();
        return sum_over<uniform_family>(p, hourglass::log(p[1].value() - low));
    }
    template <bool Shared> static constexpr auto sample(const auto& p) {
        auto low = p[0].value();
        auto width = p[1].value() - low;
        return low + hadamard(width, open_uniform<uniform_family, Shared>(p));
    }
};
// The log of the ratio of the widths where p reaches as far as q, else infinite.
template <> struct closed_divergence<uniform_family, uniform_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto low = q[0].value();
        auto high = q[1].value();
        auto other_low = p[0].value();
        auto other_high = p[1].value();
        auto from_below = low >= other_low;
        auto inside = hadamard(from_below, high <= other_high);
        auto log_width = hourglass::log(high - low);
        auto ratio = hourglass::log(other_high - other_low) - log_width;
        return hourglass::sum(hourglass::where(inside, ratio, uniform_family::infinity));
    }
};

}

// The normal distribution of mean mu and deviation sigma.
template <operand_or_number M, operand_or_number S> constexpr auto normal(const M& mu, const S& sigma) {
    return make_distribution<ops::normal_family>(mu, sigma);
}
inline constexpr auto standard_normal = make_distribution<ops::normal_family>(0, 1);
// The Laplace distribution of mean mu and scale b.
template <operand_or_number M, operand_or_number B> constexpr auto laplace(const M& mu, const B& b) {
    return make_distribution<ops::laplace_family>(mu, b);
}
// The logistic distribution of mean mu and scale s.
template <operand_or_number M, operand_or_number S> constexpr auto logistic(const M& mu, const S& s) {
    return make_distribution<ops::logistic_family>(mu, s);
}
// Student's t distribution with nu degrees of freedom, about mu, scaled by sigma.
template <operand_or_number N, operand_or_number M, operand_or_number S>
constexpr auto student_t(const N& nu, const M& mu, const S& sigma) {
    return make_distribution<ops::student_t_family>(nu, mu, sigma);
}
// The uniform distribution from low to high.
template <operand_or_number L, operand_or_number H> constexpr auto uniform(const L& low, const H& high) {
    return make_distribution<ops::uniform_family>(low, high);
}

HOURGLASS_END
