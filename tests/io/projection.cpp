// The projection onto a plane: axes known beforehand are found, in order of variance and with their sign.
#include <hourglass/io/projection.hpp>

#include "support/folder.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

namespace io = hourglass::io;

TEST_CASE("principal axes that were built in are found") {
    // Orthonormal directions of deviation 3, 2 and 0.5 (in units of the grids below), about the mean (10, -20, 5).
    const double u[3] = {2 / 3.0, -1 / 3.0, 2 / 3.0}, v[3] = {-1 / 3.0, 2 / 3.0, 2 / 3.0},
                 w[3] = {2 / 3.0, 2 / 3.0, -1 / 3.0};
    const double mean[3] = {10, -20, 5};
    std::vector<float> points, expected;
    for (int a = -4; a <= 4; ++a)
        for (int b = -4; b <= 4; ++b)
            for (int c = -4; c <= 4; ++c) {
                for (int i = 0; i < 3; ++i)
                    points.push_back(static_cast<float>(mean[i] + 3 * a * u[i] + 2 * b * v[i] + 0.5 * c * w[i]));
                expected.push_back(static_cast<float>(3 * a));
                expected.push_back(static_cast<float>(2 * b));
            }
    const std::vector<float> plane = io::onto_a_plane(points, 3);
    REQUIRE(plane.size() == expected.size());
    for (std::size_t i = 0; i < plane.size(); ++i) CHECK(std::abs(plane[i] - expected[i]) < 1e-4F);
}

TEST_CASE("points of a plane stay, points of a line get a second coordinate, no point is no error") {
    const std::vector<float> points{3, 1, -2, 8};
    CHECK(io::onto_a_plane(points, 2) == points);
    CHECK(io::onto_a_plane(points, 1) == std::vector<float>{3, 0, 1, 0, -2, 0, 8, 0});
    CHECK(io::onto_a_plane({}, 1).empty());
}

TEST_CASE("points that are all the same lie at the origin") {
    const std::vector<float> points(4 * 5, 7.0F);
    for (const float x : io::onto_a_plane(points, 5)) CHECK(x == 0);
}

TEST_CASE("points that are not finite decide nothing, and are NaN") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    std::vector<float> good, mixed, places;
    for (int n = 0; n < 40; ++n) {
        std::vector<float> point(20);
        for (int i = 0; i < 20; ++i) point[static_cast<std::size_t>(i)] = static_cast<float>((n * 7 + i * n * 3) % 11);
        good.insert(good.end(), point.begin(), point.end());
        mixed.insert(mixed.end(), point.begin(), point.end());
        point[static_cast<std::size_t>(n % 20)] = n % 3 == 0 ? infinity : n % 3 == 1 ? -infinity : infinity - infinity;
        mixed.insert(mixed.end(), point.begin(), point.end());
    }
    const std::vector<float> wanted = io::onto_a_plane(good, 20), found = io::onto_a_plane(mixed, 20);
    REQUIRE(found.size() == 2 * wanted.size());
    for (std::size_t n = 0; n < 40; ++n)
        for (std::size_t axis = 0; axis < 2; ++axis) {
            CHECK(found[4 * n + axis] == wanted[2 * n + axis]);
            CHECK(std::isnan(found[4 * n + 2 + axis]));
        }
    for (const float x : io::onto_a_plane(std::vector<float>(40, infinity), 20)) CHECK(std::isnan(x));
}

TEST_CASE("magnitudes at the ends of the floats stay finite") {
    for (const float unit : {std::numeric_limits<float>::max(), 1e17F, std::numeric_limits<float>::denorm_min()}) {
        CAPTURE(unit);
        const std::vector<float> plane =
            io::onto_a_plane(std::vector<float>{unit, unit, unit, -unit, -unit, -unit, 0, unit, 0}, 3);
        for (const float x : plane) CHECK(std::isfinite(x));
        CHECK(std::abs(plane[0]) > 0);
    }
}

TEST_CASE("numbers that make no whole points are refused") {
    const std::vector<float> points(7);
    CHECK(hourglass_test::message_of<io::error>([&] { io::onto_a_plane(points, 3); }) ==
          "projection: expected points of 3 numbers each, found 7 numbers; give n x dimensions");
    CHECK(hourglass_test::message_of<io::error>([&] { io::onto_a_plane(points, 0); }).find("expected") !=
          std::string::npos);
}
