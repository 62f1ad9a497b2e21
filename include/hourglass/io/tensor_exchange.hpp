// Loads a safetensors file into existing tensors, all or nothing; and the file of a training, with the optimiser's
// tensors and the position of the training. Knows no models and no programs: `hg::save` and `hg::load` in
// storage/save.hpp pass their tensors.
#pragma once

#include "hourglass/io/safetensors.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hourglass::io {

/// A tensor in memory, to be filled from the tensor of the same name in a file.
struct tensor_target {
    std::string name;                                         ///< as in the file
    std::vector<std::int64_t> shape;                          ///< the extents
    std::variant<std::span<float>, std::span<double>> values; ///< as many as the product of the extents
};

/// Appends a copy of a tensor; its values are contiguous and row-major.
void add_record(std::vector<tensor_record>& records, std::string_view name, std::span<const std::ptrdiff_t> shape,
                const std::variant<std::span<const float>, std::span<const double>>& values);
/// Appends a tensor as a place to load into; its values are contiguous and row-major.
void add_target(std::vector<tensor_target>& targets, std::string_view name, std::span<const std::ptrdiff_t> shape,
                const std::variant<std::span<float>, std::span<double>>& values);

/// A tensor that both sides have, and why that of the file does not fit: "expected the shape [4], found [5]".
struct tensor_misfit {
    std::string name;   ///< of the tensor
    std::string reason; ///< a sentence
};

/// What loading a file found. Each list is in the order of its side.
struct load_result {
    std::vector<left_out_tensor> left_out; ///< of the file: the element type is not used for weights
    std::vector<std::string> missing;      ///< of the model: the file has no such name; unchanged
    std::vector<std::string> extra;        ///< of the file: the model has no such name
    std::vector<tensor_misfit> misfits;    ///< of both; unchanged in the model
};

/// What is loaded.
enum class load_what {
    everything,   ///< all or nothing: anything that does not fit is an error
    matching_only ///< what fits; the rest is reported
};

/// The position of a training, in addition to its tensors.
struct training_position {
    std::uint64_t steps = 0;      ///< completed steps
    std::uint64_t noise_seed = 0; ///< the seed of the trainer's noise
};

/// Fills `into` from a file of any origin. Numbers are converted to the target's type: exactly if it can hold them,
/// else (double to float) rounded to nearest. A finite number outside the range of float is a misfit; NaN and
/// infinities are kept. The optimiser's tensors in a training's file are ignored unless `into` has them. With
/// load_what::everything, `error` names missing and extra tensors and misfits, up to 20, and nothing is changed. Takes
/// O(n log n) time in the number of tensors, and is linear in their values.
load_result load_tensors(const std::filesystem::path& file, std::span<const tensor_target> into,
                         load_what what = load_what::everything);

/// Writes parameters, the optimiser's tensors and the position as one safetensors file, atomically. The position and
/// the names of the optimiser's tensors are in the metadata: hourglass.steps, hourglass.noise_seed (decimal text) and
/// hourglass.optimiser_tensors (a JSON list), next to the caller's own texts. Throws `error` as `write_safetensors`
/// does.
void save_training(const std::filesystem::path& file, std::vector<tensor_record> parameters,
                   std::vector<tensor_record> optimiser, const training_position& position,
                   const std::map<std::string, std::string>& metadata = {});

/// Fills both from a file of `save_training`, by the rules of `load_tensors`, and sets `position`. With
/// load_what::everything, `error` names everything that is missing, extra or does not fit, including numbers of the
/// position, and nothing is changed. Otherwise such a number stays as it was and is listed in the result like a tensor,
/// by its name in the metadata.
load_result load_training(const std::filesystem::path& file, std::span<const tensor_target> parameters,
                          std::span<const tensor_target> optimiser, training_position& position,
                          load_what what = load_what::everything);

}
