#include "hourglass/data/shapes.hpp"

#include "support/folder.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <numeric>

#include <doctest/doctest.h>

namespace data = hourglass::data;
using namespace hourglass_test;

namespace {

// FNV-1a over the pixels' levels: pinned, so that a change of what `shapes` draws cannot go unnoticed.
std::uint64_t fingerprint(const data::image_set& set) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const float level : set.pixels) hash = (hash ^ static_cast<std::uint64_t>(level * 64)) * 0x100000001b3ULL;
    return hash;
}

double area(const data::shape_factors& factors, int side) {
    std::vector<float> pixels(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
    data::draw_shape(factors, side, pixels);
    return std::accumulate(pixels.begin(), pixels.end(), 0.0) / static_cast<double>(pixels.size());
}

}

TEST_CASE("shapes have the areas that geometry gives them, at every rotation") {
    const double r = 0.3;
    const double wide = 0.3 * r;
    // The cross: two bars of half width 0.3 r and half length r, less their common square.
    const std::array<double, 4> expected{std::numbers::pi * r * r / 2, 2 * r * r, 3 * std::sqrt(3.0) / 4 * r * r,
                                         2 * (4 * wide * r) - 4 * wide * wide};
    for (std::size_t kind = 0; kind < expected.size(); ++kind)
        for (const float rotation : {0.0F, 0.3F, 1.1F, -7.0F}) {
            CAPTURE(data::shape_names[kind]);
            CAPTURE(rotation);
            const data::shape_factors factors{static_cast<data::shape_kind>(kind), 0.3F, rotation, 0.5F, 0.5F};
            CHECK(area(factors, 28) == doctest::Approx(expected[kind]).epsilon(0.01));
            CHECK(area(factors, 64) == doctest::Approx(expected[kind]).epsilon(0.01));
        }
}

TEST_CASE("a shape lies where its factors say, and the part outside the picture is cut off") {
    for (const auto kind : {data::shape_kind::ellipse, data::shape_kind::square, data::shape_kind::cross}) {
        std::vector<float> pixels(28 * 28);
        data::draw_shape({kind, 0.2F, 0.4F, 0.4F, 0.65F}, 28, pixels);
        double sum = 0;
        double x = 0;
        double y = 0;
        for (std::size_t i = 0; i < pixels.size(); ++i) {
            const auto level = static_cast<double>(pixels[i]);
            sum += level;
            x += level * (static_cast<double>(i % 28) + 0.5);
            y += level * (static_cast<double>(i / 28) + 0.5);
        }
        CHECK(x / sum / 28 == doctest::Approx(0.4).epsilon(0.005));
        CHECK(y / sum / 28 == doctest::Approx(0.65).epsilon(0.005));
    }
    CHECK(area({data::shape_kind::square, 0.4F, 0.0F, 0.0F, 0.0F}, 28) ==
          doctest::Approx(0.4 * 0.4 * 2 / 4).epsilon(0.01)); // a quarter is left
    CHECK(area({data::shape_kind::square, 0.2F, 0.0F, 4.0F, -4.0F}, 28) == 0);
    CHECK(area({data::shape_kind::square, 4.0F, 0.0F, 0.5F, 0.5F}, 28) == 1);
    CHECK(area({data::shape_kind::ellipse, 0.0F, 0.0F, 0.5F, 0.5F}, 28) == 0);
}

TEST_CASE("the triangle points up at rotation 0") {
    std::vector<float> pixels(28 * 28);
    data::draw_shape({data::shape_kind::triangle, 0.3F, 0.0F, 0.5F, 0.5F}, 28, pixels);
    const auto row_sum = [&](std::size_t row) {
        return std::accumulate(pixels.begin() + static_cast<std::ptrdiff_t>(row * 28),
                               pixels.begin() + static_cast<std::ptrdiff_t>(row * 28 + 28), 0.0);
    };
    CHECK(row_sum(7) > 0);
    CHECK(row_sum(7) < row_sum(10));
    CHECK(row_sum(10) < row_sum(16));
    CHECK(row_sum(20) == 0);
}

TEST_CASE("picture n depends on seed and n only") {
    const auto all = data::make_shapes({.count = 50, .seed = 7});
    const auto part = data::make_shapes({.count = 10, .seed = 7, .first = 20});
    const auto other = data::make_shapes({.count = 10, .seed = 8, .first = 20});
    for (std::size_t n = 0; n < 10; ++n) {
        CHECK(part.factors[n].x == all.factors[20 + n].x);
        CHECK(part.images.labels[n] == all.images.labels[20 + n]);
        const auto a = part.images.image(static_cast<int>(n));
        const auto b = all.images.image(static_cast<int>(20 + n));
        CHECK(std::equal(a.begin(), a.end(), b.begin()));
    }
    CHECK(other.images.pixels != part.images.pixels);

    const data::split both = data::make_shapes_split(30, 20, 7);
    CHECK(both.train.count == 30);
    CHECK(both.test.count == 20);
    CHECK(both.test.pixels == data::make_shapes({.count = 20, .seed = 7, .first = 30}).images.pixels);
}

