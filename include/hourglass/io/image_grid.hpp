// Lays out many small images, given as rows of floats, on one picture: the images of one batch, or several batches in
// comparison (originals and reconstructions). scatter.hpp draws points in the plane; png.hpp writes files.
#pragma once

#include "hourglass/io/png.hpp"

#include <initializer_list>
#include <span>
#include <string>

namespace hourglass::io {

/// How numbers become grey levels. NaN is always black.
enum class scaling {
    unit,     ///< 0 black, 1 white, others clamped: images
    symmetric ///< -m black, 0 mid-grey, m white, with one m for the whole picture: weights, learnt features
};

/// How the images of one group of a comparison are placed: one above the other, or side by side.
enum class arrangement { above, beside };

/// How a grid is drawn.
struct grid_style {
    int across = 0;                ///< images, or groups of a comparison, in a line; 0: about as wide as high
    int zoom = 0;                  ///< screen pixels per image pixel; 0: at most 8, for a picture of about 1000 pixels
    int gap = 2;                   ///< screen pixels between images
    int group_gap = 8;             ///< screen pixels between the groups of a comparison
    std::uint8_t separator = 64;   ///< grey level of the gaps, and of cells without an image
    scaling scale = scaling::unit; ///< how numbers become grey levels
    float limit = 0.0F;            ///< m of the symmetric scale; 0: the largest magnitude among the finite values
    arrangement placed = arrangement::above; ///< comparisons only
    std::string title{};                     ///< above the images
};

/// Draws images in rows, from the top left. `images` is count x (rows * columns), row-major. Throws `error` for an
/// incomplete image, for no image, and if the picture would be too large.
picture image_grid(std::span<const float> images, int rows, int columns, const grid_style& style = {});

/// Draws groups of corresponding images: image n of every series, in the order of the series, such as {originals,
/// reconstructions} or {clean, corrupted, restored}. All series hold the same number of images of rows x columns.
/// Throws `error` as above.
picture comparison_grid(std::initializer_list<std::span<const float>> series, int rows, int columns,
                        const grid_style& style = {});
/// The same for a range of series.
picture comparison_grid(std::span<const std::span<const float>> series, int rows, int columns,
                        const grid_style& style = {});

}
