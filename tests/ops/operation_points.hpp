// Where each elementwise operation is checked: points by operation, smooth ones, where derivatives are compared with
// differences, and kinks and ties, where the documented subgradient stands beside the point. An operation of the list
// without an entry here does not compile in the tests that enumerate it.
#pragma once

#include <hourglass/inspect/operation_list.hpp>

#include <array>
#include <limits>

namespace operation_points {

namespace ops = hourglass::ops;

template <int Arity> struct point {
    std::array<double, static_cast<std::size_t>(Arity)> at{};
    bool kink = false; // the derivative is what stands here, not what differences say
    std::array<double, static_cast<std::size_t>(Arity)> derivative{};
};

// How far differences step from x: a part of x itself, which stays on one side of a kink at zero and inside the domain
// of a logarithm; or the same everywhere, for what is smooth at zero or oscillates at large x.
enum class step_kind { relative, absolute };

inline constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double pi = 3.141592653589793;

// `points`; `step`; and, for broadcasts, a range of operands in which the operation is smooth: between low[i] and
// high[i].
template <class Op> struct table;

template <int Arity, step_kind Step = step_kind::relative> struct entry {
    using p = point<Arity>;
    static constexpr step_kind step = Step;
    static constexpr bool costly = false; // in 50 digits: checked with few operands
    static constexpr std::array<double, 4> low{0.3, 0.4, 0.2}, high{1.7, 1.9, 2.3};
};
// Ranges on both sides of zero.
template <int Arity, step_kind Step = step_kind::relative> struct signed_entry : entry<Arity, Step> {
    static constexpr std::array<double, 4> low{-1.5, 0.4, 0.2}, high{1.7, 1.9, 2.3};
};
using step_kind::absolute;

template <> struct table<ops::add> : signed_entry<2> {
    static constexpr p points[] = {{{1, 2}},    {{1e300, -1e300}}, {{1e-300, 1e-300}}, {{0, 0}},
                                   {{-0.0, 0}}, {{1e10, 1e-10}},   {{-3, 3}}};
};
template <> struct table<ops::subtract> : signed_entry<2> {
    static constexpr p points[] = {{{1, 2}},    {{1e300, 1e300}}, {{1e-300, 1e-300}},
                                   {{0, -0.0}}, {{1e10, 1e-10}},  {{5, 5}}};
};
template <> struct table<ops::multiply> : signed_entry<2> {
    static constexpr p points[] = {{{2, 3}},     {{-2, 3}}, {{1e150, 1e150}},  {{0, 3}},
                                   {{-0.0, -2}}, {{0, 0}},  {{1e-200, 1e-50}}, {{1e-200, 1e200}}};
};
template <> struct table<ops::divide> : entry<2> {
    static constexpr p points[] = {{{1, 3}},        {{0, 2}},      {{-0.0, -2}},   {{1e300, 1e5}},
                                   {{1e-300, 1e3}}, {{1, 1e-150}}, {{-7, -1e150}}, {{3, 3}}};
};
template <> struct table<ops::negate> : signed_entry<1> {
    static constexpr p points[] = {{{1}}, {{-1}}, {{0}}, {{-0.0}}, {{1e300}}, {{1e-300}}};
};

// Comparisons: zero wherever there is a derivative, and zero at ties.
struct comparison_entry : entry<2> {
    static constexpr p points[] = {{{1, 2}},
                                   {{2, 1}},
                                   {{-1, 1}},
                                   {{1e-300, 2e-300}},
                                   {{1e300, -1e300}},
                                   {{1, 1}, true, {0, 0}},
                                   {{0, -0.0}, true, {0, 0}},
                                   {{-3, -3}, true, {0, 0}}};
};
template <> struct table<ops::less> : comparison_entry {};
template <> struct table<ops::less_equal> : comparison_entry {};
template <> struct table<ops::greater> : comparison_entry {};
template <> struct table<ops::greater_equal> : comparison_entry {};
template <> struct table<ops::equal> : comparison_entry {};
template <> struct table<ops::not_equal> : comparison_entry {};

template <> struct table<ops::where> : entry<3> {
    static constexpr p points[] = {{{1, 2, 3}},
                                   {{-1, 2, 3}},
                                   {{1e-300, 2, 3}},
                                   {{1e300, -1e300, 5}},
                                   {{0.5, 0, 0}},
                                   {{0, 2, 3}, true, {0, 0, 1}},
                                   {{-0.0, 2, 3}, true, {0, 0, 1}},
                                   {{nan, 2, 3}, true, {0, 1, 0}}};
};
// Half of the gradient for each at a tie. Beside a tie, nearer than differences step, the derivative is given too.
template <> struct table<ops::maximum> : entry<2> {
    static constexpr p points[] = {{{1, 2}},
                                   {{2, 1}},
                                   {{-1, -2}},
                                   {{1e300, 1}},
                                   {{1e-300, 2e-300}},
                                   {{1, 1 + 1e-14}},
                                   {{1, 1}, true, {0.5, 0.5}},
                                   {{0, -0.0}, true, {0.5, 0.5}},
                                   {{-3, -3}, true, {0.5, 0.5}},
                                   {{1, 1 + 2.3e-16}, true, {0, 1}},
                                   {{0, -1e-300}, true, {1, 0}}};
};
template <> struct table<ops::minimum> : entry<2> {
    static constexpr p points[] = {{{1, 2}},
                                   {{2, 1}},
                                   {{-1, -2}},
                                   {{1e300, 1}},
                                   {{1e-300, 2e-300}},
                                   {{1, 1 + 1e-14}},
                                   {{1, 1}, true, {0.5, 0.5}},
                                   {{0, -0.0}, true, {0.5, 0.5}},
                                   {{-3, -3}, true, {0.5, 0.5}},
                                   {{1, 1 + 2.3e-16}, true, {1, 0}},
                                   {{0, -1e-300}, true, {0, 1}}};
};
// At a bound x keeps the whole gradient; where the bounds are crossed the lower one is looked at first.
template <> struct table<ops::clamp> : entry<3> {
    static constexpr std::array<double, 4> low{0.3, 0.5, 1.2}, high{1.7, 0.9, 1.5};
    static constexpr p points[] = {{{0.5, 0, 1}},
                                   {{-1, 0, 1}},
                                   {{2, 0, 1}},
                                   {{1e300, -1, 1}},
                                   {{1e-10, 0, 1}},
                                   {{-1e-10, 0, 1}},
                                   {{0.5, 2, 1}},
                                   {{1.5, 2, 1}},
                                   {{3, 2, 1}},
                                   {{0, 0, 1}, true, {1, 0, 0}},
                                   {{-0.0, 0, 1}, true, {1, 0, 0}},
                                   {{1, 0, 1}, true, {1, 0, 0}},
                                   {{1, 1, 1}, true, {1, 0, 0}},
                                   {{1e-300, 0, 1}, true, {1, 0, 0}},
                                   {{-1e-300, 0, 1}, true, {0, 1, 0}}};
};

template <> struct table<ops::square> : signed_entry<1> {
    static constexpr p points[] = {{{1}}, {{-3}}, {{0}}, {{-0.0}}, {{1e150}}, {{1e-150}}};
};
template <> struct table<ops::sqrt> : entry<1> {
    static constexpr p points[] = {{{1}}, {{2}}, {{1e-300}}, {{1e300}}, {{1e-10}}, {{0}, true, {inf}}};
};
template <> struct table<ops::sign> : signed_entry<1> {
    static constexpr p points[] = {{{1}}, {{-1}}, {{1e-300}}, {{-1e300}}, {{0}, true, {0}}, {{-0.0}, true, {0}}};
};
template <> struct table<ops::abs> : signed_entry<1> {
    static constexpr p points[] = {{{1}},      {{-1}},           {{1e-300}},         {{-1e-300}},
                                   {{-1e300}}, {{0}, true, {0}}, {{-0.0}, true, {0}}};
};
template <> struct table<ops::exp> : signed_entry<1, absolute> {
    static constexpr p points[] = {{{0}},    {{-0.0}},   {{1}},     {{-1}},    {{700}},
                                   {{-700}}, {{1e-300}}, {{1e-10}}, {{-1000}}, {{0.34657}}};
};
template <> struct table<ops::log> : entry<1> {
    static constexpr p points[] = {{{1}},     {{2}},         {{0.5}},       {{1e-300}},
                                   {{1e300}}, {{1 + 1e-10}}, {{1 - 1e-10}}, {{0.7071067811865475}}};
};
template <> struct table<ops::log1p> : entry<1> {
    static constexpr p points[] = {{{0}},     {{1e-300}}, {{1}},      {{-0.5}},   {{-0.999999}},
                                   {{1e300}}, {{1e-10}},  {{-1e-10}}, {{-1e-300}}};
};
template <> struct table<ops::expm1> : signed_entry<1, absolute> {
    static constexpr p points[] = {{{0}},   {{-0.0}}, {{1e-300}}, {{1}},     {{-1}},
                                   {{700}}, {{-700}}, {{-30}},    {{1e-10}}, {{-1e-10}}};
};
struct wave_entry : signed_entry<1, absolute> {
    static constexpr p points[] = {{{0}},      {{-0.0}},   {{1e-300}}, {{1}},   {{-1}},    {{pi}},
                                   {{pi / 2}}, {{pi / 4}}, {{355}},    {{1e5}}, {{-1e10}}, {{1e15}}};
};
template <> struct table<ops::sin> : wave_entry {};
template <> struct table<ops::cos> : wave_entry {};
// For a negative x there is no derivative in p; at x = 0 it is zero, and where p = 0 the derivative in x is zero.
template <> struct table<ops::pow> : entry<2> {
    static constexpr p points[] = {{{2, 3}},
                                   {{2, 0.5}},
                                   {{1e-10, 2}},
                                   {{1e10, 2}},
                                   {{0.5, -2}},
                                   {{1, 5}},
                                   {{3, 0}},
                                   {{1 + 1e-7, 1000}},
                                   {{10, -300}},
                                   {{0.1, 20}},
                                   {{1e-300, 0.5}},
                                   {{1e100, 3}},
                                   {{0, 2}},
                                   {{-2, 3}, true, {12, nan}},
                                   {{-2, 2}, true, {-4, nan}},
                                   {{-0.5, -1}, true, {-4, nan}},
                                   {{0, 1}, true, {1, 0}},
                                   {{0, 0}, true, {0, 0}},
                                   {{0, 0.5}, true, {inf, 0}}};
};
template <> struct table<ops::tanh> : signed_entry<1, absolute> {
    static constexpr p points[] = {{{0}},   {{-0.0}}, {{1e-300}}, {{0.5}}, {{-0.5}},   {{15}},
                                   {{-15}}, {{20}},   {{1e-5}},   {{300}}, {{-1e300}}, {{0.65}}};
};
template <> struct table<ops::sigmoid> : signed_entry<1, absolute> {
    static constexpr p points[] = {{{0}},  {{-0.0}}, {{1}},   {{-1}},   {{30}},      {{-30}},
                                   {{40}}, {{-40}},  {{700}}, {{-700}}, {{-1e-300}}, {{1e300}}};
};
template <> struct table<ops::softplus> : signed_entry<1, absolute> {
    static constexpr p points[] = {{{0}},  {{-0.0}}, {{1}},   {{-1}},   {{30}},    {{-30}},
                                   {{40}}, {{-40}},  {{700}}, {{-700}}, {{1e-10}}, {{1e5}}};
};
template <> struct table<ops::gate> : signed_entry<2> {
    static constexpr p points[] = {{{1, 2}},
                                   {{-1, 2}},
                                   {{1e-300, 5}},
                                   {{-1e-300, 5}},
                                   {{1e300, 0}},
                                   {{0, 2}, true, {0, 0}},
                                   {{-0.0, 3}, true, {0, 0}}};
};
template <> struct table<ops::relu> : signed_entry<1> {
    static constexpr p points[] = {{{1}},     {{-1}},     {{1e-300}},       {{-1e-300}},
                                   {{1e300}}, {{-1e300}}, {{0}, true, {0}}, {{-0.0}, true, {0}}};
};
template <> struct table<ops::leaky_relu> : signed_entry<2> {
    static constexpr p points[] = {{{1, 0.01}},
                                   {{-1, 0.01}},
                                   {{-1e10, 0.2}},
                                   {{1e-300, 0.1}},
                                   {{-1e-300, 0.1}},
                                   {{-2, 0}},
                                   {{-3, -0.5}},
                                   {{0, 0.01}, true, {0.01, 0}},
                                   {{-0.0, 0.3}, true, {0.3, 0}}};
};
template <> struct table<ops::elu> : signed_entry<2> {
    static constexpr p points[] = {{{1, 1}},
                                   {{-1, 1}},
                                   {{-1e-10, 2}},
                                   {{-40, 1}},
                                   {{800, 1}},
                                   {{-800, 1}},
                                   {{-1e-300, 1}},
                                   {{-2, 0}},
                                   {{0, 1.5}, true, {1.5, 0}},
                                   {{-0.0, 0.5}, true, {0.5, 0}}};
};
template <> struct table<ops::normal_cdf> : signed_entry<1, absolute> {
    static constexpr p points[] = {{{0}},   {{-0.0}}, {{1}},  {{-1}},    {{5}},    {{-5}},   {{-10}},
                                   {{-20}}, {{-37}},  {{37}}, {{1e-10}}, {{0.66}}, {{0.67}}, {{-1e300}}};
};
// Only ever applied to what is shifted out again: it hands no gradient on.
template <> struct table<ops::finite> : entry<1> {
    static constexpr p points[] = {{{1}, true, {0}}, {{-1e300}, true, {0}}, {{inf}, true, {0}}, {{-inf}, true, {0}}};
};
template <> struct table<ops::broadcast_to> : entry<1> {
    static constexpr p points[] = {{{1}}, {{-2}}, {{0}}, {{-0.0}}, {{1e300}}, {{1e-300}}};
};

// Special functions. The order that stands in front has no derivative.
template <> struct table<ops::log_gamma> : entry<1> {
    static constexpr p points[] = {{{1}},     {{2}},  {{1e-300}}, {{1e300}},     {{0.5}},       {{1.4616321449683623}},
                                   {{2.999}}, {{9}},  {{1e-10}},  {{1 + 1e-10}}, {{1 - 1e-10}}, {{3}},
                                   {{1e5}},   {{1.5}}};
};
template <> struct table<ops::digamma> : entry<1> {
    static constexpr p points[] = {{{1}}, {{2}}, {{1e-100}}, {{1e100}}, {{0.5}}, {{1.4616}}, {{10}}, {{9.99}}, {{1e5}}};
};
template <> struct table<ops::polygamma> : entry<2> {
    static constexpr bool costly = true;
    static constexpr std::array<double, 4> low{1, 0.4}, high{1, 1.9};
    static constexpr p points[] = {{{0, 0.3}}, {{1, 1}},  {{1, 1e-20}}, {{1, 1e10}},
                                   {{2, 0.7}}, {{3, 40}}, {{6, 2}},     {{11, 5}}};
};
template <> struct table<ops::log_bessel_i0> : signed_entry<2, absolute> {
    static constexpr bool costly = true;
    static constexpr std::array<double, 4> low{0, -1.5}, high{0, 1.7};
    static constexpr p points[] = {{{0, 0}},  {{0, 1}},    {{0, -3}},  {{0, 15.9}}, {{0, 16.1}}, {{0, 500}}, {{0, 1e5}},
                                   {{1, 0}},  {{1, 0.5}},  {{1, 20}},  {{1, -40}},  {{1, 1e4}},  {{2, 0}},   {{2, 0.9}},
                                   {{2, 10}}, {{2, 1e-5}}, {{3, 0.1}}, {{3, 25}},   {{4, 50}},   {{5, 2}}};
};
template <> struct table<ops::log_gamma_quantile> : entry<2> {
    static constexpr bool costly = true;
    static constexpr std::array<double, 4> low{0.3, 0.2}, high{2.7, 0.8};
    static constexpr p points[] = {{{1, 0.5}},     {{0.01, 0.3}}, {{0.5, 0.999}},  {{3, 1e-7}},  {{30, 0.9999}},
                                   {{1000, 0.25}}, {{1e-3, 0.7}}, {{2, 1 - 6e-8}}, {{200, 0.6}}, {{0.1, 6e-8}}};
};
template <> struct table<ops::gamma_density_slope> : entry<3> {
    static constexpr bool costly = true;
    static constexpr std::array<double, 4> low{1, 0.8, -0.7}, high{1, 1.9, 1.3};
    static constexpr p points[] = {{{0, 1.5, 0.3}}, {{1, 1, 1}}, {{1, 0.01, -30}}, {{2, 30, 3.3}}, {{3, 2, -1}}};
};
template <> struct table<ops::gamma_cdf_slope> : entry<3> {
    static constexpr bool costly = true;
    static constexpr std::array<double, 4> low{1, 0.8, -0.7}, high{1, 1.9, 1.3};
    static constexpr p points[] = {{{1, 1, 0.3}}, {{1, 0.01, -30}}, {{1, 0.2, 2}}, {{1, 30, 3.3}},
                                   {{2, 3, 1}},   {{1, 500, 6.2}},  {{3, 2, -1}}};
};
struct gamma_log_points : entry<2> {
    static constexpr bool costly = true;
    static constexpr std::array<double, 4> low{0.8, -0.7}, high{1.9, 1.3};
    static constexpr p points[] = {{{1, 0.3}}, {{0.01, -30}}, {{0.2, 2}}, {{30, 3.3}}, {{1e4, 9.2}}, {{500, 6.2}}};
};
template <> struct table<ops::gamma_excess> : gamma_log_points {};
template <> struct table<ops::gamma_log_density> : gamma_log_points {};
template <> struct table<ops::von_mises_quantile> : entry<2> {
    static constexpr bool costly = true;
    static constexpr std::array<double, 4> low{0.3, 0.2}, high{2.7, 0.8};
    static constexpr p points[] = {{{1, 0.3}},  {{0.01, 0.9}}, {{4, 0.001}}, {{29, 0.6}},
                                   {{31, 0.1}}, {{1000, 0.7}}, {{1e-5, 0.2}}};
};
template <> struct table<ops::von_mises_density_slope> : entry<3, absolute> {
    static constexpr bool costly = true;
    static constexpr std::array<double, 4> low{1, 0.4, -1.7}, high{1, 3.9, 1.3};
    static constexpr p points[] = {{{0, 1.5, 0.3}}, {{1, 1, 1}}, {{1, 0.01, -3}}, {{2, 20, 0.3}}, {{3, 100, -0.1}}};
};
template <> struct table<ops::von_mises_cdf_slope> : entry<3, absolute> {
    static constexpr bool costly = true;
    static constexpr std::array<double, 4> low{1, 0.4, -1.7}, high{1, 3.9, 1.3};
    static constexpr p points[] = {{{1, 1.5, 0.3}}, {{1, 1, 1}},      {{1, 0.01, -3}},
                                   {{2, 5, 0.7}},   {{1, 100, -0.1}}, {{1, 1000, 0.02}}};
};

}

#include "probability/density_points.hpp"
#include "probability/probability_points.hpp"

namespace operation_points {

template <class Op>
concept covered = requires {
    table<Op>::points;
};

template <class Op> inline constexpr int count = static_cast<int>(std::size(table<Op>::points));

// The number of elementwise operations, and their place in the list.
template <class Op, class List> struct place_in;
template <class Op, class... Ops> struct place_in<Op, hourglass::operation_list<Ops...>> {
    static constexpr int find() {
        int i = 0, found = -1;
        ((std::is_same_v<Op, Ops> ? found = i++ : i++), ...);
        return found;
    }
    static constexpr int value = find();
};
template <class Op> inline constexpr int place = place_in<Op, hourglass::elementwise_operations>::value;

// Options that an operation needs to be applied to vectors of n elements.
template <class Op> constexpr hourglass::attributes options_for(int n) {
    hourglass::attributes options;
    if constexpr (std::is_same_v<Op, ops::broadcast_to>) options.target = hourglass::make_shape(n);
    return options;
}

}
