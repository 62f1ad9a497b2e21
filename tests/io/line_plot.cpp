// Curves: how large the picture is, where a curve lies in it, and what is refused.
#include <hourglass/io/line_plot.hpp>
#include <hourglass/io/scatter.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <utility>
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

namespace {

int pixels_of(const io::picture& p, const std::array<std::uint8_t, 3>& colour) {
    int count = 0;
    for (int y = 0; y < p.height; ++y)
        for (int x = 0; x < p.width; ++x) count += colour_at(p, x, y) == colour;
    return count;
}
// The largest difference of two levels: places are rounded.
int differ(const io::picture& a, const io::picture& b) {
    REQUIRE(a.pixels.size() == b.pixels.size());
    int largest = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i) largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
    return largest;
}
constexpr float most = std::numeric_limits<float>::max(), tiny = std::numeric_limits<float>::denorm_min();

}

TEST_CASE("values of any magnitude are drawn, equal ones in the middle") {
    const std::vector<float> middle(12, 0.0F);
    const io::line_style small{.width = 60, .height = 51, .thick = 3};
    const io::picture level = io::line_plot(middle, middle, 6, 2, small);
    for (const float value : {1e17F, -1e17F, 1e30F, most, -most, tiny, 1.0F}) {
        CAPTURE(value);
        const std::vector<float> equal(12, value);
        CHECK(differ(io::line_plot(equal, equal, 6, 2, small), level) <= 1);
    }
    // The same curve, whatever its unit.
    const std::vector<float> curve{0, 1, 3, 2, 1, 0};
    const io::picture shape = io::line_plot({}, curve, 6, 1, small);
    for (const float unit : {1e17F, most / 3, 64 * tiny}) {
        CAPTURE(unit);
        std::vector<float> scaled;
        for (const float value : curve) scaled.push_back(value * unit);
        CHECK(differ(io::line_plot({}, scaled, 6, 1, small), shape) <= 1);
    }
}

TEST_CASE("what leaves the panel is cut off where it leaves it") {
    const io::line_style style{.width = 206, .height = 101, .thick = 3, .least = 0, .most = 1};
    // From the middle of the left edge to far above: upright. From far below to as far above: through the middle.
    for (const float far : {1e6F, 1e17F, most}) {
        CAPTURE(far);
        const io::picture up = io::line_plot({}, std::vector<float>{0.5F, far}, 2, 1, style);
        CHECK(colour_at(up, 8 + 3, 8 + 25) == io::class_colours[0]);
        CHECK(colour_at(up, 8 + 3, 8 + 75) == white);
        CHECK(pixels_of(up, io::class_colours[0]) < 4 * 60);
        const io::picture through = io::line_plot({}, std::vector<float>{-far, far}, 2, 1, style);
        CHECK(colour_at(through, 8 + 103, 8 + 10) == io::class_colours[0]);
        CHECK(colour_at(through, 8 + 103, 8 + 90) == io::class_colours[0]);
        const io::picture above =
            io::line_plot(std::vector<float>{far, far}, std::vector<float>{far, far}, 2, 1, style);
        CHECK(pixels_of(above, io::class_colours[0]) == 0);
    }
    const io::picture narrow = io::line_plot({}, std::vector<float>{-1, 1}, 2, 1,
                                             {.width = 206, .height = 101, .thick = 3, .least = 0, .most = 5e-324});
    CHECK(pixels_of(narrow, io::class_colours[0]) > 50);
}

TEST_CASE("a view without bounds, and more panels than a picture holds, are refused") {
    constexpr double infinity = std::numeric_limits<double>::infinity(),
                     nan_value = std::numeric_limits<double>::quiet_NaN();
    const std::vector<float> values(4, 1.0F);
    for (const auto& [least, top] : std::vector<std::pair<double, double>>{{-infinity, infinity},
                                                                           {0, infinity},
                                                                           {infinity, infinity},
                                                                           {nan_value, 1},
                                                                           {0, nan_value},
                                                                           {-1.7e308, 1.7e308}})
        CHECK_THROWS_AS(io::line_plot({}, values, 2, 2, {.least = least, .most = top}), io::error);
    CHECK_THROWS_AS(io::line_plot({}, std::vector<float>(2'000'000), 2, 1, {.across = 2'000'000, .width = 4000}),
                    io::error);
}

TEST_CASE("a title and the curves' names stand above the panels, in the curves' colours") {
    const std::vector<float> lines(10, 0.25F);
    const io::line_style style{.width = 400, .least = 0, .most = 1};
    io::line_style titled = style;
    titled.title = "title";
    io::line_style named = style;
    named.names = {"first", "second"};
    const io::picture plain = io::line_plot({}, lines, 5, 2, style),
                      with_title = io::line_plot({}, lines, 5, 2, titled),
                      with_names = io::line_plot({}, lines, 5, 2, named);
    CHECK(with_title.height > plain.height);
    CHECK(with_names.height == with_title.height);
    CHECK(pixels_of(with_title, io::class_colours[0]) == pixels_of(plain, io::class_colours[0]));
    CHECK(pixels_of(with_names, io::class_colours[0]) > pixels_of(plain, io::class_colours[0]) + 100);
    CHECK(pixels_of(with_names, io::class_colours[1]) > pixels_of(plain, io::class_colours[1]) + 100);
    named.names = {"first"};
    CHECK_THROWS_AS(io::line_plot({}, lines, 5, 2, named), io::error);
}

TEST_CASE("what does not come out whole is refused") {
    const std::vector<float> seven(7), eight(8);
    CHECK_THROWS_AS(io::line_plot({}, seven, 2, 2), io::error);
    CHECK_THROWS_AS(io::line_plot(seven, eight, 2, 2), io::error);
    CHECK_THROWS_AS(io::line_plot({}, eight, 1, 8), io::error);
    CHECK_THROWS_AS(io::line_plot({}, eight, 2, 2, {.width = 10}), io::error);
    CHECK_THROWS_AS(io::line_plot({}, {}, 2, 2), io::error);
}