TEST_CASE("drawn factors keep their ranges, and every picture is the drawing of its factors") {
    const auto set = data::make_shapes({.count = 2000, .seed = 3});
    CHECK(set.images.rows == 28);
    CHECK(set.images.columns == 28);
    REQUIRE(set.factors.size() == 2000);
    std::array<int, data::shape_kinds> seen{};
    std::vector<float> again(784);
    for (std::size_t n = 0; n < 2000; ++n) {
        const data::shape_factors& f = set.factors[n];
        ++seen[static_cast<std::size_t>(f.kind)];
        CHECK(set.images.labels[n] == static_cast<std::uint8_t>(f.kind));
        CHECK((f.size > 0.119F && f.size < 0.321F));
        CHECK((f.x > 0.349F && f.x < 0.651F && f.y > 0.349F && f.y < 0.651F));
        CHECK((f.rotation >= 0 && f.rotation < 3.1416F));
        data::draw_shape(f, 28, again);
        const auto image = set.images.image(static_cast<int>(n));
        CHECK(std::equal(image.begin(), image.end(), again.begin()));
        CHECK((f.x - f.size > 0 && f.x + f.size < 1 && f.y - f.size > 0 && f.y + f.size < 1)); // nothing is cut off
    }
    for (const int n : seen) CHECK((n > 430 && n < 570));
}

TEST_CASE("labels have names; of the training images the last can be held out for validation") {
    data::split images = data::make_shapes_split(10, 4);
    CHECK(images.train.class_names == std::vector<std::string>{"ellipse", "square", "triangle", "cross"});
    const data::image_set all = images.train;
    data::hold_out(images, 3);
    CHECK(images.train.count == 7);
    CHECK(images.validation.count == 3);
    CHECK(images.validation.rows == all.rows);
    CHECK(images.validation.class_names == all.class_names);
    std::vector<float> pixels = images.train.pixels;
    pixels.insert(pixels.end(), images.validation.pixels.begin(), images.validation.pixels.end());
    CHECK(pixels == all.pixels);
    std::vector<std::uint8_t> labels = images.train.labels;
    labels.insert(labels.end(), images.validation.labels.begin(), images.validation.labels.end());
    CHECK(labels == all.labels);
    for (const int count : {-1, 0, 7, 100})
        CHECK(message_of<data::error>([&] { data::hold_out(images, count); }) ==
              "validation: expected to hold out 1 to 6 of 7 training images, found " + std::to_string(count));
    images.train.labels.clear();
    data::hold_out(images, 6);
    CHECK(images.train.count == 1);
    CHECK(images.validation.labels.empty());
}

TEST_CASE("what shapes draws is pinned to the bit") {
    CHECK(fingerprint(data::make_shapes({.count = 100, .seed = 1}).images) == 6937909638464219561ULL);
    CHECK(fingerprint(data::make_shapes({.count = 20, .side = 64, .seed = 2}).images) == 8241913608902520091ULL);
}

TEST_CASE("what cannot be drawn is refused in words") {
    std::vector<float> pixels(784);
    CHECK(message_of<data::error>([&] { data::make_shapes({.count = 0}); }) ==
          "shapes: expected a count of at least 1, found 0; ask for some pictures");
    CHECK(message_of<data::error>([&] { data::make_shapes({.side = 3}); }) ==
          "shapes: expected a side of 4 to 512 pixels, found 3; choose another side");
    CHECK(message_of<data::error>([&] { data::make_shapes_split(10, 0); }) ==
          "shapes: expected a count of at least 1, found 0; ask for some pictures");
    CHECK(message_of<data::error>([&] { data::draw_shape({}, 27, pixels); }) ==
          "shapes: expected room for 729 pixels (27 x 27), found 784; pass one picture's pixels");
    CHECK(message_of<data::error>(
              [&] { data::draw_shape({.x = std::numeric_limits<float>::quiet_NaN()}, 28, pixels); }) ==
          "shapes: expected a kind below 4, size in 0..4, x and y in -4..4 and rotation in -1000..1000, found kind 0, "
          "size 0.25, x nan, y 0.5, rotation 0; give finite factors");
    CHECK_THROWS_AS(data::draw_shape({.kind = static_cast<data::shape_kind>(4)}, 28, pixels), data::error);
    CHECK_THROWS_AS(data::draw_shape({.size = -1.0F}, 28, pixels), data::error);
}
