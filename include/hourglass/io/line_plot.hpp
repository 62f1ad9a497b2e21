// Series of numbers as curves, in panels side by side: measured and reconstructed. scatter.hpp draws points in the
// plane, image_grid.hpp images.
#pragma once

#include "hourglass/io/png.hpp"

#include <span>
#include <string>
#include <vector>

namespace hourglass::io {

/// How curves are drawn.
struct line_style {
    int across = 4;      ///< panels in a line
    int width = 240;     ///< of a panel, screen pixels, 40 to 4000
    int height = 160;    ///< of a panel, screen pixels, 40 to 4000
    double thick = 1.6;  ///< of a curve, 0.5 to 20
    double least = 0;    ///< the value at a panel's lower edge
    double most = 0;     ///< at its upper edge; if equal, both fit the finite values of all panels, with a margin
    std::string title{}; ///< above the panels
    std::vector<std::string> names{}; ///< of the curves, in their colours next to the title; one each, or none
};

/// Draws one panel per series of `steps` x `curves` numbers, row-major; curve k has colour k % 10 of scatter.hpp. Draws
/// the first set of series as discs and the second, equally many, as lines on top; `discs` may be empty. Non-finite
/// values are omitted. Throws `error` for incomplete series or a style out of range.
picture line_plot(std::span<const float> discs, std::span<const float> lines, int steps, int curves,
                  const line_style& style = {});

}
