// The built-in data set `sensors`: simulated series of measurements by several sensors, for models of sequences. A
// series is stored as an image, with a row for each step and a column for each sensor.
#pragma once

#include "hourglass/data/error.hpp"
#include "hourglass/data/image_set.hpp"

#include <cstdint>

namespace hourglass::data {

/// The steps of a series, and the sensors that measure in each step.
inline constexpr int sensor_steps = 48, sensor_count = 3;

/// Returns series that each measure a rotating machine: 1 to 3 turns per series, a phase, a share of a second harmonic
/// and a drifting load. One sensor measures the deflection, one a quarter turn later, one the load as the rotation
/// wears it. Each adds its own noise with standard deviation 0.05; values lie within -2 to 2. Series n is a pure
/// function of (seed, first + n), up to the rounding of sin and cos. Labels: 0 for a falling load, 1 for a rising one.
/// Throws `error` for a count below 1.
image_set make_sensors(int count, std::uint64_t seed = 1, std::uint64_t first = 0);

/// Returns training and test series with the same seed that do not overlap.
split make_sensors_split(int train_count = 4000, int test_count = 1000, std::uint64_t seed = 1);

}
