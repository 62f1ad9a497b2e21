// Shapes are drawn in integers (a picture's side is 2^14 units), so that floating-point contraction and vector width
// cannot change a pixel between compilers and machines.
#include "hourglass/data/shapes.hpp"

#include "hourglass/data/random.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

constexpr std::int64_t unit = 1 << 14;
constexpr std::int64_t grid = 8; // samples per pixel along each axis

// A point (u, v) in the shape's own frame, both below 2^17; the size `r` is at most 2^16, so no product overflows 64
// bits.
bool covers(shape_kind kind, std::int64_t r, std::int64_t u, std::int64_t v) {
    const std::int64_t au = u < 0 ? -u : u;
    const std::int64_t av = v < 0 ? -v : v;
    if (au > r || av > r) return false;
    switch (kind) {
    case shape_kind::ellipse: { // half as high as wide
        return u * u + 4 * v * v <= r * r;
    }
    case shape_kind::square: { // its corners lie on the circle: half side r / sqrt(2)
        const std::int64_t half = r * 11585 / unit;
        return au <= half && av <= half;
    }
    case shape_kind::triangle: { // equilateral, a corner up; its edges are r / 2 from the centre
        return 2 * v <= r && au * 14189 - v * (unit / 2) <= r * (unit / 2);
    }
    case shape_kind::cross: { // arms 0.3 times as wide as long
        const std::int64_t wide = r * 3 / 10;
        return au <= wide || av <= wide;
    }
    }
    return false;
}

// The angle that maps the shape to itself, as a fraction of a full turn: larger rotations look the same.
int symmetry(shape_kind kind) {
    switch (kind) {
    case shape_kind::ellipse:
        return 2;
    case shape_kind::triangle:
        return 3;
    case shape_kind::square:
    case shape_kind::cross:
        return 4;
    }
    return 1;
}

std::int64_t rounded(double value) { return std::llround(value * static_cast<double>(unit)); }

void check_side(int side) {
    if (side < 4 || side > 512)
        throw error(fmt::format("shapes: expected a side of 4 to 512 pixels, found {}; choose another side", side));
}

shape_factors draw_factors(std::uint64_t seed, std::uint64_t number) {
    random_stream random(seed, number);
    // Multiples of 2^-14, which floats hold exactly.
    const auto between = [&](std::int64_t low, std::int64_t high) {
        return static_cast<float>(low + random.below(static_cast<std::uint32_t>(high - low + 1))) /
               static_cast<float>(unit);
    };
    shape_factors factors;
    factors.kind = static_cast<shape_kind>(random.below(shape_kinds));
    factors.size = between(unit * 12 / 100, unit * 32 / 100);
    const double turn = static_cast<double>(random.below(1U << 12U)) / (1U << 12U);
    factors.rotation = static_cast<float>(turn * 2.0 * std::numbers::pi / symmetry(factors.kind));
    factors.x = between(unit * 35 / 100, unit * 65 / 100);
    factors.y = between(unit * 35 / 100, unit * 65 / 100);
    return factors;
}

}

void draw_shape(const shape_factors& factors, int side, std::span<float> to) {
    check_side(side);
    const auto pixels = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
    if (to.size() != pixels)
        throw error(fmt::format("shapes: expected room for {} pixels ({} x {}), found {}; pass one picture's pixels",
                                pixels, side, side, to.size()));
    const bool good = factors.size >= 0 && factors.size <= 4 && std::abs(factors.x) <= 4 && std::abs(factors.y) <= 4 &&
                      std::abs(factors.rotation) <= 1000 && static_cast<int>(factors.kind) < shape_kinds;
    if (!good) // also true if one of them is NaN
        throw error(fmt::format("shapes: expected a kind below {}, size in 0..4, x and y in -4..4 and rotation in "
                                "-1000..1000, found kind {}, size {}, x {}, y {}, rotation {}; give finite factors",
                                shape_kinds, static_cast<int>(factors.kind), factors.size, factors.x, factors.y,
                                factors.rotation));

    std::fill(to.begin(), to.end(), 0.0F);
    const std::int64_t r = rounded(factors.size);
    const std::int64_t x = rounded(factors.x);
    const std::int64_t y = rounded(factors.y);
    // Rounding to 2^-14 makes the sine independent of the last bits that a mathematics library computes.
    const std::int64_t sine = rounded(std::sin(static_cast<double>(factors.rotation)));
    const std::int64_t cosine = rounded(std::cos(static_cast<double>(factors.rotation)));

    // Visits only pixels that the circle around the shape touches, with one pixel to spare.
    const auto pixel = [side](std::int64_t at) {
        return static_cast<int>(std::clamp<std::int64_t>(at * side / unit, -1, side));
    };
    const int top = std::max(pixel(y - r) - 1, 0);
    const int bottom = std::min(pixel(y + r) + 2, side);
    const int left = std::max(pixel(x - r) - 1, 0);
    const int right = std::min(pixel(x + r) + 2, side);
    const std::int64_t samples = grid * side;
    for (int row = top; row < bottom; ++row)
        for (int column = left; column < right; ++column) {
            int inside = 0;
            for (std::int64_t i = 0; i < grid; ++i) {
                const std::int64_t dy = (2 * (row * grid + i) + 1) * unit / (2 * samples) - y;
                for (std::int64_t j = 0; j < grid; ++j) {
                    const std::int64_t dx = (2 * (column * grid + j) + 1) * unit / (2 * samples) - x;
                    inside +=
                        covers(factors.kind, r, (dx * cosine + dy * sine) / unit, (dy * cosine - dx * sine) / unit);
                }
            }
            to[static_cast<std::size_t>(row) * static_cast<std::size_t>(side) + static_cast<std::size_t>(column)] =
                static_cast<float>(inside) / static_cast<float>(grid * grid);
        }
}

shape_set make_shapes(const shapes_options& options) {
    check_side(options.side);
    if (options.count < 1)
        throw error(
            fmt::format("shapes: expected a count of at least 1, found {}; ask for some pictures", options.count));
    const auto count = static_cast<std::size_t>(options.count);
    const auto size = static_cast<std::size_t>(options.side) * static_cast<std::size_t>(options.side);
    shape_set set;
    set.images.count = options.count;
    set.images.rows = set.images.columns = options.side;
    set.images.class_names.assign(shape_names.begin(), shape_names.end());
    set.images.pixels.resize(count * size);
    set.images.labels.reserve(count);
    set.factors.reserve(count);
    for (std::size_t n = 0; n < count; ++n) {
        set.factors.push_back(draw_factors(options.seed, options.first + n));
        set.images.labels.push_back(static_cast<std::uint8_t>(set.factors.back().kind));
        draw_shape(set.factors.back(), options.side, std::span(set.images.pixels).subspan(n * size, size));
    }
    return set;
}

split make_shapes_split(int train_count, int test_count, std::uint64_t seed, int side) {
    shapes_options options{.count = train_count, .side = side, .seed = seed};
    split both;
    both.train = make_shapes(options).images;
    options.first = static_cast<std::uint64_t>(train_count);
    options.count = test_count;
    both.test = make_shapes(options).images;
    return both;
}

}
