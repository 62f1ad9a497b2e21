// Points in the plane, coloured by class, in a box with ticks and a legend: a picture of a two-dimensional latent
// space. Curves are drawn by line_plot.hpp and loss_curves.hpp.
#pragma once

#include "hourglass/io/png.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hourglass::io {

/// Ten colours (red, green, blue) that stay distinguishable under the common forms of colour blindness: M. A. Petroff,
/// "Accessible Color Sequences for Data Visualization", arXiv:2107.02270 (2021).
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

/// How points are drawn.
struct scatter_style {
    int width = 800;      ///< pixels, 200 to 8000
    int height = 760;     ///< pixels, 200 to 8000
    double radius = 2.5;  ///< of a disc, pixels, 0.5 to 50
    double opacity = 0.8; ///< of a disc, above 0, at most 1
    /// The visible part of the plane: left, right, bottom, top, at least 1e-290 apart. If left = right, it is fitted to
    /// the finite points, with a margin.
    std::array<double, 4> view{0, 0, 0, 0};
    std::string title{};              ///< above the box
    std::vector<std::string> names{}; ///< of classes 0, 1, ...; an unnamed class is shown by its number
};

/// Draws points as antialiased discs. `points` is n x 2 (x to the right, y upwards). `classes` holds n numbers, each
/// drawn in colour class % 10, or is empty (one colour); if given, a legend names the classes. Points that are outside
/// the box or not finite are omitted. Throws `error` if sizes do not fit or the style is out of range; having no points
/// is not an error.
picture scatter(std::span<const float> points, std::span<const std::uint8_t> classes = {},
                const scatter_style& style = {});

}
