// How often values of one or more classes occur, as bars: scores, and the threshold that is drawn through them.
#pragma once

#include "hourglass/io/png.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hourglass::io {

struct histogram_mark {
    double at = 0;
    std::string name{}; // beside the line
};

struct histogram_style {
    int width = 800;                      // pixels, 200 to 8000
    int height = 420;                     // 200 to 8000
    int bins = 60;                        // 2 to 1000
    bool logarithmic = false;             // bins of equal ratio; values that are not above 0 are left out
    std::string title{};                  // above the box
    std::vector<std::string> names{};     // of classes 0, 1, ...; a class without one is named by its number
    std::optional<histogram_mark> mark{}; // a line from top to bottom
};

// A bar for each bin and class, as high as the share of the class's values that lies in the bin, so that a rare class
// is seen beside a frequent one; class c in colour number c % 10 of scatter.hpp, over each other and transparent.
// `classes` has one for each value, or nothing (one class). What is not finite is left out. Throws `error` where sizes
// do not fit or the style is out of bounds; no value is no error.
picture histogram(std::span<const double> values, std::span<const std::uint8_t> classes = {},
                  const histogram_style& style = {});

}
