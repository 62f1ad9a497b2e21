// From a safetensors file into tensors that exist, all or nothing; and the file of a training, which also holds the
// optimiser's tensors and where the training stands. Models and programs are not known here: hg::save and hg::load in
// storage/save.hpp call this with theirs.
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

// A tensor in memory, to be filled by the file's tensor of the same name. There are as many values as the shape says.
struct tensor_target {
    std::string name;
    std::vector<std::int64_t> shape;
    std::variant<std::span<float>, std::span<double>> values;
};

// Appends a tensor of which the values lie one after another, row-major: a copy of it, or the place to load into.
void add_record(std::vector<tensor_record>& records, std::string_view name, std::span<const std::ptrdiff_t> shape,
                const std::variant<std::span<const float>, std::span<const double>>& values);
void add_target(std::vector<tensor_target>& targets, std::string_view name, std::span<const std::ptrdiff_t> shape,
                const std::variant<std::span<float>, std::span<double>>& values);

// A tensor that both sides have, and why the file's does not fit: "expected the shape [4], found [5]".
struct tensor_misfit {
    std::string name;
    std::string reason;
};

// How a file compared with what it was loaded into. Each list is in the order of its side.
struct load_result {
    std::vector<left_out_tensor> left_out; // of the file: its element type holds no weights
    std::vector<std::string> missing;      // of the model: the file has none of this name, so they are as they were
    std::vector<std::string> extra;        // of the file: the model has none of this name
    std::vector<tensor_misfit> misfits;    // so they are as they were
};

enum class load_what {
    everything,   // or nothing: what does not fit is an error
    matching_only // what fits; the rest is reported
};

// Where a training stands, beside its tensors.
struct training_position {
    std::uint64_t steps = 0; // done
    std::uint64_t noise_seed = 0;
};

// Fills `into` from a file of any origin. Numbers are converted to the target's type: exactly where it holds them, else
// (double to float) to the nearest. A finite number that float cannot hold is a misfit; NaN and infinities are taken as
// they are. A training's tensors that are the optimiser's, and not in `into`, are passed over. With
// load_what::everything the result has no missing and extra tensors and no misfits: else `error` names them, up to 20,
// and nothing has changed. Takes n log n in the number of tensors and is linear in their values.
load_result load_tensors(const std::filesystem::path& file, std::span<const tensor_target> into,
                         load_what what = load_what::everything);

// Writes parameters, the optimiser's tensors and the position as one safetensors file, atomically. The position and the
// names of the optimiser's tensors stand in the metadata: hourglass.steps, hourglass.noise_seed (decimal text) and
// hourglass.optimiser_tensors (a JSON list), beside the caller's own texts. Throws `error` as write_safetensors does.
void save_training(const std::filesystem::path& file, std::vector<tensor_record> parameters,
                   std::vector<tensor_record> optimiser, const training_position& position,
                   const std::map<std::string, std::string>& metadata = {});

// Fills both from a file of save_training, by the rules of load_tensors, and sets `position`. With
// load_what::everything it throws `error` that names all that is missing, too much or does not fit, the numbers of the
// position included; then nothing has changed. Else such a number stays as it was, and the result lists it as it does
// tensors, by the name that it has in the metadata.
load_result load_training(const std::filesystem::path& file, std::span<const tensor_target> parameters,
                          std::span<const tensor_target> optimiser, training_position& position,
                          load_what what = load_what::everything);

}
