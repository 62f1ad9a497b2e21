// Student's t distribution with a location and a scale.
#pragma once

#include <hourglass/probability/distribution.hpp>
#include <hourglass/special/gamma_quantile.hpp>
#include <hourglass/special/stirling.hpp>
#include <hourglass/special/student_t_density.hpp>

HOURGLASS_BEGIN
namespace ops {

// Density with nu degrees of freedom: Gamma((nu + 1) / 2) / (Gamma(nu / 2) (pi nu)^(1/2) sigma) (1 + t^2 / nu)^(-(nu +
// 1) / 2), t = (x - mu) / sigma. The logarithm of the norm is log(2 pi) / 2 for every nu, plus a rest R(nu / 2) that
// tends to zero: half_step_remainder.
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
    // (nu + 1) / 2 (psi((nu + 1) / 2) - psi(nu / 2)) - log of the norm (Lazo and Rathie 1978); the difference of the
    // psi is R' + 1 / nu
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
    // mu + sigma n (nu / 2 / g)^(1/2), with n standard normal and g gamma distributed with shape nu / 2
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

}

/// Student's t distribution with nu degrees of freedom, location mu and scale sigma > 0.
template <operand_or_number N, operand_or_number M, operand_or_number S>
constexpr auto student_t(const N& nu, const M& mu, const S& sigma) {
    return make_distribution<ops::student_t_family>(nu, mu, sigma);
}

HOURGLASS_END
