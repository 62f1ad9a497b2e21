// Distributions on the line with a location and a scale: normal, Laplace, logistic, Student's t; and the uniform one.
#pragma once

#include <hourglass/probability/distribution.hpp>

HOURGLASS_BEGIN
namespace ops {

// A positive parameter whose logarithm is known without rounding: it is written exp(s), or is the number 1.
constexpr bool is_one(const auto& p) {
    const auto& at = p.written.at();
    return at.op->kind == operation_kind::literal && at.options.number == 1;
}
constexpr bool has_exact_log(const auto& p) { return p.as_exp || is_one(p); }
constexpr auto exact_log(const auto& p) { return p.as_exp ? p.written : p.written.convert(0.0); }
// r - 1 - log r of the ratio r of a to b: not negative, and with its digits where a is near b.
constexpr auto gap_of_ratio(const auto& a, const auto& b) {
    if (has_exact_log(a) && has_exact_log(b)) {
        auto of_a = exact_log(a);
        return apply_operation(expm1_minus{}, of_a - exact_log(b));
    }
    auto numerator = a.value();
    return apply_operation(itakura_saito{}, numerator, b.value());
}

// N(mu, sigma^2); over the elements of a vector it is the multivariate normal distribution with a diagonal covariance.
struct normal_family {
    static constexpr std::string_view name = "normal";
    static constexpr pathwise_form pathwise = pathwise_form::explicit_function;
    static constexpr int noise_leaves = 1;
    static constexpr auto log_prob(const auto& p, auto x) {
        auto distance = hourglass::square(p[1].under(x - p[0].value()));
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
// ((mu_q - mu_p)^2 / sigma_p^2 + v - 1 - log v) / 2 with the ratio v of the variances; v - 1 - log v is, with the ratio
// r of the deviations, (r - 1)^2 + 2 (r - 1 - log r). No term is negative. Against the standard normal it is Kingma and
// Welling 2013, appendix B, with the sign of a divergence; where sigma is exp(s) it takes e^(2 s) - 1 - 2 s.
template <> struct closed_divergence<normal_family, normal_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto mu = q[0].value();
        auto distance = mu - p[0].value();
        auto squared = hourglass::square(p[1].under(distance));
        if (has_exact_log(q[1]) && has_exact_log(p[1])) {
            auto log_q = exact_log(q[1]);
            auto log_ratio = log_q - exact_log(p[1]);
            auto gap = apply_operation(expm1_minus{}, hadamard(log_ratio, 2));
            return hadamard(hourglass::sum(gap + squared), 0.5);
        }
        auto gap = gap_of_ratio(q[1], p[1]);
        auto sigma = p[1].value();
        auto widened = hourglass::square((q[1].value() - sigma) / sigma);
        return hourglass::sum(hadamard(squared + widened, 0.5) + gap);
    }
};

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
// divergence measures for commonly used univariate continuous distributions", table 2), which is r - 1 - log r with r =
// b_q / b_p and (d - b_q (1 - e^(-d / b_q))) / b_p. Neither part is negative.
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

// With nu degrees of freedom about mu: Gamma((nu + 1) / 2) / (Gamma(nu / 2) (pi nu)^(1/2) sigma) (1 + t^2 / nu)^(-(nu +
// 1) / 2), t = (x - mu) / sigma. Of the logarithm of the norm log(2 pi) / 2 is there for every nu, and the rest, R(nu /
// 2), tends to zero: half_step_remainder.
struct student_t_family {
    static constexpr std::string_view name = "student_t";
    static constexpr pathwise_form pathwise = pathwise_form::implicit_quantile;
    static constexpr int noise_leaves = 2;
    static constexpr auto log_prob(const auto& p, auto x) {
        auto nu = p[0].value();
        auto rest = apply_operation(half_step_remainder{}, 0, hadamard(nu, 0.5));
        auto distance = x - p[1].value();
        auto log_scale = p[2].log();
        auto kernel = apply_operation(student_t_log_kernel{}, nu, distance, log_scale, p[2].value());
        auto norm = rest - math::log_two_pi / 2;
        return hourglass::sum(norm + kernel);
    }
    // (nu + 1) / 2 (psi((nu + 1) / 2) - psi(nu / 2)) - log of the norm (Lazo and Rathie 1978), with R' + 1 / nu for the
    // difference
    static constexpr auto entropy(const auto& p) {
        auto nu = p[0].value();
        auto half = hadamard(nu, 0.5);
        auto slope = apply_operation(half_step_remainder{}, 1, half);
        auto moved = hadamard(half + 0.5, slope);
        auto rest = moved - apply_operation(half_step_remainder{}, 0, half);
        auto of_nu = 0.5 / nu + (math::log_two_pi / 2 + 0.5);
        auto whole = rest + of_nu;
        return sum_over<student_t_family>(p, whole + p[2].log());
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
        auto below = low - x;
        auto outside = hourglass::stop_gradient(hourglass::max(below, x - high)); // no number where any of them is none
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
// The log of the ratio of the widths where p reaches as far as q, else infinite: by how much further it reaches.
template <> struct closed_divergence<uniform_family, uniform_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto low = q[0].value();
        auto high = q[1].value();
        auto below = low - p[0].value();
        auto above = p[1].value() - high;
        auto ratio = hourglass::log1p((below + above) / (high - low));
        auto least = hourglass::stop_gradient(hourglass::min(below, above)); // no number where any of them is none
        auto outside = hourglass::where(least < 0, uniform_family::infinity, least);
        auto inside = least >= 0;
        return hourglass::sum(hourglass::where(inside, ratio, outside));
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
