// Numbers that say how well scores tell two classes apart, and where to draw the line. The tables that they are of are
// in table.hpp.
#pragma once

#include "hourglass/data/error.hpp"

#include <cstdint>
#include <span>

namespace hourglass::data {

// The value below which the share q of the values lies, 0 <= q <= 1, by linear interpolation between the order
// statistics that enclose the place (n - 1) q: type 7 of R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical
// Packages" (1996), the default of NumPy. An infinity beside the place is the answer. Throws `error` without values,
// for a NaN, and for another q.
double quantile(std::span<const double> values, double q);
double quantile(std::span<const float> values, double q);

// The area under the receiver operating characteristic: the probability that an example of the positive class
// (label not 0) has a higher score than one of the negative class, ties counted half (Mann and Whitney's U over the
// number of pairs). Takes n log n. Throws `error` where there are not as many labels as scores, for a NaN, and unless
// both classes are there.
double auroc(std::span<const double> scores, std::span<const std::uint8_t> labels);
double auroc(std::span<const float> scores, std::span<const std::uint8_t> labels);

// The average precision: the sum over the different scores, from the highest, of (recall there - recall before) x
// precision, where an example is taken for positive whose score is at least this. No interpolation: the definition of
// scikit-learn. Otherwise as above.
double average_precision(std::span<const double> scores, std::span<const std::uint8_t> labels);
double average_precision(std::span<const float> scores, std::span<const std::uint8_t> labels);

}
