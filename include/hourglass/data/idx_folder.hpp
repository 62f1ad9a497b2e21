// Which files of a folder are the four of one data set: training and test images with their labels, in IDX. Names are
// MNIST's, as they are published: "train-images-idx3-ubyte", with a dot for the hyphen before idx, with a prefix
// ("emnist-letters-test-labels-idx1-ubyte"), gzipped or not. Files are read in idx.hpp.
#pragma once

#include "hourglass/data/error.hpp"
#include "hourglass/data/image_set.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace hourglass::data {

struct idx_files {
    std::filesystem::path train_images, train_labels, test_images, test_labels;
};

// Those of the data set whose names have this prefix. Without one: of the set that has none, else of the only set
// there. Throws `error` where a file is missing, naming those that come near, and where there are several sets.
idx_files find_idx_files(const std::filesystem::path& folder, const std::string& prefix = "");

// Whether a folder has the four files of a data set with this prefix.
bool has_idx_files(const std::filesystem::path& folder, const std::string& prefix);

// Asked of the images' extents, as the headers have them, before anything is unpacked; may throw.
using extents_check = std::function<void(int rows, int columns)>;

// The images of the four files, with their labels; of each kind the first so many, or all for 0. Throws `error` as
// load_idx does, and where training and test images have two sizes.
split load_idx_files(const idx_files& files, int train_images = 0, int test_images = 0,
                     const extents_check& check = {});

}
