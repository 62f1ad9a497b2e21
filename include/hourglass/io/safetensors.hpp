// Named tensors in safetensors files, which every tool for weights reads: an 8-byte length, a JSON header, then the
// numbers, little-endian and row-major. Knows neither models nor their tensors in memory; io/tensor_exchange.hpp loads
// a file into existing tensors.
#pragma once

#include "hourglass/io/error.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hourglass::io {

/// The element types of tensors in memory.
enum class dtype { f32, f64 };

/// One tensor.
struct tensor_record {
    std::string name;                                             ///< unique in a file
    std::vector<std::int64_t> shape;                              ///< the extents; empty for a scalar
    std::variant<std::vector<float>, std::vector<double>> values; ///< as many as the product of the extents

    /// Returns the element type.
    dtype type() const { return values.index() == 0 ? dtype::f32 : dtype::f64; }

    /// Returns the values as float. Throws `error` with the tensor's name if they are double.
    std::span<const float> f32() const;
    /// Returns the values as double. Throws `error` with the tensor's name if they are float.
    std::span<const double> f64() const;
};

/// A tensor in a file whose element type is not used for weights, such as the I64 counter of a batch norm. Its values
/// are not read.
struct left_out_tensor {
    std::string name;                ///< its name in the file
    std::string dtype;               ///< as spelled by the format
    std::vector<std::int64_t> shape; ///< the extents
};

/// The contents of a file.
struct safetensors_file {
    std::vector<tensor_record> tensors;          ///< in file order
    std::map<std::string, std::string> metadata; ///< free text: what made the file, of which model
    std::vector<left_out_tensor> left_out;       ///< in file order

    /// Returns the tensor with a name, or nullptr. Linear in the number of tensors.
    const tensor_record* find(std::string_view name) const;
};

/// Writes a file atomically. Tensors are sorted as the format prefers (doubles first, then by name), so that equal
/// contents give equal bytes. Throws `error` for a name that is duplicate, "__metadata__" or not UTF-8, for values that
/// do not fill the shape, and if the file cannot be written. Takes O(n log n) time in the number of tensors.
void write_safetensors(const std::filesystem::path& file, std::span<const tensor_record> tensors,
                       const std::map<std::string, std::string>& metadata = {});

/// Reads a whole file: F32 and F64 unchanged, NaN and infinities included; F16 and BF16 converted to float, which holds
/// all their values. Tensors of the format's other element types are left out. The whole header is checked before
/// memory is allocated for a tensor. Throws `error` for a header that is too long, not JSON or of another form; for
/// anything but spaces after it; for duplicate names, unknown element types, more than 64 axes or sizes that disagree;
/// for data that overlaps, leaves holes, is missing or is left over. Messages quote at most one line of the file. Takes
/// O(n log n) time in the number of tensors, and is linear in the bytes.
safetensors_file read_safetensors(const std::filesystem::path& file);

}
