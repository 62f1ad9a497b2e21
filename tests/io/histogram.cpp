#include "hourglass/io/histogram.hpp"

#include "hourglass/io/scatter.hpp"
#include "support/folder.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace io = hourglass::io;
using namespace hourglass_test;

namespace {

using numbers = std::vector<double>;
using classes = std::vector<std::uint8_t>;

struct rgb {
    int red, green, blue;
    bool operator==(const rgb&) const = default;
};
rgb at(const io::picture& page, int x, int y) {
    const std::size_t place = 3 * static_cast<std::size_t>(y * page.width + x);
    return {page.pixels[place], page.pixels[place + 1], page.pixels[place + 2]};
}
// How many pixels of a column of the picture are of a bar of one class.
rgb bar_of(std::size_t number) {
    const auto level = [&](std::size_t c) {
        return static_cast<int>(std::lround(255 + (io::class_colours[number][c] - 255) * 0.55));
    };
    return {level(0), level(1), level(2)};
}
int height_at(const io::picture& page, int x, std::size_t number) {
    int count = 0;
    for (int y = 0; y < page.height; ++y) count += at(page, x, y) == bar_of(number);
    return count;
}
// Of all columns.
int area_of(const io::picture& page, std::size_t number) {
    int count = 0;
    for (int x = 0; x < page.width; ++x) count += height_at(page, x, number);
    return count;
}

}

TEST_CASE("bars are as high as the share of their class") {
    numbers values(300, 0.0);
    for (std::size_t n = 0; n < 100; ++n) values[n] = 10;
    const io::picture page = io::histogram(values, {}, {.bins = 10});
    CHECK(page.width == 800);
    CHECK(page.height == 420);
    const int left = height_at(page, 90, 0), right = height_at(page, 765, 0); // within the first and the last bar
    CHECK(left > 200);
    CHECK(right == doctest::Approx(left / 2.0).epsilon(0.02));
    CHECK(height_at(page, 400, 0) == 0);
}

TEST_CASE("a rare class is seen beside a frequent one, and where both are they shine through") {
    numbers values;
    classes of;
    for (int n = 0; n < 1000; ++n) values.push_back(n % 100), of.push_back(0);
    for (int n = 0; n < 4; ++n) values.push_back(200 + 25 * n), of.push_back(3);
    const io::picture page = io::histogram(values, of, {.bins = 20, .names = {"usual"}});
    CHECK(area_of(page, 0) > 1000);
    CHECK(area_of(page, 3) == doctest::Approx(area_of(page, 0)).epsilon(0.1)); // equal shares in all
}

TEST_CASE("on a logarithmic axis bins have equal ratios, and what has no place there is left out") {
    const numbers values{0.01, 1, 100, 0, -3, NAN, std::numeric_limits<double>::infinity()};
    const io::picture page = io::histogram(values, {}, {.bins = 3, .logarithmic = true});
    const int first = height_at(page, 150, 0), second = height_at(page, 420, 0), third = height_at(page, 700, 0);
    CHECK(first > 100);
    CHECK(second == first);
    CHECK(third == first);
}

TEST_CASE("a mark is a line from top to bottom at its place") {
    const numbers values{0, 10};
    const io::picture page = io::histogram(values, {}, {.bins = 10, .mark = io::histogram_mark{5, "here"}});
    int dark = 0, place = 0;
    for (int x = 100; x < 700; ++x)
        if (at(page, x, 100) == rgb{60, 60, 60}) ++dark, place += x;
    CHECK(dark == 2);
    CHECK(place / 2 == doctest::Approx((72 + 784) / 2.0).epsilon(0.01));
}

TEST_CASE("pictures of nothing, of one value and of huge ones") {
    io::histogram({}, {}, {.title = "nothing"});
    io::histogram(numbers{NAN}, classes{7},
                  {.names = {"a"}, .mark = io::histogram_mark{-1e300, std::string(500, 'x')}});
    for (const bool logarithmic : {false, true})
        for (const numbers& values :
             {numbers{1e-310, 1.7e308}, numbers{3, 3, 3}, numbers{1, 1.0000001}, numbers{-1.7e308, 1.7e308}})
            io::histogram(values, {}, {.width = 200, .height = 200, .bins = 1000, .logarithmic = logarithmic});
}

TEST_CASE("sizes that do not fit and styles out of bounds are refused") {
    const auto said = [](const classes& of, const io::histogram_style& style) {
        return message_of<io::error>([&] { io::histogram(numbers{1, 2}, of, style); });
    };
    CHECK(said({1}, {}) == "histogram: expected 2 classes, one for each value, found 1");
    CHECK(said({}, {.width = 100}).starts_with("histogram: expected a picture of 200 x 200 to 8000 x 8000"));
    CHECK(said({}, {.bins = 1}).find("found 800 x 420 with 1") != std::string::npos);
    CHECK(said({}, {.mark = io::histogram_mark{NAN, ""}}) ==
          "histogram: expected a mark at a finite number, found nan");
    CHECK(said({}, {.logarithmic = true, .mark = io::histogram_mark{0, ""}}) ==
          "histogram: expected a mark at a finite number above 0, found 0");
}
