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
#include <map>
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
    std::filesystem::path init; // first weights, in a safetensors file; empty: drawn from the seed
    int patience = 0;           // stop after so many epochs without a better test loss; 0: never
    bool resume = false;        // go on with the run that is in the folder
    std::string own;            // the model's own options, as text: a run is only gone on with if they are the same
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

    // Writes pictures of what the model does with test images into a folder; called before the training and after each
    // epoch.
    std::function<void(const data::image_set& test, const std::filesystem::path& folder)> draw;

    std::function<std::vector<tensor_record>()> weights;

    // What there is to say besides after an epoch; may be empty.
    std::function<std::string()> remark{};

    // Write and read a file with all that the next step depends on, and read weights to begin with; hg::store_with of
    // storage/save.hpp sets them. Without them a run cannot be gone on with, or begin from a file.
    std::function<void(const std::filesystem::path&, const std::map<std::string, std::string>& metadata)> save{};
    std::function<void(const std::filesystem::path&)> load{};
    std::function<void(const std::filesystem::path&)> init{};

    // Called where a run goes on, with the number of images that it has trained on.
    std::function<void(std::uint64_t images)> resumed{};
};

// Trains for options.epochs epochs, or until options.patience is at its end, and leaves metrics.json,
// weights.safetensors, best.safetensors (of the epoch with the least test loss) and the pictures in options.out, all of
// them exchanged together after each epoch: run_folder.hpp has the rule. A line for each epoch goes to standard error,
// the result to standard output. After a SIGINT, SIGTERM or SIGHUP the step is finished, and the folder has the last
// whole epoch and a trainer from which options.resume goes on, to the same bits; the caller asks `interrupted` of
// interrupt.hpp and must hold an interrupt_guard. Throws `error` where a file cannot be written, before the training if
// that can be told, and where a term of the loss or a weight is no longer finite; a loss far above where it began is
// said.
void train(const training_options& options, const data::split& images, const trainable& what);

// In double.
double mean(std::span<const float> values);

// The first images of a set, at most so many, count x features.
std::span<const float> first_images(const data::image_set& set, int most);

}
