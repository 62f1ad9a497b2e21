#include "hourglass/io/image_grid.hpp"

#include "support/folder.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace io = hourglass::io;
using namespace hourglass_test;

namespace {

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

// The picture as text, a line a row: separators are '.', levels their first hexadecimal digit.
std::string drawing(const io::picture& page, int separator = 64) {
    std::string text;
    for (std::size_t i = 0; i < page.pixels.size(); ++i) {
        text += page.pixels[i] == separator ? '.' : "0123456789abcdef"[page.pixels[i] / 16];
        if ((i + 1) % static_cast<std::size_t>(page.width) == 0) text += '\n';
    }
    return text;
}

}

TEST_CASE("a grid puts images in rows with separators between and around") {
    // Three images of one row and two columns.
    const std::vector<float> images{0, 1, 0.5F, 0.25F + 0.01F, 2, -1};
    const io::grid_style style{.across = 2, .zoom = 1, .gap = 1};
    CHECK(drawing(io::image_grid(images, 1, 2, style)) == ".......\n"
                                                          ".0f.84.\n"
                                                          ".......\n"
                                                          ".f0....\n"
                                                          ".......\n");
    CHECK(drawing(io::image_grid(std::span(images).first(2), 1, 2, {.across = 1, .zoom = 2, .gap = 1})) == "......\n"
                                                                                                           ".00ff.\n"
                                                                                                           ".00ff.\n"
                                                                                                           "......\n");
}

TEST_CASE("values are clamped, NaN is black") {
    const std::vector<float> images{-1, 0, 0.5F, 1, 7, nan_value, infinity, -infinity};
    const auto page = io::image_grid(images, 1, 8, {.across = 1, .zoom = 1, .gap = 0});
    CHECK(page.pixels == std::vector<std::uint8_t>{0, 0, 128, 255, 255, 0, 255, 0});
}

TEST_CASE("the symmetric scale is one for the whole picture") {
    const std::vector<float> images{-2, 0, 1, 2, nan_value, infinity};
    io::grid_style style{.across = 1, .zoom = 1, .gap = 0, .scale = io::scaling::symmetric};
    CHECK(io::image_grid(images, 1, 3, style).pixels == std::vector<std::uint8_t>{0, 128, 191, 255, 0, 255});
    style.limit = 1;
    CHECK(io::image_grid(images, 1, 3, style).pixels == std::vector<std::uint8_t>{0, 128, 255, 255, 0, 255});
    style.limit = 0;
    CHECK(io::image_grid(std::vector<float>{0, 0}, 1, 2, style).pixels == std::vector<std::uint8_t>{128, 128});
    constexpr float most = std::numeric_limits<float>::max();
    constexpr float tiny = std::numeric_limits<float>::denorm_min();
    CHECK(io::image_grid(std::vector<float>{-tiny, tiny}, 1, 2, style).pixels == std::vector<std::uint8_t>{0, 255});
    CHECK(io::image_grid(std::vector<float>{nan_value, infinity}, 1, 2, style).pixels ==
          std::vector<std::uint8_t>{0, 255});
    CHECK(io::image_grid(std::vector<float>{1e17F, 1e17F}, 1, 2, style).pixels == std::vector<std::uint8_t>{255, 255});
    CHECK(io::image_grid(std::vector<float>{-most, most}, 1, 2, style).pixels == std::vector<std::uint8_t>{0, 255});
}

TEST_CASE("a comparison keeps what belongs together in one group") {
    const std::vector<float> first{0, 0.1F, 0.2F};
    const std::vector<float> second{1, 0.9F, 0.8F};
    io::grid_style style{.across = 2, .zoom = 1, .gap = 1, .group_gap = 2};
    CHECK(drawing(io::comparison_grid({first, second}, 1, 1, style)) == ".....\n"
                                                                        ".....\n"
                                                                        ".0.1.\n"
                                                                        ".....\n"
                                                                        ".f.e.\n"
                                                                        ".....\n"
                                                                        ".....\n"
                                                                        ".3...\n"
                                                                        ".....\n"
                                                                        ".c...\n"
                                                                        ".....\n"
                                                                        ".....\n");
    style.placed = io::arrangement::beside;
    const std::vector<std::span<const float>> series{first, second};
    CHECK(drawing(io::comparison_grid(series, 1, 1, style)) == "............\n"
                                                               "..0.f..1.e..\n"
                                                               "............\n"
                                                               "..3.c.......\n"
                                                               "............\n");
}

