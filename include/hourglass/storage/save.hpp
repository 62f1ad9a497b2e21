// Saving and loading parameters and trainers, by name, as safetensors files: hg::save and hg::load. Works on anything
// that calls a function for each of its tensors, and knows no equations. The files themselves are the business of io/;
// a program that includes this links hourglass_support.
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

// hg::parameters, or what else calls f(name, view, is_state) for each of its tensors, whose values are contiguous.
template <class P>
concept storable_parameters = requires(P& p) {
    typename P::element_type;
    p.for_each([](const std::string&, const auto&, bool) {});
};

// hg::trainer: it knows the parameters that it was made with, its optimiser's tensors, and where it stands.
template <class T>
concept storable_trainer = requires(T& t) {
    typename T::element_type;
    t.for_each_parameter([](const std::string&, const auto&, bool) {});
    t.state().for_each([](const std::string&, const auto&, bool) {});
    t.set_steps(t.steps());
    t.set_noise_seed(t.noise_seed());
};

// Loads what fits, and leaves the rest as it is: hg::load(file, theta, hg::matching_only).
struct matching_only_option {};
inline constexpr matching_only_option matching_only{};

// What load found beside what it loaded: tensors that were left out or, with matching_only, did not fit.
using load_result = io::load_result;

// Each tensor that `for_each` visits as a record of T, or as the place that a file's tensor is loaded into.
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

// The parameters and state as records for io::write_safetensors: for a file with metadata of one's own.
template <storable_parameters P> HOURGLASS_COLD std::vector<io::tensor_record> records_of(const P& theta) {
    return make_records<typename P::element_type>([&](auto&& f) { theta.for_each(f); });
}

// Writes all parameters and state of theta, in its own element type, under the names that they have in the model:
// "h.weight" as [out, in], "h.bias" as [out], as torch.nn.Linear has them. Atomically: until it returns, what stood
// under the name stands there still. Throws io::error where the file cannot be written.
template <storable_parameters P> HOURGLASS_COLD void save(const std::filesystem::path& file, const P& theta) {
    io::write_safetensors(file, records_of(theta));
}

// Writes a trainer with all that its next step depends on: the parameters and state that it was made with, the
// optimiser's tensors ("h.weight.first_moment"), the number of steps and the seed of its noise. Otherwise as above.
// `metadata` are texts of the caller's own, whose keys do not begin with "hourglass.".
template <storable_trainer T> HOURGLASS_COLD void save(const std::filesystem::path& file, const T& train,
                                                       const std::map<std::string, std::string>& metadata = {}) {
    using element = typename T::element_type;
    io::save_training(file, make_records<element>([&](auto&& f) { train.for_each_parameter(f); }),
                      make_records<element>([&](auto&& f) { train.state().for_each(f); }),
                      {train.steps(), train.noise_seed()}, metadata);
}

// Reads all parameters and state of theta from a file that holds exactly these, in F64, F32, F16 or BF16; they are
// converted to theta's element type, to the nearest where it is narrower. Of a trainer's file the optimiser's tensors
// are passed over. Tensors of other element types, such as a batch norm's I64 counter, are left out: the result lists
// them. NaN and infinities are loaded like any number. Throws io::error that names every tensor which is missing, too
// much, of another shape, or holds a finite number that float cannot hold; theta is then as it was. Takes n log n in
// the number of tensors, and about the file's size of memory.
template <storable_parameters P> HOURGLASS_COLD load_result load(const std::filesystem::path& file, P& theta) {
    return io::load_tensors(file, make_targets<typename P::element_type>([&](auto&& f) { theta.for_each(f); }));
}

// The same of those tensors that fit. What does not is in the result, and is no error; a file that cannot be read is.
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

// Reads what save(file, train) wrote into a trainer of the same model and rule and into the parameters that it was made
// with; its seed becomes the saved one. It then goes on as the saved one would have, bit for bit. Throws io::error as
// above, also for a file that has no optimiser's tensors, steps or seed; trainer and parameters are then as they were.
template <storable_trainer T> load_result load(const std::filesystem::path& file, T& train) {
    return load_trainer(file, train, io::load_what::everything);
}

// The same of what fits: parameters, the optimiser's tensors, the number of steps and the seed. Of a file that holds
// only weights, these are the parameters. The result lists what is missing or does not fit; that is no error.
template <storable_trainer T> load_result load(const std::filesystem::path& file, T& train, matching_only_option) {
    return load_trainer(file, train, io::load_what::matching_only);
}

// Has io::train write and read a model's files: weights, and the trainer to go on from. Both must live as long as the
// task.
template <storable_parameters P, storable_trainer T> void store_with(io::training_hooks& task, P& theta, T& train) {
    task.weights = [&theta] { return records_of(theta); };
    task.save = [&train](const std::filesystem::path& file, const std::map<std::string, std::string>& metadata) {
        save(file, train, metadata);
    };
    task.load = [&train](const std::filesystem::path& file) { load(file, train); };
    task.init = [&theta](const std::filesystem::path& file) { load(file, theta); };
}

HOURGLASS_END
