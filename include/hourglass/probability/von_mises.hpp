// The von Mises distribution of angles.
#pragma once

#include <hourglass/probability/distribution.hpp>
#include <hourglass/special/von_mises.hpp>

HOURGLASS_BEGIN
namespace ops {

// e^(kappa cos(x - mu)) / (2 pi I_0(kappa)): a density over one turn
struct von_mises_family {
    static constexpr std::string_view name = "von_mises";
    static constexpr pathwise_form pathwise = pathwise_form::implicit_quantile;
    static constexpr int noise_leaves = 1;
    // kappa (cos(x - mu) - 1) = -2 kappa sin((x - mu) / 2)^2, with I_0 without its factor e^kappa
    static constexpr auto log_prob(const auto& p, auto x) {
        auto kappa = p[1].value();
        auto sine = apply_operation(sine_of_half{}, x, p[0].value());
        auto exponent = hadamard(kappa, hadamard(hourglass::square(sine), -2));
        return hourglass::sum(exponent - apply_operation(log_bessel_i0e{}, 0, kappa) - math::log_two_pi);
    }
    static constexpr auto entropy(const auto& p) {
        auto kappa = p[1].value();
        auto below = hadamard(kappa, apply_operation(log_bessel_i0e{}, 1, kappa));
        auto norm = apply_operation(log_bessel_i0e{}, 0, kappa);
        return sum_over<von_mises_family>(p, norm - below + math::log_two_pi);
    }
    template <bool Shared> static constexpr auto sample(const auto& p) {
        auto mu = p[0].value();
        auto kappa = p[1].value();
        return mu + hourglass::von_mises_quantile(kappa, open_uniform<von_mises_family, Shared>(p));
    }
};
// A(kappa_q) (kappa_q - kappa_p cos(mu_q - mu_p)) + log I_0(kappa_p) - log I_0(kappa_q), where A = I_1 / I_0 is the
// mean of the cosine (Mardia and Jupp 2000, 3.5.21). This is the divergence of log I_0 from its tangent plus 2
// A(kappa_q) kappa_p sin((mu_q - mu_p) / 2)^2. Neither part is negative.
template <> struct closed_divergence<von_mises_family, von_mises_family> {
    static constexpr auto build(const auto& q, const auto& p) {
        auto of_q = q[1].value();
        auto of_p = p[1].value();
        auto mu = q[0].value();
        auto sine = apply_operation(sine_of_half{}, mu, p[0].value());
        auto scaled = hadamard(of_p, hadamard(hourglass::square(sine), 2));
        auto turned = hadamard(hourglass::bessel_ratio(of_q), scaled);
        return hourglass::sum(turned + apply_operation(bessel_divergence{}, of_p, of_q));
    }
};

}

/// The von Mises distribution about the angle mu, in radians, with concentration kappa. Draws lie within pi of mu.
template <operand_or_number M, operand_or_number K> constexpr auto von_mises(const M& mu, const K& kappa) {
    return make_distribution<ops::von_mises_family>(mu, kappa);
}

HOURGLASS_END
