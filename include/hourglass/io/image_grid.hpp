// Many small images, given as rows of floats, laid out on one picture: a grid of one batch, or several batches against
// each other (originals and reconstructions). Points in the plane are drawn by scatter.hpp, files are written by
// png.hpp.
#pragma once

#include "hourglass/io/png.hpp"

#include <initializer_list>
#include <span>
#include <string>

namespace hourglass::io {

// How numbers become grey levels. NaN is drawn black in either.
enum class scaling {
    unit,     // 0 black, 1 white, values outside clamped: images
    symmetric // -m black, 0 middle grey, m white, with one m for the whole picture: weights, learnt features
};

// How the images of a comparison that belong together are placed: one above the other, or side by side.
enum class arrangement { above, beside };

struct grid_style {
    int across = 0;              // images, or groups of a comparison, in a line; 0: about as wide as high
    int zoom = 0;                // screen pixels for one image pixel; 0: as many as make about 1000 pixels, at most 8
    int gap = 2;                 // screen pixels between images
    int group_gap = 8;           // and between the groups of a comparison
    std::uint8_t separator = 64; // grey level of the gaps, and of cells without an image
    scaling scale = scaling::unit;
    float limit = 0.0F; // m of the symmetric scale; 0: the largest magnitude among the finite values
    arrangement placed = arrangement::above; // comparisons only
    std::string title{};                     // above the images
};

// Images in rows, from the left top. `images` is count x (rows * columns), row-major. Throws `error` where that does
// not come out whole, where there is no image, or where the picture would be too large.
picture image_grid(std::span<const float> images, int rows, int columns, const grid_style& style = {});

// Image n of every series in one group, in the order of the series: {originals, reconstructions}, or {clean, corrupted,
// restored}. All series hold equally many images of rows x columns. Throws `error` as above.
picture comparison_grid(std::initializer_list<std::span<const float>> series, int rows, int columns,
                        const grid_style& style = {});
picture comparison_grid(std::span<const std::span<const float>> series, int rows, int columns,
                        const grid_style& style = {});

}
