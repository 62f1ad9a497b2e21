// Points of the plane, coloured by class: the picture of a two-dimensional latent space, in a box with ticks and a
// legend. Curves are drawn by line_plot.hpp and loss_curves.hpp.
#pragma once

#include "hourglass/io/png.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hourglass::io {

// Ten colours (red, green, blue) that stay apart under the common forms of colour blindness: M. A. Petroff, "Accessible
// Color Sequences for Data Visualization", arXiv:2107.02270 (2021).
inline constexpr std::array<std::array<std::uint8_t, 3>, 10> class_colours{{{63, 144, 218},
                                                                            {255, 169, 14},
                                                                            {189, 31, 1},
                                                                            {148, 164, 162},
                                                                            {131, 45, 182},
                                                                            {169, 107, 89},
                                                                            {231, 99, 0},
                                                                            {185, 172, 112},
                                                                            {113, 117, 129},
                                                                            {146, 218, 221}}};

struct scatter_style {
    int width = 800; // pixels, 200 to 8000
    int height = 760;
    double radius = 2.5;  // of a disc, pixels, 0.5 to 50
    double opacity = 0.8; // of a disc, above 0, at most 1
    // What the box shows: left, right, bottom, top, at least 1e-290 apart. Where left = right, the finite points and a
    // margin decide.
    std::array<double, 4> view{0, 0, 0, 0};
    std::string title{};              // above the box
    std::vector<std::string> names{}; // of classes 0, 1, ...; a class without one is named by its number
};

// `points` is n x 2 (x to the right, y upwards), `classes` holds n numbers, each drawn in colour number class % 10, or
// nothing (one colour). Discs are antialiased; points outside the box or not finite are left out. A legend names the
// classes when there are any. Throws `error` where sizes do not fit or the style is out of bounds; no point is no
// error.
picture scatter(std::span<const float> points, std::span<const std::uint8_t> classes = {},
                const scatter_style& style = {});

}
