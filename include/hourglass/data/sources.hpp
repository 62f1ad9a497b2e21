// Data sets as named on a command line: by a name, a folder or files. idx.hpp reads files, idx_folder.hpp finds those
// of a folder that belong together, shapes.hpp draws shapes.
#pragma once

#include "hourglass/data/error.hpp"
#include "hourglass/data/idx_folder.hpp"
#include "hourglass/data/image_set.hpp"

#include <string>

namespace hourglass::data {

/// Returns "fashion-mnist" if Debian's package has installed it, else "shapes".
std::string default_source();

/// The sources that `load` understands, as a sentence for help and error messages.
inline constexpr const char* known_sources =
    "fashion-mnist, shapes, sensors, a FOLDER with the four IDX files of "
    "MNIST's names (or FOLDER/PREFIX of names like EMNIST's), or IMAGES,LABELS: two IDX files "
    "(or only IMAGES), whose last tenth becomes the test images";

/// Returns training and test images. A number of images keeps the first ones, or draws as many `shapes`; 0 is all of
/// them (shapes: 10,000 and 2,000; sensors: 4,000 and 1,000). `check`, if given, is called with the images' extents
/// before they are read. Throws `error` for an unknown or absent source, for faulty files, and if there are fewer
/// images than requested.
split load(const std::string& source, int train_images = 0, int test_images = 0, const extents_check& check = {});

}
