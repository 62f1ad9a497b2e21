// What every data set hands out: images as rows of floats, with labels where there are any. How the images were come
// by is the business of idx.hpp (files) and shapes.hpp (drawn); how they are cut into batches, of batches.hpp.
#pragma once

#include "hourglass/data/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hourglass::data {

// Images of one size. Row n of `pixels` is image n, row-major, grey levels from 0 (black) to 1 (white), so that
// `pixels` as a whole is a count x features() matrix.
struct image_set {
    std::vector<float> pixels;
    std::vector<std::uint8_t> labels; // one for each image, or none at all
    int count = 0;
    int rows = 0;
    int columns = 0;
    std::vector<std::string> class_names{}; // of labels 0, 1, ...; empty where they are but numbers

    int features() const { return rows * columns; }

    // Image n, 0 <= n < count, as features() grey levels.
    std::span<const float> image(int n) const {
        const auto size = static_cast<std::size_t>(features());
        return std::span(pixels).subspan(static_cast<std::size_t>(n) * size, size);
    }
};

struct split {
    image_set train;
    image_set test;
    image_set validation{}; // may be empty
};

// The last `count` of the training images become those for validation, in the place of what was there. Throws `error`
// unless one is left to train on.
void hold_out(split& images, int count);

}
