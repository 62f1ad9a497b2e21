// Finds the four files of a data set in a folder: training and test images with their labels, in IDX. Names are those
// of MNIST as published: `train-images-idx3-ubyte`, optionally with a dot instead of the hyphen before idx, with a
// prefix (`emnist-letters-test-labels-idx1-ubyte`), or gzipped. idx.hpp reads the files.
#pragma once

#include "hourglass/data/error.hpp"
#include "hourglass/data/image_set.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace hourglass::data {

/// The four files of a data set.
struct idx_files {
    std::filesystem::path train_images, train_labels, test_images, test_labels;
};

/// Returns the files of the data set with this prefix; without a prefix, those without one, else the only set of the
/// folder. Throws `error` if a file is missing, with the names that come closest, and if there are several sets.
idx_files find_idx_files(const std::filesystem::path& folder, const std::string& prefix = "");

/// Returns whether a folder has the four files of a data set with this prefix.
bool has_idx_files(const std::filesystem::path& folder, const std::string& prefix);

/// Called with the images' extents from the headers, before anything is decompressed; may throw.
using extents_check = std::function<void(int rows, int columns)>;

/// Returns the images of the four files with their labels: the first `train_images` and `test_images`, or all for 0.
/// Throws `error` as `load_idx` does, and if training and test images differ in size.
split load_idx_files(const idx_files& files, int train_images = 0, int test_images = 0,
                     const extents_check& check = {});

}