TEST_CASE("left alone, a grid is about square and about 1000 pixels") {
    const std::vector<float> images(64 * 784);
    const auto page = io::image_grid(images, 28, 28);
    CHECK(page.width == page.height);
    CHECK(page.width == 8 * 28 * 4 + 9 * 2);
    const auto one = io::image_grid(std::span(images).first(784), 28, 28);
    CHECK(one.width == 28 * 8 + 4);
    const auto pairs = io::comparison_grid({images, images}, 28, 28);
    CHECK(std::abs(pairs.width - pairs.height) < pairs.width / 4);
}

TEST_CASE("a title stands above the images, and widens a picture that is narrower") {
    const std::vector<float> image(40 * 40, 0.5F);
    const auto plain = io::image_grid(image, 40, 40, {.zoom = 8, .separator = 0});
    const auto titled = io::image_grid(image, 40, 40, {.zoom = 8, .separator = 0, .title = "one grey image"});
    REQUIRE(titled.width == plain.width);
    REQUIRE(titled.height > plain.height);
    const auto above = static_cast<std::size_t>((titled.height - plain.height) * titled.width);
    CHECK(std::equal(plain.pixels.begin(), plain.pixels.end(),
                     titled.pixels.begin() + static_cast<std::ptrdiff_t>(above)));
    const auto inked = std::count_if(titled.pixels.begin(), titled.pixels.begin() + static_cast<std::ptrdiff_t>(above),
                                     [](int level) { return level > 0; });
    CHECK(inked > 100);
    const auto wide = io::image_grid(image, 40, 40, {.zoom = 1, .title = "wider than the image below it"});
    CHECK(wide.width > 200);
    // What no font has is a question mark each, whatever its bytes.
    const auto other = io::image_grid(image, 40, 40, {.zoom = 8, .title = "\xd0\xbc\xe2\x82\xac"});
    CHECK(other.pixels == io::image_grid(image, 40, 40, {.zoom = 8, .title = "??"}).pixels);
}

TEST_CASE("what cannot be laid out is refused in words") {
    const std::vector<float> images(12);
    const auto complaint = [&](std::span<const float> what, int rows, int columns, const io::grid_style& style) {
        return message_of<io::error>([&] { io::image_grid(what, rows, columns, style); });
    };
    CHECK(complaint({}, 2, 2, {}) == "image grid: expected at least 1 image, found none");
    CHECK(complaint(images, 0, 2, {}) == "image grid: expected images of 1 x 1 to 4096 x 4096, found 0 x 2");
    CHECK(complaint(images, 1, 5, {}) == "image grid: expected whole images of 1 x 5 = 5 numbers, found 12 numbers");
    CHECK(complaint(images, 2, 2, {.zoom = -1}) == "image grid: expected across >= 0, zoom in 0..64, gaps in 0..1000 "
                                                   "and a finite limit >= 0, found across 0, zoom -1, "
                                                   "gaps 2 and 8, limit 0");
    CHECK(complaint(images, 2, 2, {.limit = nan_value}) == "image grid: expected across >= 0, zoom in 0..64, gaps in "
                                                           "0..1000 and a finite limit >= 0, found across 0, zoom 0, "
                                                           "gaps 2 and 8, limit nan");
    CHECK(complaint(std::vector<float>(4096), 1, 4096, {.zoom = 64}) ==
          "make_picture: expected a picture of 1 x 1 to 32768 x 32768 pixels, found 262148 x 68");
    CHECK(message_of<io::error>([&] {
              io::comparison_grid({images, std::span(images).first(8)}, 2, 2);
          }) == "image grid: expected 3 images in series 1, as in series 0, found 2");
    CHECK(message_of<io::error>([&] { io::comparison_grid({}, 2, 2); }) ==
          "image grid: expected at least 1 image, found none");
    CHECK(complaint(std::vector<float>(1'000'001), 1, 1, {}) ==
          "image grid: expected at most 1000000 images, found 1000001");
}
