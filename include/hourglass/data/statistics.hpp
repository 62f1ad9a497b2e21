// Statistics of scores: how well they separate two classes, and where to put the threshold. Tables are in table.hpp.
#pragma once

#include "hourglass/data/error.hpp"

#include <cstdint>
#include <span>

namespace hourglass::data {

/// Returns the q-quantile of the values, 0 <= q <= 1, by linear interpolation between the order statistics next to
/// position (n - 1) q: type 7 of R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages" (1996), NumPy's
/// default. An infinity next to the position is returned as it is. Throws `error` without values, for a NaN, and for
/// another q.
double quantile(std::span<const double> values, double q);
/// The same for float.
double quantile(std::span<const float> values, double q);

/// Returns the area under the receiver operating characteristic: the probability that an example of the positive class
/// (label not 0) scores higher than one of the negative class; ties count half (Mann and Whitney's U divided by the
/// number of pairs). Takes O(n log n) time. Throws `error` if the numbers of labels and scores differ, for a NaN, and
/// unless both classes occur.
double auroc(std::span<const double> scores, std::span<const std::uint8_t> labels);
/// The same for float.
double auroc(std::span<const float> scores, std::span<const std::uint8_t> labels);

/// Returns the average precision: the sum over distinct scores, from the highest down, of (recall there - recall
/// before) x precision, where examples with at least this score count as positive. No interpolation, as in
/// scikit-learn. Otherwise as `auroc`.
double average_precision(std::span<const double> scores, std::span<const std::uint8_t> labels);
/// The same for float.
double average_precision(std::span<const float> scores, std::span<const std::uint8_t> labels);

}
