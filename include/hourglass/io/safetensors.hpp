// Named tensors in a safetensors file, which every tool for weights reads: an 8-byte length, a JSON header, then the
// numbers, little-endian and row-major. Which tensors make up a model, and in what order a program keeps them in
// memory, is not known here; how a file is loaded into tensors that exist is in io/tensor_exchange.hpp.
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

enum class dtype { f32, f64 };

// One tensor. There are as many values as the shape says (their product; 1 for the empty shape, which is a scalar).
struct tensor_record {
    std::string name;
    std::vector<std::int64_t> shape;
    std::variant<std::vector<float>, std::vector<double>> values;

    dtype type() const { return values.index() == 0 ? dtype::f32 : dtype::f64; }

    // The values in the type that they are held in; throws `error` naming the tensor for the other one.
    std::span<const float> f32() const;
    std::span<const double> f64() const;
};

// A tensor of a file whose element type holds no weights, such as the I64 counter of a batch norm: its values are not
// read.
struct left_out_tensor {
    std::string name;
    std::string dtype; // as the format writes it
    std::vector<std::int64_t> shape;
};

struct safetensors_file {
    std::vector<tensor_record> tensors;          // in the order of the file
    std::map<std::string, std::string> metadata; // free text: what made the file, of which model
    std::vector<left_out_tensor> left_out;       // in the order of the file

    // nullptr where there is none of this name. Linear in the number of tensors.
    const tensor_record* find(std::string_view name) const;
};

// Writes atomically. Tensors are put in the format's own order (doubles first, then by name), so that equal content
// gives equal bytes. Throws `error` for a name that is used twice, is "__metadata__" or is no UTF-8, for values that do
// not fill the shape, and where the file cannot be written. Takes n log n in the number of tensors.
void write_safetensors(const std::filesystem::path& file, std::span<const tensor_record> tensors,
                       const std::map<std::string, std::string>& metadata = {});

// Reads a file whole: F32 and F64 as they are, NaN and infinities included, F16 and BF16 converted to float, which
// holds all of their values. Tensors of the format's other element types are left out. Everything that the header says
// is checked before memory is taken for a tensor; throws `error` for a header that is too long, no JSON or of another
// form, for anything but spaces after it, for names that appear twice, element types that the format lacks, more than
// 64 axes, sizes that disagree, and data that overlaps, leaves holes, is missing or is left over. Messages quote no
// more than a line of the file. Time is n log n in the number of tensors and linear in the bytes.
safetensors_file read_safetensors(const std::filesystem::path& file);

}
