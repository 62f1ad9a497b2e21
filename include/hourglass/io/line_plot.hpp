// Series of numbers as curves, in panels beside each other: measured and reconstructed. Points in the plane are drawn
// by scatter.hpp, images by image_grid.hpp.
#pragma once

#include "hourglass/io/png.hpp"

#include <span>
#include <string>
#include <vector>

namespace hourglass::io {

struct line_style {
    int across = 4;      // panels in a line
    int width = 240;     // of a panel, screen pixels, 40 to 4000
    int height = 160;    // 40 to 4000
    double thick = 1.6;  // of a curve, 0.5 to 20
    double least = 0;    // the values at a panel's lower and upper edge; where both are equal, the finite values and a
    double most = 0;     // margin decide, for all panels together
    std::string title{}; // above the panels
    std::vector<std::string> names{}; // of the curves, beside the title in their colours; as many as curves, or none
};

// A panel for each series of `steps` x `curves` numbers, row-major: curve k in colour number k % 10 of scatter.hpp. Of
// two sets of series, which have equally many, the first is drawn as discs, the second as lines over them; without a
// first one there are the lines alone. What is not finite is left out. Throws `error` where sizes do not come out whole
// or the style is out of bounds.
picture line_plot(std::span<const float> discs, std::span<const float> lines, int steps, int curves,
                  const line_style& style = {});

}
