// Points of the operations that log densities and divergences are made of. A part of ops/operation_points.hpp, which
// includes it.
#pragma once

#include "ops/operation_points.hpp"

namespace operation_points {

// Operations that log densities and divergences are made of: of positive operands, the last of some below 1.
struct positive_entry {
    static constexpr step_kind step = step_kind::relative;
    static constexpr bool costly = false, positive = true, last_below_one = false;
    static constexpr std::array<double, 4> low{0.3, 0.4, 0.2, 0.5}, high{1.7, 1.9, 2.3, 2.1};
};
template <int Arity> struct positive_points : positive_entry { using p = point<Arity>; };
template <> struct table<ops::difference_of_products> : positive_points<4> {
    static constexpr p points[] = {{{2, 3, 5, 7}}, {{1e5, 1e-5, 3, 1.0 / 3}}, {{1, 2, 2, 1}}, {{1e8, 3, 1e-6, 2}}};
};
template <> struct table<ops::log_ratio_of_products> : positive_points<4> {
    static constexpr p points[] = {{{2, 3, 5, 7}}, {{1, 2, 2, 1.000001}}, {{1e5, 2, 1e-3, 4}}, {{3, 1, 1, 6.001}}};
};
template <> struct table<ops::relative_entropy_of_products> : positive_points<4> {
    static constexpr p points[] = {{{2, 3, 5, 7}}, {{1, 2, 2, 1.001}}, {{1e3, 2, 1e-3, 4}}, {{1e4, 1, 1.001e4, 1}}};
};
template <> struct table<ops::itakura_saito> : positive_points<2> {
    static constexpr p points[] = {{{2, 3}}, {{1, 1.001}}, {{1e5, 1e-3}}, {{1e-3, 1e4}}, {{7, 14.01}}, {{3, 1.499}}};
};
template <> struct table<ops::expm1_minus> : signed_entry<1, absolute> {
    static constexpr p points[] = {{{0}}, {{1e-5}}, {{-0.3}}, {{0.999}}, {{1.001}}, {{-1.001}}, {{3}}, {{-30}}, {{20}}};
};
struct stirling_points : positive_points<2> {
    static constexpr bool costly = true;
    static constexpr std::array<double, 4> low{1, 0.4}, high{1, 1.9};
    static constexpr p points[] = {{{0, 0.3}}, {{0, 1}},   {{0, 40}},  {{0, 1e-5}}, {{0, 1e6}}, {{1, 1e-3}},
                                   {{1, 2.5}}, {{1, 1e5}}, {{2, 0.7}}, {{2, 100}},  {{3, 4}},   {{5, 2}}};
};
template <> struct table<ops::stirling_remainder> : stirling_points {};
template <> struct table<ops::half_step_remainder> : stirling_points {};
struct pair_points : positive_points<2> {
    static constexpr bool costly = true;
    static constexpr p points[] = {{{2, 3}}, {{1000, 1001}}, {{0.01, 5}}, {{1, 1.001}}, {{30, 2}}, {{0.02, 0.019}}};
};
template <> struct table<ops::stirling_slope_difference> : pair_points {};
template <> struct table<ops::stirling_divergence> : pair_points {};
template <> struct table<ops::beta_remainder> : pair_points {};
template <> struct table<ops::beta_remainder_slope> : pair_points {};
template <> struct table<ops::bessel_ratio_difference> : pair_points {};
template <> struct table<ops::bessel_divergence> : pair_points {};
template <> struct table<ops::gamma_log_slope> : positive_points<3> {
    static constexpr p points[] = {{{2, 1, 1.5}}, {{1e4, 1e4, 1.001}}, {{0.01, 3, 1e-5}},
                                   {{1, 2, 3}},   {{30, 0.1, 1e3}},    {{1, 2, 0}, true, {inf, -1, 0}}};
};
template <> struct table<ops::gamma_log_kernel> : positive_points<3> {
    static constexpr p points[] = {{{2, 1, 1.5}},
                                   {{1e4, 1e4, 1.001}},
                                   {{0.01, 3, 1e-5}},
                                   {{1, 2, 3}},
                                   {{30, 0.1, 1e3}},
                                   {{1, 2, 0}, true, {-inf, 0.5, -2}},
                                   {{2, 1, -1}, true, {0, 0, 0}}};
};
struct beta_points : positive_points<3> {
    static constexpr bool last_below_one = true;
    static constexpr std::array<double, 4> low{0.3, 0.4, 0.2}, high{1.7, 1.9, 0.8};
    static constexpr p points[] = {{{2, 3, 0.4}},      {{1e4, 2e4, 0.333}}, {{0.01, 0.02, 1e-5}},
                                   {{1.5, 30, 0.999}}, {{200, 4000, 0.05}}, {{0.3, 1e3, 0.5}}};
};
template <> struct table<ops::beta_log_ratio> : beta_points {};
template <> struct table<ops::beta_log_ratio_of_rest> : beta_points {};
template <> struct table<ops::beta_log_slope> : beta_points {};
template <> struct table<ops::beta_log_kernel> : beta_points {};
struct student_points : positive_points<2> {
    static constexpr p points[] = {{{3, 1}}, {{3, -20}}, {{1e5, 1}}, {{0.01, -4}}, {{1, 1e3}}, {{1e8, 3}}, {{2, 1e-5}}};
};
template <> struct table<ops::student_t_slope> : student_points {};
template <> struct table<ops::student_t_share> : student_points {};
template <> struct table<ops::student_t_rest> : student_points {};
template <> struct table<ops::student_t_gap> : student_points {};
template <> struct table<ops::log_cosh> : signed_entry<1, absolute> {
    static constexpr p points[] = {{{0}}, {{1e-5}}, {{-0.3}}, {{1}}, {{-3}}, {{30}}, {{-200}}, {{1e10}}};
};
struct laplace_points : signed_entry<1, absolute> {
    static constexpr p points[] = {{{0}}, {{1e-5}}, {{-0.3}}, {{1}}, {{-3}}, {{39}}, {{50}}, {{1e5}}};
};
template <> struct table<ops::laplace_slope> : laplace_points {};
template <> struct table<ops::laplace_scale_slope> : laplace_points {};
struct beta_pair_points : positive_points<4> {
    static constexpr bool costly = true;
    static constexpr p points[] = {{{2, 3, 2.5, 3.5}}, {{100, 200, 101, 199}}, {{0.3, 0.4, 0.2, 0.9}}};
};
template <> struct table<ops::beta_divergence> : beta_pair_points {};
template <> struct table<ops::beta_divergence_in_first> : beta_pair_points {};
template <> struct table<ops::beta_divergence_in_second> : beta_pair_points {};
template <> struct table<ops::sine_of_half> : signed_entry<2, absolute> {
    static constexpr p points[] = {{{1, 0.3}}, {{0, 0}}, {{3.1, -3.1}}, {{50, 2}}, {{-2, 1}}};
};
template <> struct table<ops::log_bessel_i0e> : table<ops::log_bessel_i0> {};

}
