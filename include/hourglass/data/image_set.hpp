// The common form of data sets: images as rows of floats, with labels if there are any. idx.hpp reads them from files,
// shapes.hpp draws them; batches.hpp splits them into batches.
#pragma once

#include "hourglass/data/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hourglass::data {

/// Images of one size. Row n of `pixels` is image n, row-major, with grey levels from 0 (black) to 1 (white): a count x
/// features() matrix.
struct image_set {
    std::vector<float> pixels;              ///< count x features() grey levels
    std::vector<std::uint8_t> labels;       ///< one per image, or none at all
    int count = 0;                          ///< images
    int rows = 0;                           ///< rows of an image
    int columns = 0;                        ///< columns of an image
    std::vector<std::string> class_names{}; ///< of labels 0, 1, ...; empty if labels are just numbers

    /// Returns the number of pixels of an image.
    int features() const { return rows * columns; }

    /// Returns image n, 0 <= n < count, as features() grey levels.
    std::span<const float> image(int n) const {
        const auto size = static_cast<std::size_t>(features());
        return std::span(pixels).subspan(static_cast<std::size_t>(n) * size, size);
    }
};

/// A data set in parts.
struct split {
    image_set train;        ///< images to train on
    image_set test;         ///< images to test with
    image_set validation{}; ///< may be empty
};

/// Moves the last `count` training images to `validation`, replacing its contents. Throws `error` unless at least one
/// remains to train on.
void hold_out(split& images, int count);

}
