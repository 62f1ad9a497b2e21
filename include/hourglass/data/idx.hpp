// Reads images and labels from IDX files (the format of MNIST), gzipped or plain, which is decided by content and not
// by name. Everything about a file is checked before memory is taken for what it claims to hold. Writing IDX, colour
// and element types other than unsigned bytes are not here.
#pragma once

#include "hourglass/data/error.hpp"
#include "hourglass/data/image_set.hpp"

#include <filesystem>

namespace hourglass::data {

// Debian's package dataset-fashion-mnist installs its four files here.
inline constexpr const char* fashion_mnist_folder = "/usr/share/datasets/fashion-mnist";

// The images of an IDX file of unsigned bytes and rank 3 [count, rows, columns], without labels. Bytes 0..255 become
// 0..1. Throws `error` where the file is missing, truncated, longer than it says, corrupt or not of this kind.
image_set load_idx(const std::filesystem::path& images);

// The same, with the labels of an IDX file of unsigned bytes and rank 1 [count]. The counts must agree.
image_set load_idx(const std::filesystem::path& images, const std::filesystem::path& labels);

// Whether the four files of Fashion-MNIST (or of MNIST: the names are the same), gzipped or not, lie in a folder. Says
// nothing about what is in them.
bool fashion_mnist_installed(const std::filesystem::path& folder = fashion_mnist_folder);

// 60,000 training and 10,000 test images of 28 x 28 with labels 0..9, as installed; any other data set under the same
// four names is taken as it is, as long as its training and test images have one size. Throws `error`.
split load_fashion_mnist(const std::filesystem::path& folder = fashion_mnist_folder);

}
