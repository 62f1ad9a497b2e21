// Curves: how large the picture is, where a curve lies in it, and what is refused.
#include <hourglass/io/line_plot.hpp>
#include <hourglass/io/scatter.hpp>

#include <limits>
#include <vector>

#include <doctest/doctest.h>

namespace io = hourglass::io;

namespace {

std::array<std::uint8_t, 3> colour_at(const io::picture& p, int x, int y) {
    const auto at = 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(p.width) + static_cast<std::size_t>(x));
    return {p.pixels[at], p.pixels[at + 1], p.pixels[at + 2]};
}
constexpr std::array<std::uint8_t, 3> white{255, 255, 255};

}

TEST_CASE("a constant curve is a line in its colour at its height") {
    const std::vector<float> lines(10, 0.25F); // one series of five steps of two curves
    const io::picture p =
        io::line_plot({}, lines, 5, 2, {.width = 100, .height = 81, .thick = 3, .least = 0, .most = 1});
    CHECK(p.width == 8 + 108);
    CHECK(p.height == 8 + 89);
    CHECK(p.channels == 3);
    CHECK(colour_at(p, 8 + 50, 8 + 60) == io::class_colours[1]); // the second lies over the first
    CHECK(colour_at(p, 8 + 50, 8 + 40) == white);
    CHECK(colour_at(p, 2, 2) == white);
}

TEST_CASE("panels stand in lines, and what is not finite is left out") {
    std::vector<float> lines(5 * 6, 0.5F);
    lines[7] = std::numeric_limits<float>::quiet_NaN();
    const io::picture p = io::line_plot(lines, lines, 6, 1, {.across = 3, .width = 60, .height = 50});
    CHECK(p.width == 8 + 3 * 68);
    CHECK(p.height == 8 + 2 * 58);
    CHECK_NOTHROW(io::line_plot({}, std::vector<float>(4, std::numeric_limits<float>::infinity()), 2, 2));
}

TEST_CASE("what does not come out whole is refused") {
    const std::vector<float> seven(7), eight(8);
    CHECK_THROWS_AS(io::line_plot({}, seven, 2, 2), io::error);
    CHECK_THROWS_AS(io::line_plot(seven, eight, 2, 2), io::error);
    CHECK_THROWS_AS(io::line_plot({}, eight, 1, 8), io::error);
    CHECK_THROWS_AS(io::line_plot({}, eight, 2, 2, {.width = 10}), io::error);
    CHECK_THROWS_AS(io::line_plot({}, {}, 2, 2), io::error);
}
