// Data sets by the words that a command line has for them: a name, a folder, files. How files are read is in idx.hpp,
// which of a folder belong together in idx_folder.hpp, how shapes are drawn in shapes.hpp.
#pragma once

#include "hourglass/data/error.hpp"
#include "hourglass/data/idx_folder.hpp"
#include "hourglass/data/image_set.hpp"

#include <string>

namespace hourglass::data {

// "fashion-mnist" where Debian's package has installed it, else "shapes".
std::string default_source();

// What `load` understands, in words, for help and error messages.
inline constexpr const char* known_sources =
    "fashion-mnist, shapes, sensors, a FOLDER with the four IDX files of "
    "MNIST's names (or FOLDER/PREFIX of names like EMNIST's), or IMAGES,LABELS: two IDX files "
    "(or IMAGES alone), whose last tenth becomes the test images";

// Training and test images. Where a number of images is given, the first so many are kept, of `shapes` so many are
// drawn; 0 is all of them (of shapes: 10,000 and 2,000; of sensors: 4,000 and 1,000). `check`, if there is one, is
// asked about the images' extents before they are read. Throws `error` for a source that is neither known nor there,
// for files that are not what they should be, and where there are fewer images than asked for.
split load(const std::string& source, int train_images = 0, int test_images = 0, const extents_check& check = {});

}
