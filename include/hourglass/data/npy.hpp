// Arrays of numbers in NumPy's files (.npy), read and written without NumPy.
#pragma once

#include "hourglass/data/error.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace hourglass::data {

// Row-major, whatever the file's order was: as many values as the product of the extents, one for the empty shape.
template <class Element> struct array {
    std::vector<std::int64_t> shape;
    std::vector<Element> values;
};

// Reads a file of numpy.save, of the versions 1.0 to 3.0 of its format: floats of 2, 4 and 8 bytes, integers of 1 to 8
// bytes with or without sign, and bool, in either byte order and in C's or Fortran's order. Numbers are converted to
// Element, float or double: exactly where it holds them, else to the nearest. gzip is told by content. What the header
// says is checked against the file before memory is taken. Throws `error`, naming the file, for what is no such file,
// for other element types (objects are Python's pickles, which run code when they are read), for more than 64 axes, for
// a size that differs from the header's, and for a finite number that float cannot hold, which it names by its place.
template <class Element = float> array<Element> load_npy(const std::filesystem::path& file);
extern template array<float> load_npy<float>(const std::filesystem::path& file);
extern template array<double> load_npy<double>(const std::filesystem::path& file);

// Writes values as numpy.load reads them: version 1.0, little-endian, in C's order, atomically. Throws `error` where
// the values do not fill the shape, for a negative extent or more than 64, and where the file cannot be written.
void save_npy(const std::filesystem::path& file, std::span<const std::int64_t> shape, std::span<const float> values);
void save_npy(const std::filesystem::path& file, std::span<const std::int64_t> shape, std::span<const double> values);

}
