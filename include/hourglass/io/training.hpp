// The training loop for any model and any data: epochs of shuffled mini-batches, validation, the best weights,
// patience, progress, Ctrl-C, and files to go on from. The loop knows neither the model nor the data: both are
// functions that are told which examples are meant. What is the same for all data sets of images is in
// image_training.hpp, the command line in command_line.hpp.
#pragma once

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
    std::string data;          // what it trains on, for the record; of programs: as data/sources.hpp understands it
    int epochs = 10;
    int batch = 128;             // examples a step
    double learning_rate = 1e-3; // for the record; the model's step uses it
    std::uint64_t seed = 1;      // of the order; of programs first weights and noise too: same seed, same bits
    int threads = 1;             // to be reported; the model's own business
    int train_images = 0;        // of programs: so many are loaded, 0: all there are
    int test_images = 0;
    int validation_images = 0;  // of programs: the last so many of the training images are held out
    std::filesystem::path init; // first weights, in a safetensors file; empty: those that the model has
    int patience = 0;           // stop after so many epochs without a better loss; 0: never
    bool resume = false;        // go on with the run that is in the folder
    std::string own;            // the model's own options, as text: a run is only gone on with if they are the same
};

using metrics = std::vector<metric>; // the loss first, then its terms

// What the loop asks of every model: its files, and who wants to be told.
struct training_hooks {
    std::string model;             // its name, for metrics.json
    std::string unit = "examples"; // what they are, for the progress: "images", "series"

    std::function<std::vector<tensor_record>()> weights{};

    // Called after each epoch, when its files are in place; the training ends where the answer is false.
    std::function<bool(const epoch_metrics& epoch)> after_epoch{};

    // What there is to say besides after an epoch.
    std::function<std::string()> remark{};

    // Write and read a file with all that the next step depends on, and read weights to begin with; hg::store_with of
    // storage/save.hpp sets them, and `weights`. Without them a run cannot be gone on with, or begin from a file.
    std::function<void(const std::filesystem::path&, const std::map<std::string, std::string>& metadata)> save{};
    std::function<void(const std::filesystem::path&)> load{};
    std::function<void(const std::filesystem::path&)> init{};

    // Called where a run goes on, with the number of examples that it has trained on.
    std::function<void(std::uint64_t examples)> resumed{};
};

// A model with data of the caller's own.
struct training_task : training_hooks {
    int examples = 0; // to train on, numbered from 0

    // One training step on the examples that are named: options.batch of them, or what is left of an epoch.
    // data::row_buffer of data/batches.hpp gathers them from a table. Answers the means over them, from before the
    // update.
    std::function<metrics(std::span<const int> chosen)> step{};

    // The same terms, as means over examples that no step sees. The best epoch, whose weights are kept, and patience go
    // by the first term of `validate`; without it by that of `test`; without both by the training's.
    std::function<metrics()> validate{};
    std::function<metrics()> test{};

    // Writes pictures, or what else shall stand beside the weights, into a folder; called before the training and after
    // each epoch.
    std::function<void(const std::filesystem::path& folder)> draw{};

    // Of the examples of the latest step, where its loss is not finite: "whose magnitudes go up to 1e30".
    std::function<std::string()> latest_batch{};
};

// Trains for options.epochs epochs, or until options.patience is at its end, and leaves metrics.json, losses.png,
// weights.safetensors, best.safetensors (of the best epoch) and what `draw` wrote in options.out, all of them exchanged
// together after each epoch: run_folder.hpp has the rule. A line for each epoch goes to standard error, the result to
// standard output. After a SIGINT, SIGTERM or SIGHUP the step is finished, and the folder has the last whole epoch and
// a trainer from which options.resume goes on, to the same bits; the caller asks `interrupted` of interrupt.hpp and
// must hold an interrupt_guard. Throws `error` for a task without name, examples, step or weights, where a file cannot
// be written, before the training if that can be told, and where a term of the loss or a weight is no longer finite; a
// loss far above where it began is said.
void train(const training_options& options, const training_task& what);

// In double.
double mean(std::span<const float> values);

}
