// How many units in the last place each elementwise operation's value may be off: ops/operation_values.cpp measures it.
#pragma once

#include "ops/operation_points.hpp"

namespace operation_units {

namespace ops = hourglass::ops;
namespace points = operation_points;

// Units in the last place. What is not named is rounded once, or does not round at all.
template <class Op> inline constexpr double units = 0.5;
template <> inline constexpr double units<ops::exp> = 1.1;
template <> inline constexpr double units<ops::log> = 1;
template <> inline constexpr double units<ops::log1p> = 1;
template <> inline constexpr double units<ops::expm1> = 2.5;
template <> inline constexpr double units<ops::sin> = 2.5;
template <> inline constexpr double units<ops::cos> = 2.5;
template <> inline constexpr double units<ops::tanh> = 2.5;
template <> inline constexpr double units<ops::sigmoid> = 3;
template <> inline constexpr double units<ops::softplus> = 3.5;
template <> inline constexpr double units<ops::elu> = 3;
template <> inline constexpr double units<ops::normal_cdf> = 4;
template <> inline constexpr double units<ops::pow> = 1;

template <> inline constexpr double units<ops::log_gamma> = 6;
template <> inline constexpr double units<ops::digamma> = 6;
template <> inline constexpr double units<ops::polygamma> = 8;
template <> inline constexpr double units<ops::log_bessel_i0> = 40;
template <> inline constexpr double units<ops::log_gamma_quantile> = 20;
template <> inline constexpr double units<ops::gamma_density_slope> = 100;
template <> inline constexpr double units<ops::gamma_cdf_slope> = 1000;
template <> inline constexpr double units<ops::von_mises_quantile> = 100;
template <> inline constexpr double units<ops::von_mises_density_slope> = 1000;
template <> inline constexpr double units<ops::von_mises_cdf_slope> = 1000;

// What log densities are made of; over a wider range, and against formulas, in probability/sweep.cpp.
template <class Op>
concept of_positive_numbers = requires {
    points::table<Op>::positive;
};
template <class Op>
requires of_positive_numbers<Op>
inline constexpr double units<Op> = 300;
template <> inline constexpr double units<ops::expm1_minus> = 6;
template <> inline constexpr double units<ops::log_cosh> = 3;
template <> inline constexpr double units<ops::laplace_slope> = 3;
template <> inline constexpr double units<ops::laplace_scale_slope> = 5;
template <> inline constexpr double units<ops::difference_of_differences> = 1.5;
template <> inline constexpr double units<ops::gamma_excess> = 2000; // as far as l is rounded
template <> inline constexpr double units<ops::gamma_log_density> = 1000;
template <> inline constexpr double units<ops::sine_of_half> = 7;
template <> inline constexpr double units<ops::log_bessel_i0e> = 40;
template <> inline constexpr double units<ops::logit_loss> = 3;
template <> inline constexpr double units<ops::logit_error> = 3;
template <> inline constexpr double units<ops::logit_variance> = 5;
template <> inline constexpr double units<ops::logit_moment> = 6;
template <> inline constexpr double units<ops::logit_entropy> = 5;
template <> inline constexpr double units<ops::logit_difference> = 10;
template <> inline constexpr double units<ops::logit_divergence> = 40;
template <> inline constexpr double units<ops::exp_times> = 2.5;
template <> inline constexpr double units<ops::exp_from_largest> = 100; // as far as x - m is rounded
template <> inline constexpr double units<ops::log_total> = 1;
template <> inline constexpr double units<ops::exp_difference> = 200; // as far as b + c is rounded
template <> inline constexpr double units<ops::exp_times_difference> = 20;
template <> inline constexpr double units<ops::divergence_term> = 200;
template <> inline constexpr double units<ops::log_normal_cdf> = 10;
template <> inline constexpr double units<ops::inverse_mills_ratio> = 12;
template <> inline constexpr double units<ops::log_normal_cdf_slope> = 2000;

// Below this size errors count as they do at it: functions that cross zero between numbers.
template <class Op> inline constexpr double size_of_unit = 0;
template <> inline constexpr double size_of_unit<ops::log_gamma_quantile> = 1;
template <> inline constexpr double size_of_unit<ops::gamma_density_slope> = 1;
template <> inline constexpr double size_of_unit<ops::gamma_cdf_slope> = 1;
template <> inline constexpr double size_of_unit<ops::von_mises_quantile> = 1;
template <> inline constexpr double size_of_unit<ops::von_mises_density_slope> = 1;
template <> inline constexpr double size_of_unit<ops::von_mises_cdf_slope> = 1;
template <class Op>
requires of_positive_numbers<Op>
inline constexpr double size_of_unit<Op> = 1;
template <> inline constexpr double size_of_unit<ops::log_bessel_i0e> = 1;
template <> inline constexpr double size_of_unit<ops::sine_of_half> = 1;
template <> inline constexpr double size_of_unit<ops::log_cosh> = 1;

template <> inline constexpr double size_of_unit<ops::logit_loss> = 1; // outside of targets in [0, 1]
template <> inline constexpr double size_of_unit<ops::logit_error> = 1;
// How many times the smallest normal number a value may be where zero will do: products with an e^x that is smaller.
template <class Op> inline constexpr double lost_below = 1;
template <> inline constexpr double lost_below<ops::logit_moment> = 1000;
template <> inline constexpr double lost_below<ops::logit_entropy> = 1000;
template <> inline constexpr double lost_below<ops::exp_times> = 1000;
template <> inline constexpr double lost_below<ops::exp_times_difference> = 2000;
template <> inline constexpr double lost_below<ops::divergence_term> = 2000;

}
