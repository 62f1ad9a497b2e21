// The built-in data set `shapes`: small grey pictures of one white shape on black, drawn from known factors, so that
// everything runs where no data set is installed and so that what a model learns can be held against what was drawn.
// Nothing is read from disk; files are the business of idx.hpp.
#pragma once

#include "hourglass/data/error.hpp"
#include "hourglass/data/image_set.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace hourglass::data {

enum class shape_kind : std::uint8_t { ellipse, square, triangle, cross };

inline constexpr int shape_kinds = 4;
inline constexpr std::array<const char*, shape_kinds> shape_names{"ellipse", "square", "triangle", "cross"};

// What a picture is drawn from. Lengths are fractions of the picture's side, y points down.
struct shape_factors {
    shape_kind kind = shape_kind::ellipse;
    float size = 0.25F;    // radius of the circle around the shape; drawn sets have 0.12 to 0.32
    float rotation = 0.0F; // radians, clockwise as seen; drawn sets stay below the angle that maps the shape to itself
    float x = 0.5F;        // centre; drawn sets have 0.35 to 0.65, so that no shape leaves the picture
    float y = 0.5F;
};

struct shapes_options {
    int count = 10000;
    int side = 28; // pictures of side x side, 4 to 512
    std::uint64_t seed = 1;
    std::uint64_t first = 0; // picture n is a pure function of (seed, first + n): sets that do not overlap share a seed
};

struct shape_set {
    image_set images; // labels are the kinds, 0 to shape_kinds - 1
    std::vector<shape_factors> factors;
};

// One picture, side x side grey levels 0..1, row-major, into `to`; a pixel is the part of it that the shape covers, in
// 64ths. Parts outside the picture are cut off. Throws `error` where `to` has another size or the factors are not
// finite numbers within -4..4 (size: 0..4; rotation: -1000..1000).
void draw_shape(const shape_factors& factors, int side, std::span<float> to);

// Kinds and factors drawn independently and uniformly. Throws `error` for a count below 1 or a side outside 4..512.
shape_set make_shapes(const shapes_options& options = {});

// Training and test pictures of one seed that do not overlap.
split make_shapes_split(int train_count = 10000, int test_count = 2000, std::uint64_t seed = 1, int side = 28);

}
