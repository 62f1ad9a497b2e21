// Each series has its own stream of random numbers.
#include "hourglass/data/sensors.hpp"

#include "random_numbers.hpp"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

constexpr double noise = 0.05;

}

image_set make_sensors(int count, std::uint64_t seed, std::uint64_t first) {
    if (count < 1) throw error(fmt::format("sensors: expected at least 1 series, found {}", count));
    image_set set{{}, {}, count, sensor_steps, sensor_count, {"falling load", "rising load"}};
    set.pixels.reserve(static_cast<std::size_t>(count) * sensor_steps * sensor_count);
    for (int n = 0; n < count; ++n) {
        random_stream random(seed, first + static_cast<std::uint64_t>(n));
        const double turns = uniform(random, 1, 3), phase = uniform(random, 0, 2 * std::numbers::pi);
        const double harmonic = uniform(random, 0, 0.5), load = uniform(random, -0.5, 0.5);
        const double drift = uniform(random, -0.8, 0.8);
        for (int step = 0; step < sensor_steps; ++step) {
            const double time = static_cast<double>(step) / sensor_steps;
            const double angle = 2 * std::numbers::pi * turns * time + phase;
            const double now = load + drift * time;
            const double measured[sensor_count] = {std::sin(angle) + harmonic * std::sin(2 * angle),
                                                   std::cos(angle) - harmonic * std::cos(2 * angle),
                                                   now + 0.3 * now * std::sin(angle)};
            for (const double value : measured)
                set.pixels.push_back(static_cast<float>(value + noise * normal(random)));
        }
        set.labels.push_back(drift > 0 ? 1 : 0);
    }
    return set;
}

split make_sensors_split(int train_count, int test_count, std::uint64_t seed) {
    return {make_sensors(train_count, seed),
            make_sensors(test_count, seed, std::uint64_t{1} << 40U)}; // no training set is this large
}

}
