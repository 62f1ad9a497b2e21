#include "hourglass/data/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

template <class Number> void expect_no_nan(std::span<const Number> values, std::string_view who) {
    const auto wrong = std::ranges::find_if(values, [](Number x) { return std::isnan(x); });
    if (wrong != values.end())
        throw error(
            fmt::format("{}: expected numbers, found NaN at place {} (counted from 0)", who, wrong - values.begin()));
}

template <class Number> double quantile_of(std::span<const Number> values, double q) {
    if (values.empty()) throw error("quantile: expected at least 1 value, found none");
    if (!(q >= 0 && q <= 1)) throw error(fmt::format("quantile: expected a share from 0 to 1, found {}", q));
    expect_no_nan(values, "quantile");
    std::vector<double> sorted(values.begin(), values.end());
    const double place = static_cast<double>(sorted.size() - 1) * q, share = place - std::floor(place);
    const auto below = sorted.begin() + static_cast<std::ptrdiff_t>(place);
    std::nth_element(sorted.begin(), below, sorted.end());
    if (share == 0) return *below;
    const double a = *below, b = *std::min_element(below + 1, sorted.end());
    if (a == b || std::isinf(a) || std::isinf(b)) return std::isinf(a) ? a : b;
    if (std::isinf(b - a)) return a * (1 - share) + b * share;
    // As in NumPy: exact at both ends, and symmetric.
    return share < 0.5 ? a + (b - a) * share : b - (b - a) * (1 - share);
}

// How many examples of each class share a score.
struct tied {
    double positive = 0, negative = 0;
};

// From the lowest score to the highest.
template <class Number> std::vector<tied> groups_of(std::span<const Number> scores,
                                                    std::span<const std::uint8_t> labels, std::string_view who) {
    if (scores.size() != labels.size())
        throw error(fmt::format("{}: expected a label for each score, found {} scores and {} labels", who,
                                scores.size(), labels.size()));
    expect_no_nan(scores, who);
    std::vector<std::size_t> order(scores.size());
    for (std::size_t n = 0; n < order.size(); ++n) order[n] = n;
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
    std::vector<tied> groups;
    for (std::size_t n = 0; n < order.size(); ++n) {
        if (n == 0 || scores[order[n - 1]] != scores[order[n]]) groups.emplace_back();
        ++(labels[order[n]] != 0 ? groups.back().positive : groups.back().negative);
    }
    return groups;
}
tied all_of(const std::vector<tied>& groups, std::string_view who) {
    tied all;
    for (const tied& group : groups) all = {all.positive + group.positive, all.negative + group.negative};
    if (all.positive == 0 || all.negative == 0)
        throw error(fmt::format("{}: expected examples of both classes, found {} positive and {} negative ones", who,
                                all.positive, all.negative));
    return all;
}

template <class Number> double auroc_of(std::span<const Number> scores, std::span<const std::uint8_t> labels) {
    const std::vector<tied> groups = groups_of(scores, labels, "auroc");
    const tied all = all_of(groups, "auroc");
    double below = 0, pairs = 0;
    for (const tied& group : groups) {
        pairs += group.positive * (below + group.negative / 2);
        below += group.negative;
    }
    return pairs / all.positive / all.negative;
}

template <class Number>
double average_precision_of(std::span<const Number> scores, std::span<const std::uint8_t> labels) {
    const std::vector<tied> groups = groups_of(scores, labels, "average_precision");
    const tied all = all_of(groups, "average_precision");
    tied taken;
    double sum = 0;
    for (auto group = groups.rbegin(); group != groups.rend(); ++group) {
        taken = {taken.positive + group->positive, taken.negative + group->negative};
        sum += group->positive / all.positive * (taken.positive / (taken.positive + taken.negative));
    }
    return sum;
}

}

double quantile(std::span<const double> values, double q) { return quantile_of(values, q); }
double quantile(std::span<const float> values, double q) { return quantile_of(values, q); }
double auroc(std::span<const double> scores, std::span<const std::uint8_t> labels) { return auroc_of(scores, labels); }
double auroc(std::span<const float> scores, std::span<const std::uint8_t> labels) { return auroc_of(scores, labels); }
double average_precision(std::span<const double> scores, std::span<const std::uint8_t> labels) {
    return average_precision_of(scores, labels);
}
double average_precision(std::span<const float> scores, std::span<const std::uint8_t> labels) {
    return average_precision_of(scores, labels);
}

}
