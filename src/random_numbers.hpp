// Uniform and normal numbers of a random stream, for drawn data sets. Internal to src/.
#pragma once

#include "hourglass/data/random.hpp"

#include <cmath>
#include <numbers>

namespace hourglass::data {

inline double uniform(random_stream& random, double least, double most) {
    return least + (most - least) * static_cast<double>(random.bits() >> 11U) * 0x1p-53;
}
// The Box-Muller transform; half of its result is discarded.
inline double normal(random_stream& random) {
    const double radius = std::sqrt(-2 * std::log(uniform(random, 0x1p-53, 1)));
    return radius * std::cos(uniform(random, 0, 2 * std::numbers::pi));
}

}
