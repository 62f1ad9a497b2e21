// Simulated series: what their extents and values are, and that each depends on its number only.
#include <hourglass/data/sensors.hpp>

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

namespace data = hourglass::data;

TEST_CASE("a series is a pure function of its number") {
    const data::image_set many = data::make_sensors(20, 3), few = data::make_sensors(5, 3, 10);
    CHECK(many.rows == data::sensor_steps);
    CHECK(many.columns == data::sensor_count);
    CHECK(many.pixels.size() == 20u * 48u * 3u);
    for (int n = 0; n < 5; ++n) {
        CHECK(std::ranges::equal(few.image(n), many.image(10 + n)));
        CHECK(few.labels[static_cast<std::size_t>(n)] == many.labels[static_cast<std::size_t>(10 + n)]);
    }
    CHECK(!std::ranges::equal(many.image(0), many.image(1)));
    CHECK(data::make_sensors(1, 4).pixels != data::make_sensors(1, 3).pixels);
}

TEST_CASE("values stay within -2 and 2, and the test series are others") {
    const data::split both = data::make_sensors_split(300, 100, 1);
    CHECK(both.train.count == 300);
    CHECK(both.test.count == 100);
    for (const float value : both.train.pixels) CHECK(std::abs(value) < 2);
    for (int n = 0; n < 100; ++n) CHECK(!std::ranges::equal(both.test.image(n), both.train.image(n)));
    CHECK_THROWS_AS(data::make_sensors(0), data::error);
}
