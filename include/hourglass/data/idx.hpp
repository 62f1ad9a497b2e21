// Reads images and labels from IDX files (the format of MNIST), gzipped or plain, as recognised by content rather than
// name. A file's claims are checked before memory is allocated for them, and only requested images are kept. Only
// regular files are read: pipes and devices are refused. idx_folder.hpp finds the files of a folder that belong
// together. Not here: writing IDX, colour, element types other than unsigned bytes.
#pragma once

#include "hourglass/data/error.hpp"
#include "hourglass/data/image_set.hpp"

#include <filesystem>
#include <span>
#include <vector>

namespace hourglass::data {

/// The folder in which Debian's package dataset-fashion-mnist installs its four files.
inline constexpr const char* fashion_mnist_folder = "/usr/share/datasets/fashion-mnist";

/// Returns the images of an IDX file of unsigned bytes and rank 3, [count, rows, columns], without labels. Bytes 0..255
/// become 0..1. Throws `error` if the file is missing, truncated, longer than its header says, corrupt or of another
/// kind.
image_set load_idx(const std::filesystem::path& images);

/// The same, with the labels of an IDX file of unsigned bytes and rank 1, [count]. The counts must agree.
image_set load_idx(const std::filesystem::path& images, const std::filesystem::path& labels);

/// The extents in the header of a file of images.
struct image_extents {
    int count = 0;   ///< images in the file
    int rows = 0;    ///< rows of an image
    int columns = 0; ///< columns of an image
};
/// Returns the extents of a file of images, checked against the file's size without decompressing it, and against the
/// count of labels if a file of labels is named. Throws `error` as `load_idx` does.
image_extents idx_extents(const std::filesystem::path& images, const std::filesystem::path& labels = {});

/// A range of images in a file.
struct image_range {
    int first = 0; ///< the first image, counted from 0
    int count = 0; ///< how many
};
/// Returns some of the images of a file, one set per range, with their labels unless that name is empty. Allocates
/// memory only for these images, but reads the files to the end, to find later faults. Throws `error` as above and for
/// images that do not exist.
std::vector<image_set> load_idx(const std::filesystem::path& images, const std::filesystem::path& labels,
                                std::span<const image_range> kept);

/// Returns whether a folder has the four files of Fashion-MNIST (or of MNIST, whose names are the same), gzipped or
/// not. Does not look into them.
bool fashion_mnist_installed(const std::filesystem::path& folder = fashion_mnist_folder);

/// Returns the installed data set: 60,000 training and 10,000 test images of 28 x 28 pixels with labels 0..9. Accepts
/// any other data set that idx_folder.hpp finds if its training and test images have the same size. Throws `error`.
split load_fashion_mnist(const std::filesystem::path& folder = fashion_mnist_folder);

}
