// Whether images are what they say, and hold numbers: a NaN in one of them makes all weights NaN at the first step that
// sees it. Files of bytes cannot hold one; arrays of a caller's own can.
#pragma once

#include "hourglass/data/error.hpp"
#include "hourglass/data/image_set.hpp"

#include <string_view>

namespace hourglass::data {

// Throws `error` where a set is empty, where `pixels` is not count x features, and where one of them is not finite,
// which it names by image, row and column, counted from 0. `what` says whose images they are: "training".
void check_images(const image_set& set, std::string_view what);

}
