// The built-in data set `shapes`: small pictures of one white shape on black, drawn from known factors. With it
// everything runs without an installed data set, and what a model learns can be compared with the factors. Reads no
// files; see idx.hpp.
#pragma once

#include "hourglass/data/error.hpp"
#include "hourglass/data/image_set.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace hourglass::data {

/// The kinds of shapes.
enum class shape_kind : std::uint8_t { ellipse, square, triangle, cross };

/// The number of kinds.
inline constexpr int shape_kinds = 4;
/// The names of the kinds, in the order of `shape_kind`.
inline constexpr std::array<const char*, shape_kinds> shape_names{"ellipse", "square", "triangle", "cross"};

/// The factors of a picture. Lengths are fractions of the picture's side; y points down.
struct shape_factors {
    shape_kind kind = shape_kind::ellipse; ///< the shape
    float size = 0.25F;                    ///< radius of the circle around the shape; 0.12 to 0.32 in drawn sets
    float rotation = 0.0F; ///< radians, clockwise as seen; in drawn sets below the angle that maps the shape to itself
    float x = 0.5F;        ///< centre; 0.35 to 0.65 in drawn sets, so that no shape leaves the picture
    float y = 0.5F;        ///< centre, as x
};

/// Which pictures to draw.
struct shapes_options {
    int count = 10000;       ///< pictures
    int side = 28;           ///< pictures of side x side pixels, 4 to 512
    std::uint64_t seed = 1;  ///< of the random factors
    std::uint64_t first = 0; ///< picture n is a pure function of (seed, first + n): disjoint ranges give disjoint sets
};

/// Drawn pictures with their factors.
struct shape_set {
    image_set images;                   ///< labels are the kinds, 0 to shape_kinds - 1
    std::vector<shape_factors> factors; ///< of each picture
};

/// Draws one picture of side x side grey levels 0..1, row-major, into `to`. A pixel is the fraction of it that the
/// shape covers, in 64ths; parts outside the picture are cut off. Throws `error` if `to` has another size or the
/// factors are not finite numbers within -4..4 (size: 0..4; rotation: -1000..1000).
void draw_shape(const shape_factors& factors, int side, std::span<float> to);

/// Returns pictures with kinds and factors drawn independently and uniformly. Throws `error` for a count below 1 or a
/// side outside 4..512.
shape_set make_shapes(const shapes_options& options = {});

/// Returns training and test pictures with the same seed that do not overlap.
split make_shapes_split(int train_count = 10000, int test_count = 2000, std::uint64_t seed = 1, int side = 28);

}
