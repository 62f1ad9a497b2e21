// Learning rates as plain functions of the step:
// `train(x = batch, hg::learning_rate = hg::cosine_decay(train.steps(), 10'000, 1e-3))`. `step` is the number of
// completed steps, from 0, as counted by `train.steps()`; `steps` is the planned number, after which the rate stays
// constant. A constant rate needs no function. Update rules are in rules.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include <hourglass/config.hpp>

HOURGLASS_BEGIN

/// Returns `rate`, multiplied by `factor` once for every `every` completed steps. 0 for `every` counts as 1.
inline double step_decay(std::uint64_t step, std::uint64_t every, double rate, double factor = 0.1) {
    return rate * std::pow(factor, static_cast<double>(step / std::max<std::uint64_t>(every, 1)));
}

// The fraction of the steps that is done, from 0 to 1.
inline double share_of_steps(double step, double steps) { return steps > 0 ? std::clamp(step / steps, 0.0, 1.0) : 1.0; }

// Half a cosine from one rate to another.
inline double cosine_between(double from, double to, double share) {
    return to + (from - to) * (1 + std::cos(std::numbers::pi * share)) / 2;
}

/// Returns the rate of half a cosine from `rate` down to `last` (Loshchilov and Hutter 2017, without restarts).
inline double cosine_decay(std::uint64_t step, std::uint64_t steps, double rate, double last = 0) {
    return cosine_between(rate, last, share_of_steps(static_cast<double>(step), static_cast<double>(steps)));
}

/// Returns a rate that rises linearly, rate / steps, 2 rate / steps, ..., and reaches `rate` in the last of `steps`
/// steps. Combine it with another schedule by multiplying: `warm_up(n, 500) * cosine_decay(n, 10'000, 1e-3)`.
inline double warm_up(std::uint64_t step, std::uint64_t steps, double rate = 1) {
    return rate * share_of_steps(static_cast<double>(step) + 1, static_cast<double>(steps));
}

/// Returns a rate that rises from rate / 25 to `rate` in the fraction `rising` of the steps, then falls to rate /
/// 250'000, each along half a cosine (Smith and Topin 2018, with the numbers of PyTorch's OneCycleLR).
inline double one_cycle(std::uint64_t step, std::uint64_t steps, double rate, double rising = 0.3) {
    const double first = rate / 25, last = first / 1e4;
    const double all = static_cast<double>(steps), at = static_cast<double>(step), top = rising * all - 1;
    if (at <= top) return cosine_between(first, rate, share_of_steps(at, top));
    return cosine_between(rate, last, share_of_steps(at - top, all - 1 - top));
}

HOURGLASS_END
