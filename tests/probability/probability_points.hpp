// Where the operations on logits, logarithms of probabilities and draws are checked, as ops/operation_points.hpp has
// it, which includes this.
#pragma once

namespace operation_points {

template <> struct table<ops::logit_loss> : signed_entry<2, absolute> {
    static constexpr p points[] = {{{0, 0.5}},   {{1, 0}},      {{1, 1}},      {{-1, 0}},    {{-1, 1}},
                                   {{20, 1}},    {{20, 0}},     {{-20, 0}},    {{-20, 1}},   {{2, 0.25}},
                                   {{-3, 0.75}}, {{-0.0, 1}},   {{700, 1}},    {{-700, 0}},  {{300, 0.5}},
                                   {{1e-10, 1}}, {{-1e-10, 0}}, {{40, 0.999}}, {{0.5, 1.5}}, {{-30, 1e-10}}};
};
template <> struct table<ops::logit_error> : signed_entry<2, absolute> {
    static constexpr p points[] = {{{0, 0}},     {{1, 0}},   {{1, 1}},    {{-1, 0}},   {{-1, 1}},
                                   {{20, 1}},    {{20, 0}},  {{-20, 0}},  {{-20, 1}},  {{2, 0.25}},
                                   {{-3, 0.75}}, {{700, 1}}, {{-700, 0}}, {{300, .5}}, {{0.5, 0.5}}};
};
template <> struct table<ops::logit_variance> : signed_entry<1, absolute> {
    static constexpr p points[] = {{{0}}, {{1}}, {{-1}}, {{20}}, {{-20}}, {{40}}, {{-300}}, {{700}}, {{1e-5}}};
};
template <> struct table<ops::logit_moment> : signed_entry<2, absolute> {
    static constexpr p points[] = {{{0, 0}},   {{1, 0}},    {{-1, 0}},    {{20, 3}},  {{-20, 25}},
                                   {{40, -1}}, {{-300, 1}}, {{0.5, 0.4}}, {{3, 300}}, {{1, 1}}};
};
template <> struct table<ops::logit_entropy> : signed_entry<1, absolute> {
    static constexpr p points[] = {{{0}}, {{1}}, {{-1}}, {{20}}, {{-20}}, {{40}}, {{-300}}, {{700}}, {{1e-5}}};
};
template <> struct table<ops::logit_difference> : signed_entry<2, absolute> {
    static constexpr p points[] = {{{0, 0}},     {{1, 0}},       {{-1, 0}},    {{20, 3}},     {{-20, 25}},
                                   {{20, 20.5}}, {{-300, -301}}, {{0.5, 0.4}}, {{1, 1.0001}}, {{40, 38}}};
};
template <> struct table<ops::logit_divergence> : signed_entry<2, absolute> {
    static constexpr p points[] = {{{0, 0}},       {{1, 0}},     {{-1, 0}},      {{20, 3}},    {{-20, 25}},
                                   {{20, 20.5}},   {{-30, -31}}, {{0.5, 0.4}},   {{1, 1.001}}, {{40, 38}},
                                   {{-0.5, 1.75}}, {{3, -5}},    {{-700, -698}}, {{5, 300}},   {{0.25, 1.26}}};
};

// At an infinite x the difference is a constant that has the slope of its sides.
template <> struct table<ops::from_largest> : signed_entry<2> {
    static constexpr p points[] = {{{1, 2}},
                                   {{-3, 5}},
                                   {{-1e10, 1}},
                                   {{0, 1e-5}},
                                   {{2, 2}},
                                   {{inf, inf}, true, {1, -1}},
                                   {{-inf, 3}, true, {1, -1}}};
};
template <> struct table<ops::exp_from_largest> : signed_entry<2, absolute> {
    static constexpr p points[] = {{{1, 2}}, {{-3, 5}}, {{2, 2}}, {{-300, 5}}, {{inf, 1e300}, true, {1, -1}}};
};
template <> struct table<ops::over_total> : entry<2> {
    static constexpr p points[] = {{{1, 3}}, {{-2, 1}}, {{0, 5}}, {{1e-300, 2}}, {{3, 1e5}}, {{3, 0}, true, {0, 0}}};
};
template <> struct table<ops::log_total> : entry<1> {
    static constexpr p points[] = {{{1}}, {{3}}, {{1e10}}, {{1.001}}, {{0}, true, {0}}};
};
template <> struct table<ops::weighted> : signed_entry<2> {
    static constexpr p points[] = {{{2, 3}}, {{-2, 3}}, {{0, 3}}, {{1, -700}}, {{0, 0}}, {{0, -inf}, true, {-inf, 0}}};
};
template <> struct table<ops::over_temperature> : entry<2> {
    static constexpr p points[] = {{{1, 3}}, {{-7, 0.5}}, {{0, 2}}, {{3, 1e5}}};
};
template <> struct table<ops::difference_of_differences> : signed_entry<4> {
    static constexpr std::array<double, 4> low{-1.5, 0.4, 0.2, -2}, high{1.7, 1.9, 2.3, 1};
    static constexpr p points[] = {{{1, 3, 2, 5}}, {{1e8, 1, -3, 0.25}}, {{0.1, 0.3, 0.1, 0.2}}, {{-2, 1, 7, 1}}};
};
template <> struct table<ops::exp_times> : signed_entry<1, absolute> {
    static constexpr p points[] = {{{0}}, {{1}}, {{-1}}, {{-5}}, {{-30}}, {{-700}}, {{-1e-10}}, {{-inf}, true, {0}}};
};
struct log_ratio_entry : signed_entry<3, absolute> {
    static constexpr std::array<double, 4> low{-3.5, -2.4, -0.2}, high{-0.1, 0.2, 0.3};
    static constexpr p points[] = {{{-1, -2, 0}},     {{-1, -1.001, 0}},  {{-1, -1, 1e-6}},
                                   {{-0.5, -30, 0}},  {{-30, -0.5, 0}},   {{0, 0, 0}},
                                   {{-300, -299, 0}}, {{-2, -0.5, 0.25}}, {{-0.25, -1.25, 0}}};
};
template <> struct table<ops::exp_difference> : log_ratio_entry {};
template <> struct table<ops::exp_times_difference> : log_ratio_entry {};
template <> struct table<ops::divergence_term> : log_ratio_entry {};

template <> struct table<ops::log_normal_cdf> : signed_entry<1, absolute> {
    static constexpr p points[] = {{{0}},   {{-0.6}}, {{0.6}},  {{1}},    {{-1}}, {{5}},  {{-5}},    {{-5.7}},
                                   {{-10}}, {{-40}},  {{-100}}, {{-3e3}}, {{8}},  {{30}}, {{1e-10}}, {{-1e-10}}};
};
template <> struct table<ops::inverse_mills_ratio> : table<ops::log_normal_cdf> {};
template <> struct table<ops::log_normal_cdf_slope> : signed_entry<2, absolute> {
    static constexpr bool costly = true;
    static constexpr std::array<double, 4> low{1, -1.5, 0}, high{1, 1.7, 0};
    static constexpr p points[] = {{{1, 0}},    {{1, -40}}, {{2, 0.5}}, {{2, -1.5}}, {{2, -40}}, {{2, -1e5}}, {{2, 5}},
                                   {{3, -0.9}}, {{3, -4}},  {{3, -40}}, {{4, -10}},  {{4, 1}},   {{5, -2}}};
};

// Draws are steps; at one, what is not less is not drawn.
template <> struct table<ops::keeps> : entry<3> {
    static constexpr std::array<double, 4> low{0.3, 0.4, 0.2}, high{0.35, 0.5, 0.25};
    static constexpr p points[] = {{{0.5, 0.25, 0.75}},
                                   {{0.8, 0.25, 0.75}},
                                   {{1e-10, 1e-9, 1}},
                                   {{1e-8, 1e-9, 1}},
                                   {{1e-9, 1e-9, 1}, true, {0, 0, 0}},
                                   {{0.75, 0.25, 0.75}, true, {0, 0, 0}}};
};
template <> struct table<ops::bernoulli_choice> : entry<2> {
    static constexpr std::array<double, 4> low{0.3, 0.1, 0}, high{0.7, 0.2, 0};
    static constexpr p points[] = {{{0.5, 0.25}}, {{-0.5, 0.9}}, {{-30, 1e-14}},          {{-30, 1e-13}},
                                   {{30, 1e-14}}, {{30, 1e-13}}, {{0, 0.5}, true, {0, 0}}};
};
template <> struct table<ops::corrected_mean> : signed_entry<2> {
    static constexpr p points[] = {{{2, 0}}, {{-3, 1e-10}}, {{inf, nan}, true, {1, 1}}};
};

}
