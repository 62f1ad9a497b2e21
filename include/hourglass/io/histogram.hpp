// Histograms of the values of one or more classes, such as scores, with a line for a threshold.
#pragma once

#include "hourglass/io/png.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hourglass::io {

/// A vertical line with a name.
struct histogram_mark {
    double at = 0;      ///< the value
    std::string name{}; ///< printed next to the line
};

/// How a histogram is drawn.
struct histogram_style {
    int width = 800;                      ///< pixels, 200 to 8000
    int height = 420;                     ///< pixels, 200 to 8000
    int bins = 60;                        ///< 2 to 1000
    bool logarithmic = false;             ///< bins of equal ratio; omits values that are not above 0
    std::string title{};                  ///< above the box
    std::vector<std::string> names{};     ///< of classes 0, 1, ...; an unnamed class is shown by its number
    std::optional<histogram_mark> mark{}; ///< a line from top to bottom
};

/// Draws one bar per bin and class. Its height is the fraction of the class's values in the bin, so that a rare class
/// is visible next to a frequent one. Class c has colour c % 10 of scatter.hpp; bars overlap and are transparent.
/// `classes` has one number per value, or is empty (one class). Non-finite values are omitted. Throws `error` if sizes
/// do not fit or the style is out of range; having no values is not an error.
picture histogram(std::span<const double> values, std::span<const std::uint8_t> classes = {},
                  const histogram_style& style = {});

}
