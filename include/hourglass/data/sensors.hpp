// The built-in data set `sensors`: simulated series of measurements by several sensors, for models of sequences. A
// series is held as an image, a row for each step and a column for each sensor.
#pragma once

#include "hourglass/data/error.hpp"
#include "hourglass/data/image_set.hpp"

#include <cstdint>

namespace hourglass::data {

inline constexpr int sensor_steps = 48, sensor_count = 3;

// Of one machine that turns, with a frequency of 1 to 3 turns in a series, a phase, a share of a second harmonic and a
// load that drifts: one sensor measures the deflection, one a quarter turn later, one the load as the turns wear it.
// Each adds noise of its own, a standard deviation of 0.05; the values lie within -2 to 2. Series n is a pure function
// of (seed, first + n), up to the rounding of sin and cos. Labels: 0 for a load that falls, 1 for one that rises.
// Throws `error` for a count below 1.
image_set make_sensors(int count, std::uint64_t seed = 1, std::uint64_t first = 0);

// Training and test series of one seed that do not overlap.
split make_sensors_split(int train_count = 4000, int test_count = 1000, std::uint64_t seed = 1);

}
