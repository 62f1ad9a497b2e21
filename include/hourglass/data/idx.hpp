// Reads images and labels from IDX files (the format of MNIST), gzipped or plain, which is decided by content and not
// by name. Everything about a file is checked before memory is taken for what it claims to hold, and only the images
// that are asked for are kept. Only plain files are read: a pipe or a device is refused. Which files of a folder belong
// together is in idx_folder.hpp; writing IDX, colour and element types other than unsigned bytes are not here.
#pragma once

#include "hourglass/data/error.hpp"
#include "hourglass/data/image_set.hpp"

#include <filesystem>
#include <span>
#include <vector>

namespace hourglass::data {

// Debian's package dataset-fashion-mnist installs its four files here.
inline constexpr const char* fashion_mnist_folder = "/usr/share/datasets/fashion-mnist";

// The images of an IDX file of unsigned bytes and rank 3 [count, rows, columns], without labels. Bytes 0..255 become
// 0..1. Throws `error` where the file is missing, truncated, longer than it says, corrupt or not of this kind.
image_set load_idx(const std::filesystem::path& images);

// The same, with the labels of an IDX file of unsigned bytes and rank 1 [count]. The counts must agree.
image_set load_idx(const std::filesystem::path& images, const std::filesystem::path& labels);

// What the header of a file of images says, held against the size of the file; nothing is unpacked. Where labels are
// named too, there are as many. Throws `error` as `load_idx` does.
struct image_extents {
    int count = 0;
    int rows = 0;
    int columns = 0;
};
image_extents idx_extents(const std::filesystem::path& images, const std::filesystem::path& labels = {});

// Some of the images of a file, each range as a set, with their labels unless that name is empty. Memory is taken for
// these images alone, but the files are read to their ends, so that faults behind are found. Throws `error` as above
// and for images that are not there.
struct image_range {
    int first = 0;
    int count = 0;
};
std::vector<image_set> load_idx(const std::filesystem::path& images, const std::filesystem::path& labels,
                                std::span<const image_range> kept);

// Whether the four files of Fashion-MNIST (or of MNIST: the names are the same), gzipped or not, lie in a folder. Says
// nothing about what is in them.
bool fashion_mnist_installed(const std::filesystem::path& folder = fashion_mnist_folder);

// 60,000 training and 10,000 test images of 28 x 28 with labels 0..9, as installed; any other data set that
// idx_folder.hpp finds is taken as it is, as long as its training and test images have one size. Throws `error`.
split load_fashion_mnist(const std::filesystem::path& folder = fashion_mnist_folder);

}
