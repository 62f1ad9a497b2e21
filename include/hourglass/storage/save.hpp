// Saves and loads parameters and trainers by name, as safetensors files: `hg::save` and `hg::load`. Works on anything
// that calls a function for each of its tensors, and knows no equations. io/ reads and writes the files; programs that
// include this header must link hourglass_support.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <hourglass/config.hpp>
#include <hourglass/io/safetensors.hpp>
#include <hourglass/io/tensor_exchange.hpp>
#include <hourglass/io/training.hpp>

HOURGLASS_BEGIN

/// `hg::parameters`, or any type that calls `f(name, view, is_state)` for each of its tensors, whose values are
/// contiguous.
template <class P>
concept storable_parameters = requires(P& p) {
    typename P::element_type;
    p.for_each([](const std::string&, const auto&, bool) {});
};

/// `hg::trainer`, or any type that visits its parameters and its optimiser's tensors and knows its position.
template <class T>
concept storable_trainer = requires(T& t) {
    typename T::element_type;
    t.for_each_parameter([](const std::string&, const auto&, bool) {});
    t.state().for_each([](const std::string&, const auto&, bool) {});
    t.set_steps(t.steps());
    t.set_noise_seed(t.noise_seed());
};

/// The type of `matching_only`.
struct matching_only_option {};
/// Loads only what fits and leaves the rest unchanged: `hg::load(file, theta, hg::matching_only)`.
inline constexpr matching_only_option matching_only{};

/// What `load` reports: tensors that were left out and, with `matching_only`, those that did not fit.
using load_result = io::load_result;

// Each tensor that `for_each` visits: as a record of T, or as the target that a file's tensor is loaded into.
template <class T> HOURGLASS_COLD std::vector<io::tensor_record> make_records(auto&& for_each) {
    std::vector<io::tensor_record> records;
    for_each([&](const std::string& name, const auto& view, bool) {
        io::add_record(records, name, view.extents(), view.span());
    });
    return records;
}
template <class T> HOURGLASS_COLD std::vector<io::tensor_target> make_targets(auto&& for_each) {
    std::vector<io::tensor_target> targets;
    for_each([&](const std::string& name, const auto& view, bool) {
        io::add_target(targets, name, view.extents(), view.span());
    });
    return targets;
}

/// Returns parameters and state as records for `io::write_safetensors`, for a file with metadata of your own.
template <storable_parameters P> HOURGLASS_COLD std::vector<io::tensor_record> records_of(const P& theta) {
    return make_records<typename P::element_type>([&](auto&& f) { theta.for_each(f); });
}

/// Writes all parameters and state of theta, in its element type, under their names in the model: `h.weight` as [out,
/// in], `h.bias` as [out], as in `torch.nn.Linear`. Atomic: until it returns, an existing file stays in place. Throws
/// `io::error` if the file cannot be written.
template <storable_parameters P> HOURGLASS_COLD void save(const std::filesystem::path& file, const P& theta) {
    io::write_safetensors(file, records_of(theta));
}

/// Writes a trainer with everything that its next step depends on: all its parameters and state, the optimiser's
/// tensors (`h.weight.first_moment`), the number of steps and the seed of its noise. Otherwise as above. `metadata`
/// holds further texts; its keys must not begin with `hourglass.`.
template <storable_trainer T> HOURGLASS_COLD void save(const std::filesystem::path& file, const T& train,
                                                       const std::map<std::string, std::string>& metadata = {}) {
    using element = typename T::element_type;
    io::save_training(file, make_records<element>([&](auto&& f) { train.for_each_parameter(f); }),
                      make_records<element>([&](auto&& f) { train.state().for_each(f); }),
                      {train.steps(), train.noise_seed()}, metadata);
}

/// Reads all parameters and state of theta from a file that holds exactly these, in F64, F32, F16 or BF16. Values are
/// converted to theta's element type, rounded to nearest if it is narrower; NaN and infinities are kept. The
/// optimiser's tensors in a trainer's file are ignored. Tensors of other element types, such as a batch norm's I64
/// counter, are left out and listed in the result. Throws `io::error` naming every tensor that is missing, unexpected,
/// of another shape, or holds a finite number outside the range of float; theta is then unchanged. Takes O(n log n)
/// time in the number of tensors, and about as much memory as the file is long.
template <storable_parameters P> HOURGLASS_COLD load_result load(const std::filesystem::path& file, P& theta) {
    return io::load_tensors(file, make_targets<typename P::element_type>([&](auto&& f) { theta.for_each(f); }));
}

/// Loads only the tensors that fit. The result lists the others; only a file that cannot be read is an error.
template <storable_parameters P>
HOURGLASS_COLD load_result load(const std::filesystem::path& file, P& theta, matching_only_option) {
    return io::load_tensors(file, make_targets<typename P::element_type>([&](auto&& f) { theta.for_each(f); }),
                            io::load_what::matching_only);
}

template <storable_trainer T>
HOURGLASS_COLD load_result load_trainer(const std::filesystem::path& file, T& train, io::load_what what) {
    using element = typename T::element_type;
    io::training_position position{train.steps(), train.noise_seed()};
    load_result result =
        io::load_training(file, make_targets<element>([&](auto&& f) { train.for_each_parameter(f); }),
                          make_targets<element>([&](auto&& f) { train.state().for_each(f); }), position, what);
    train.set_steps(position.steps);
    train.set_noise_seed(position.noise_seed);
    return result;
}

/// Reads a file of `save(file, train)` into a trainer of the same model and rule, and into its parameters; the seed of
/// its noise becomes the saved one. Training then continues bit for bit as the saved trainer would have. Throws
/// `io::error` as above, and also for a file without optimiser's tensors, steps or seed; trainer and parameters are
/// then unchanged.
template <storable_trainer T> load_result load(const std::filesystem::path& file, T& train) {
    return load_trainer(file, train, io::load_what::everything);
}

/// Loads only what fits: parameters, the optimiser's tensors, the number of steps and the seed; from a file of weights,
/// the parameters. The result lists the rest, which is no error.
template <storable_trainer T> load_result load(const std::filesystem::path& file, T& train, matching_only_option) {
    return load_trainer(file, train, io::load_what::matching_only);
}

/// Lets `io::train` write and read the files of a model: its weights, and the trainer for resuming. Both must live as
/// long as the task.
template <storable_parameters P, storable_trainer T> void store_with(io::training_hooks& task, P& theta, T& train) {
    task.weights = [&theta] { return records_of(theta); };
    task.save = [&train](const std::filesystem::path& file, const std::map<std::string, std::string>& metadata) {
        save(file, train, metadata);
    };
    task.load = [&train](const std::filesystem::path& file) { load(file, train); };
    task.init = [&theta](const std::filesystem::path& file) { load(file, theta); };
}

HOURGLASS_END
