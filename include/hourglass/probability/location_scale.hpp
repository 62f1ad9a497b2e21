// Distributions on the line with a location and a scale: Laplace and logistic; and the uniform distribution. The normal
// distribution is in probability/normal.hpp, Student's t in probability/student_t.hpp.
#pragma once

#include <hourglass/probability/scale.hpp>
#include <hourglass/special/laplace_density.hpp>

HOURGLASS_BEGIN
namespace ops {

// e^(-|x - mu| / b) / (2 b)
struct laplace_family {
    static constexpr std::string_view name = "laplace";
    static constexpr pathwise_form pathwise = pathwise_form::explicit_function;
    static constexpr int noise_leaves = 1;
    static constexpr double log_2 = 0.693147180559945309417232121458;
    static constexpr auto log_prob(const auto& p, auto x) {
        auto distance = p[1].under(hourglass::abs(x - p[0].value()));
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
// divergence measures for commonly used univariate continuous distributions", table 2). This is r - 1 - log r with r =
// b_q / b_p, plus (d - b_q (1 - e^(-d / b_q))) / b_p. Neither part is negative.
template <> struct closed_divergence<laplace_family, laplace_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto mu = q[0].value();
        auto distance = mu - p[0].value();
        auto log_b = q[1].log();
        auto of_distance = p[1].under(apply_operation(laplace_distance{}, distance, log_b, q[1].value()));
        return hourglass::sum(gap_of_ratio(q[1], p[1]) + of_distance);
    }
};

// e^-t / (s (1 + e^-t)^2) = 1 / (4 s cosh(t / 2)^2), t = (x - mu) / s
struct logistic_family {
    static constexpr std::string_view name = "logistic";
    static constexpr pathwise_form pathwise = pathwise_form::explicit_function;
    static constexpr int noise_leaves = 1;
    static constexpr double log_2 = 0.693147180559945309417232121458;
    static constexpr auto log_prob(const auto& p, auto x) {
        auto distance = x - p[0].value();
        auto t = p[1].under(distance);
        auto twice = hadamard(apply_operation(log_cosh{}, hadamard(t, 0.5)) + log_2, 2);
        return -hourglass::sum(twice + p[1].log());
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

// 1 / (high - low) on [low, high]
struct uniform_family {
    static constexpr std::string_view name = "uniform";
    static constexpr pathwise_form pathwise = pathwise_form::explicit_function;
    static constexpr int noise_leaves = 1;
    static constexpr double infinity = std::numeric_limits<double>::infinity();
    static constexpr auto log_prob(const auto& p, auto x) {
        auto low = p[0].value();
        auto high = p[1].value();
        auto below = low - x;
        auto outside = hourglass::stop_gradient(hourglass::max(below, x - high)); // NaN if any operand is
        auto beyond = hourglass::where(outside > 0, -infinity, outside);
        auto inside = outside <= 0;
        return hourglass::sum(hourglass::where(inside, -hourglass::log(high - low), beyond));
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
// The log of the ratio of the widths if p covers the interval of q, else infinite.
template <> struct closed_divergence<uniform_family, uniform_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto low = q[0].value();
        auto high = q[1].value();
        auto below = low - p[0].value();
        auto above = p[1].value() - high;
        auto ratio = hourglass::log1p((below + above) / (high - low));
        auto least = hourglass::stop_gradient(hourglass::min(below, above)); // NaN if any operand is
        auto outside = hourglass::where(least < 0, uniform_family::infinity, least);
        auto inside = least >= 0;
        return hourglass::sum(hourglass::where(inside, ratio, outside));
    }
};

}

/// The Laplace distribution with mean mu and scale b > 0; density e^(-|x - mu| / b) / (2 b).
template <operand_or_number M, operand_or_number B> constexpr auto laplace(const M& mu, const B& b) {
    return make_distribution<ops::laplace_family>(mu, b);
}
/// The logistic distribution with mean mu and scale s > 0.
template <operand_or_number M, operand_or_number S> constexpr auto logistic(const M& mu, const S& s) {
    return make_distribution<ops::logistic_family>(mu, s);
}
/// The uniform distribution on [low, high].
template <operand_or_number L, operand_or_number H> constexpr auto uniform(const L& low, const H& high) {
    return make_distribution<ops::uniform_family>(low, high);
}

HOURGLASS_END
