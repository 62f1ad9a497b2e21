// Arrays of numbers in NumPy files (.npy), read and written without NumPy.
#pragma once

#include "hourglass/data/error.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace hourglass::data {

/// An array of numbers, row-major whatever the order in the file.
template <class Element> struct array {
    std::vector<std::int64_t> shape; ///< the extents
    std::vector<Element> values;     ///< as many as the product of the extents; one for the empty shape
};

/// Reads a file of `numpy.save`, format versions 1.0 to 3.0: floats of 2, 4 and 8 bytes, signed and unsigned integers
/// of 1 to 8 bytes, and bool, in either byte order and in C or Fortran order. Numbers are converted to Element, float
/// or double: exactly if it can hold them, else rounded to nearest. gzip is recognised by content. The header is
/// checked against the file before memory is allocated. Throws `error` with the file's name for other kinds of files,
/// other element types (objects are Python pickles, which run code when read), more than 64 axes, a size that
/// contradicts the header, and, with its place, a finite number outside the range of float.
template <class Element = float> array<Element> load_npy(const std::filesystem::path& file);
extern template array<float> load_npy<float>(const std::filesystem::path& file);
extern template array<double> load_npy<double>(const std::filesystem::path& file);

/// Writes values as `numpy.load` reads them: version 1.0, little-endian, C order, atomically. Throws `error` if the
/// values do not fill the shape, for a negative extent or more than 64 axes, and if the file cannot be written.
void save_npy(const std::filesystem::path& file, std::span<const std::int64_t> shape, std::span<const float> values);
/// The same for double.
void save_npy(const std::filesystem::path& file, std::span<const std::int64_t> shape, std::span<const double> values);

}
