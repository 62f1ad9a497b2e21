// The training loop that every example shares: epochs of shuffled mini-batches, progress, Ctrl-C, weights, metrics. The
// model is not known here: it is a handful of functions from images to numbers. The command line is in
// command_line.hpp.
#pragma once

#include "hourglass/data/image_set.hpp"
#include "hourglass/io/metrics.hpp"
#include "hourglass/io/safetensors.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace hourglass::io {

struct training_options {
    std::filesystem::path out; // the folder for everything that is written
    std::string data;          // as data/sources.hpp understands it
    int epochs = 10;
    int batch = 128; // images a step
    double learning_rate = 1e-3;
    std::uint64_t seed = 1; // of first weights, noise and order: same seed, same bits
    int threads = 1;
    int train_images = 0; // 0: all there are
    int test_images = 0;
};

using metrics = std::vector<metric>; // the loss first, then its terms

// What the loop asks of a model.
struct trainable {
    std::string model; // its name, for metrics.json

    // One training step on options.batch images, or what is left of an epoch: count x features, row-major. Answers the
    // means over these images, from before the update.
    std::function<metrics(std::span<const float> images)> step;

    // The same terms, as means over all images of a set, each counted once.
    std::function<metrics(const data::image_set& images)> evaluate;

    // Writes pictures of what the model does with test images into a folder; called after each epoch.
    std::function<void(const data::image_set& test, const std::filesystem::path& folder)> draw;

    std::function<std::vector<tensor_record>()> weights;

    // What there is to say besides after an epoch; may be empty.
    std::function<std::string()> remark{};
};

// Trains for options.epochs epochs and leaves metrics.json, weights.safetensors and the pictures in options.out,
// renewed after each epoch. A line for each epoch goes to standard error, the result to standard output. After a
// SIGINT, SIGTERM or SIGHUP the step is finished, and weights and pictures are saved as they then are; the caller asks
// `interrupted` of interrupt.hpp and must hold an interrupt_guard. Throws `error` where a file cannot be written and
// where the loss is no longer finite.
void train(const training_options& options, const data::split& images, const trainable& what);

// In double.
double mean(std::span<const float> values);

// The first images of a set, at most so many, count x features.
std::span<const float> first_images(const data::image_set& set, int most);

// The tensors of an hg::parameters object for write_safetensors, weights as [out, in].
template <class Parameters> std::vector<tensor_record> records_of(const Parameters& theta) {
    std::vector<tensor_record> records;
    theta.for_each([&](const std::string& name, const auto& view, bool) {
        tensor_record record{name, {}, std::vector<typename Parameters::element_type>()};
        auto& values = std::get<std::vector<typename Parameters::element_type>>(record.values);
        for (int axis = 0; axis < view.rank(); ++axis) record.shape.push_back(view.extent(axis));
        const auto append = [&](const auto& self, const auto& part) -> void {
            if (part.rank() == 0)
                values.push_back(part());
            else
                for (std::ptrdiff_t i = 0; i < part.extent(0); ++i) self(self, part.row(i));
        };
        append(append, view);
        records.push_back(std::move(record));
    });
    return records;
}

}
