// How a model's learning curve is held against the hand-written loops: the same start, images and noise, and after
// every step the same losses, up to a tolerance that tells a wrong formula from rounding. The cases are in
// autoencoders.hpp.
#pragma once

#include "../../testing/autoencoders.hpp"
#include "support/shares.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

namespace curves {

using namespace autoencoders;

// The largest difference of two numbers relative to the larger, over loss, reconstruction and penalty; infinite where
// one of them is no number.
inline double distance(const naive::losses& a, const naive::losses& b) {
    const auto relative = [](double x, double y) {
        if (!std::isfinite(x) || !std::isfinite(y)) return std::numeric_limits<double>::infinity();
        return x == y ? 0 : std::abs(x - y) / std::max(std::abs(x), std::abs(y));
    };
    return std::max(
        {relative(a.loss, b.loss), relative(a.reconstruction, b.reconstruction), relative(a.penalty, b.penalty)});
}

struct deviation {
    double early = 0, late = 0; // the largest, over the first 50 steps and over all
    double first_loss = 0, last_loss = 0;
};

// Trains both. Rows differ from step to step, as they do at the end of an epoch.
template <class Case, class T> deviation compare(naive::loop_form form, int steps, int rows, const settings& s = {}) {
    hg::parameters<Case::graph, hg::element<T>> theta{hg::seed = 3};
    const auto other = naive_copy<Case, T>(theta, form, rows);
    fed_trainer<Case, T> train{theta, hg::threads = 1};
    const int batches = 4;
    const std::vector<T> pixels = images<T>(5, batches * rows, Case::features);
    deviation found;
    for (int n = 1; n <= steps; ++n) {
        const int present = n % batches == 0 ? rows - 3 : rows;
        const std::span<const T> x(pixels.data() + static_cast<std::ptrdiff_t>(n % batches) * rows * Case::features,
                                   static_cast<std::size_t>(present * Case::features));
        const std::vector<T> noise = noise_of_step<Case, T>(11, static_cast<std::uint64_t>(n), present);
        const naive::losses ours = Case::losses(fed_step<Case, T>(train, x, std::span<const T>(noise), s));
        found.late = std::max(found.late, distance(ours, naive_step<Case, T>(*other, x, noise, s)));
        if (n <= 50) found.early = found.late;
        if (n == 1) found.first_loss = ours.loss;
        found.last_loss = ours.loss;
    }
    return found;
}

// At reduced width all the way, with a learning rate at which 200 steps go far; at full width the first steps, in float
// under GCC and in double under Clang.
template <class Reduced, class Full> void check_curves() {
    settings s;
    s.learning_rate = 3e-3;
    for (const auto form : {naive::loop_form::textbook, naive::loop_form::ordered}) {
        CAPTURE(form == naive::loop_form::ordered);
        const deviation exact = compare<Reduced, double>(form, 200, 29, s);
        INFO("double, relative: ", exact.early, " over 50 steps, ", exact.late, " over 200");
        CHECK(exact.late < 1e-10);
        CHECK(exact.last_loss < 0.9 * exact.first_loss);
        const deviation single = compare<Reduced, float>(form, 200, 29, s);
        INFO("float, relative: ", single.early, " over 50 steps, ", single.late, " over 200");
        CHECK(single.early < 1e-3);
        CHECK(single.late < 1e-2);
    }
    if constexpr (hourglass_test::half == 0)
        CHECK(compare<Full, float>(naive::loop_form::ordered, 8, 32).late < 1e-3);
    else
        CHECK(compare<Full, double>(naive::loop_form::ordered, 4, 32).late < 1e-10);
}

}
