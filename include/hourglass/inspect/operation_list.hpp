// The list of built-in operations, for tests, the table of operations and graphs made at run time. A new operation adds
// its name here; everything else about it is in one place.
#pragma once

#include <hourglass/ops/gather.hpp>
#include <hourglass/ops/triangular.hpp>
#include <hourglass/special/beta_density.hpp>
#include <hourglass/special/divergence.hpp>
#include <hourglass/special/gamma_density.hpp>
#include <hourglass/special/laplace_density.hpp>
#include <hourglass/special/log_normal_cdf.hpp>
#include <hourglass/special/random.hpp>
#include <hourglass/special/stirling.hpp>
#include <hourglass/special/student_t_density.hpp>
#include <hourglass/special/von_mises.hpp>

HOURGLASS_BEGIN

template <class... Ops> struct operation_list {
    static constexpr int count = static_cast<int>(sizeof...(Ops));
    template <class F> static constexpr void for_each(F&& f) { (f(Ops{}), ...); }
};
// Concatenates two lists.
template <class... A, class... B>
constexpr operation_list<A..., B...> operator+(operation_list<A...>, operation_list<B...>) {
    return {};
}

using general_operations =
    operation_list<ops::add, ops::subtract, ops::multiply, ops::divide, ops::negate, ops::less, ops::less_equal,
                   ops::greater, ops::greater_equal, ops::equal, ops::not_equal, ops::where, ops::maximum, ops::minimum,
                   ops::clamp, ops::square, ops::sqrt, ops::abs, ops::sign, ops::exp, ops::log, ops::log1p, ops::expm1,
                   ops::sin, ops::cos, ops::pow, ops::tanh, ops::sigmoid, ops::softplus, ops::gate, ops::relu,
                   ops::leaky_relu, ops::elu, ops::normal_cdf, ops::finite, ops::broadcast_to, ops::log_gamma,
                   ops::digamma, ops::polygamma, ops::log_bessel_i0, ops::log_gamma_quantile, ops::gamma_density_slope,
                   ops::gamma_cdf_slope, ops::von_mises_quantile, ops::von_mises_density_slope,
                   ops::von_mises_cdf_slope>;
// The operations of losses, log densities, entropies, divergences, means and draws. Operands belong together or have
// restricted ranges.
using probability_operations = operation_list<
    ops::gamma_excess, ops::gamma_log_density, ops::log_bessel_i0e, ops::difference_of_products,
    ops::log_ratio_of_products, ops::relative_entropy_of_products, ops::itakura_saito, ops::expm1_minus,
    ops::stirling_remainder, ops::stirling_slope_difference, ops::stirling_divergence, ops::beta_remainder_slope,
    ops::beta_remainder, ops::half_step_remainder, ops::gamma_log_slope, ops::gamma_log_kernel, ops::beta_log_ratio,
    ops::beta_log_ratio_of_rest, ops::beta_log_slope, ops::beta_log_kernel, ops::student_t_slope, ops::student_t_share,
    ops::student_t_rest, ops::student_t_gap, ops::log_cosh, ops::laplace_slope, ops::laplace_scale_slope,
    ops::beta_divergence_in_second, ops::beta_divergence_in_first, ops::beta_divergence, ops::sine_of_half,
    ops::bessel_ratio_difference, ops::bessel_divergence, ops::logit_loss, ops::logit_error, ops::logit_variance,
    ops::logit_moment, ops::logit_entropy, ops::logit_difference, ops::logit_divergence, ops::from_largest,
    ops::exp_from_largest, ops::over_total, ops::log_total, ops::weighted, ops::over_temperature,
    ops::difference_of_differences, ops::exp_times, ops::exp_difference, ops::exp_times_difference,
    ops::divergence_term, ops::log_normal_cdf, ops::inverse_mills_ratio, ops::log_normal_cdf_slope, ops::keeps,
    ops::bernoulli_choice, ops::corrected_mean>;
using elementwise_operations = decltype(general_operations{} + probability_operations{});

using structural_operations =
    operation_list<ops::sum, ops::product_over, ops::max_over, ops::matmul, ops::matmul_batch_sum, ops::reshape,
                   ops::transpose, ops::slice, ops::pad, ops::concatenate, ops::stop_gradient, ops::after, ops::band,
                   ops::triangular_solve, ops::gather, ops::scatter, ops::first_largest>;

// Operations that only builders and derivative rules create. Their operands belong together: a value that was cheap to
// compute, and what it was computed from. Derivatives are right only for such operands.
using companion_operations =
    operation_list<ops::pow_slope, ops::pow_times_log, ops::limited, ops::damped_product, ops::normal_density,
                   ops::norm_scale, ops::norm_direction, ops::exclusive_product, ops::settled_product,
                   ops::euclidean_norm, ops::times_exp, ops::over_exp, ops::student_t_log_kernel,
                   ops::laplace_distance>;

HOURGLASS_END
