#include "hourglass/io/scatter.hpp"

#include "support/folder.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace io = hourglass::io;
using namespace hourglass_test;

namespace {

std::array<int, 3> at(const io::picture& page, int x, int y) {
    const std::size_t i =
        3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(page.width) + static_cast<std::size_t>(x));
    return {page.pixels[i], page.pixels[i + 1], page.pixels[i + 2]};
}

std::array<int, 3> colour(std::size_t n) {
    return {io::class_colours[n][0], io::class_colours[n][1], io::class_colours[n][2]};
}

}

TEST_CASE("a point is a disc of its class's colour at its place") {
    const io::scatter_style style{.width = 400, .height = 300, .radius = 6, .opacity = 1, .view = {0, 1, 0, 1}};
    // The box reaches from 72 to 330, beside a legend of two digits, and, upwards, from 264 to 16.
    const auto page =
        io::scatter(std::vector<float>{0.5F, 0.5F, 0.25F, 0.75F}, std::vector<std::uint8_t>{2, 13}, style);
    CHECK(page.channels == 3);
    CHECK(at(page, 201, 140) == colour(2));
    CHECK(at(page, 136, 78) == colour(3)); // class 13: the colours come round again
    CHECK(at(page, 201, 120) == std::array{255, 255, 255});
    // What the disc covers, edges in part, is its area.
    double covered = 0;
    for (int y = 128; y < 152; ++y)
        for (int x = 189; x < 213; ++x) covered += (255 - at(page, x, y)[1]) / (255.0 - colour(2)[1]);
    CHECK(covered == doctest::Approx(std::numbers::pi * 36).epsilon(0.02));
    CHECK(at(page, 71, 140) == std::array{60, 60, 60}); // the box
    CHECK(at(page, 330, 140) == std::array{60, 60, 60});
}

TEST_CASE("points outside the view or not finite are left out, and no point at all is fine") {
    constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const io::scatter_style style{.width = 300, .height = 300, .view = {0, 1, 0, 1}};
    const auto empty = io::scatter({}, {}, style);
    CHECK(io::scatter(std::vector<float>{2, 0.5F, nan_value, 0.5F, 0.5F, infinity, 0.5F, -1e30F}, {}, style).pixels ==
          empty.pixels);
    CHECK(io::scatter({}).width == 800);
    // Bounds chosen from the finite points, however few or far apart they are.
    CHECK(io::scatter(std::vector<float>{nan_value, infinity}).pixels == io::scatter({}).pixels);
    for (const auto& points : {std::vector<float>{5, 5},
                               {1e9F, 1e9F},
                               {1e30F, -1e30F, 0, 0},
                               {1e-30F, 1, 2e-30F, 1},
                               {1e17F, -1e17F},
                               {1e-45F, 0, 0, 1e-45F},
                               {3e38F, 3e38F, -3e38F, -3e38F}}) {
        const auto page = io::scatter(points);
        bool coloured = false;
        for (std::size_t i = 0; i < page.pixels.size(); i += 3)
            coloured = coloured || page.pixels[i] != page.pixels[i + 2];
        CHECK(coloured);
    }
}

TEST_CASE("classes are named in the legend, by a number where they have no name; a title stands above") {
    const std::vector<float> points{0, 0, 1, 1};
    const std::vector<std::uint8_t> classes{0, 1};
    const auto drawn = [&](std::vector<std::string> names, std::string title = "") {
        return io::scatter(points, classes, {.title = std::move(title), .names = std::move(names)}).pixels;
    };
    CHECK(drawn({}) == drawn({"0", "1"}));
    CHECK(drawn({"ellipse"}) != drawn({}));
    CHECK(drawn({"ellipse", "square"}) != drawn({"ellipse"}));
    CHECK(drawn({}, "title") != drawn({}));
    for (const std::size_t length : {300U, 10'000'000U}) // cut off, and still a picture
        CHECK(drawn({std::string(length, 'w'), "x"}, std::string(length, 'i')).size() == drawn({}).size());
}

TEST_CASE("the ten colours differ from each other and from the ground") {
    for (std::size_t a = 0; a < 10; ++a) {
        CHECK(colour(a)[0] + colour(a)[1] + colour(a)[2] < 680);
        for (std::size_t b = 0; b < a; ++b) CHECK(colour(a) != colour(b));
    }
}

TEST_CASE("what cannot be drawn is refused in words") {
    const auto complaint = [](std::size_t numbers, std::size_t classes, const io::scatter_style& style) {
        return message_of<io::error>(
            [&] { io::scatter(std::vector<float>(numbers), std::vector<std::uint8_t>(classes), style); });
    };
    CHECK(complaint(3, 0, {}) == "scatter: expected points of 2 numbers each, found 3 numbers");
    CHECK(complaint(4, 3, {}) == "scatter: expected 2 classes, one for each point, found 3");
    CHECK(complaint(4, 0, {.width = 10}) == "scatter: expected a picture of 200 x 200 to 8000 x 8000, found 10 x 760");
    CHECK(complaint(4, 0, {.radius = 0}) ==
          "scatter: expected a radius in 0.5..50 and an opacity above 0, at most 1, found 0 and 0.8");
    CHECK(complaint(4, 0, {.opacity = std::nan("")}) ==
          "scatter: expected a radius in 0.5..50 and an opacity above 0, at most 1, found 2.5 and nan");
    const std::string view =
        "scatter: expected a finite view with left < right and bottom < top (left = right: chosen from "
        "the points), found ";
    CHECK(complaint(4, 0, {.view = {1, 0, 0, 1}}) == view + "1, 0, 0, 1");
    CHECK(complaint(4, 0, {.view = {0, 1, 1, 1}}) == view + "0, 1, 1, 1");
    CHECK(complaint(4, 0, {.view = {0, std::numeric_limits<double>::infinity(), 0, 1}}) == view + "0, inf, 0, 1");
    CHECK(complaint(4, 0, {.view = {-1.7e308, 1.7e308, 0, 1}}) == view + "-1.7e+308, 1.7e+308, 0, 1");
    CHECK(complaint(4, 0, {.view = {0, 1e-320, 0, 1}}) == view + "0, 1e-320, 0, 1");
    CHECK(complaint(4, 0, {.view = {0, 1, 0, 5e-324}}) == view + "0, 1, 0, 5e-324");
    CHECK(io::scatter(std::vector<float>(4), {}, {.view = {1e16, 1e16 + 2, 0, 1}}).width ==
          800); // ticks closer than doubles
}
