// The normal distribution, elementwise. Vectors with a covariance are in probability/multivariate.hpp.
#pragma once

#include <hourglass/probability/scale.hpp>

HOURGLASS_BEGIN
namespace ops {

// N(mu, sigma^2). Over the elements of a vector: the multivariate normal distribution with a diagonal covariance.
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
// ((mu_q - mu_p)^2 / sigma_p^2 + v - 1 - log v) / 2, where v is the ratio of the variances. With r the ratio of the
// deviations, v - 1 - log v is (r - 1)^2 + 2 (r - 1 - log r). No term is negative. Against the standard normal it is
// Kingma and Welling 2013, appendix B, with the sign of a divergence; if sigma is exp(s), the term is e^(2 s) - 1 - 2
// s.
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

}

/// The normal distribution with mean mu and standard deviation sigma > 0.
template <operand_or_number M, operand_or_number S> constexpr auto normal(const M& mu, const S& sigma) {
    return make_distribution<ops::normal_family>(mu, sigma);
}
/// The normal distribution with mean 0 and standard deviation 1.
inline constexpr auto standard_normal = make_distribution<ops::normal_family>(0, 1);

HOURGLASS_END
