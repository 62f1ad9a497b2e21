// The training loop for any model and any data: epochs of shuffled mini-batches, validation, the best weights,
// patience, progress, Ctrl-C, and files to go on from. The loop knows neither the model nor the data: both are
// functions that are told which examples are meant. What is the same for all data sets of images is in
// image_training.hpp, the command line in command_line.hpp.
#pragma once

#include "hourglass/io/interrupt.hpp"
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

// The programs of this library read them from the command line: --train-images is train_images.
struct training_options {
    std::filesystem::path out{};  // the folder for everything that is written
    int epochs = 10;              // how often to go through the examples
    int batch = 128;              // examples a step
    std::uint64_t seed = 1;       // of the order of the examples
    int patience = 0;             // end when the best epoch is so many epochs old; 0: never
    bool resume = false;          // go on with the run that is in the folder
    std::filesystem::path init{}; // load first weights from this safetensors file; empty: begin with the model's own
    // What else decides the weights, such as "--rate cosine --data 2026-11.csv": to resume with another text is
    // refused.
    std::string own{};

    // The loop records these and compares them where it resumes; a task's functions put them to use.
    double learning_rate = 1e-3;
    int threads = 1;      // only reported; weights do not depend on it
    std::string data{};   // as data/sources.hpp understands it
    int train_images = 0; // load so many; 0: all there are
    int test_images = 0;
    int validation_images = 0; // hold out the last so many of the training images
};

using metrics = std::vector<metric>; // the loss first, then its terms

// What the loop asks of every model: its files, and who wants to be told.
struct training_hooks {
    std::string model;             // its name, for metrics.json
    std::string unit = "examples"; // what they are, for the progress: "images", "series"

    std::function<std::vector<tensor_record>()> weights{};

    // Called after each epoch, when its files are in place. Where it answers false the training ends; one that is
    // resumed goes on for an epoch before it is asked again.
    std::function<bool(const epoch_metrics& epoch)> after_epoch{};

    // A line to be shown after each epoch.
    std::function<std::string()> remark{};

    // Write and read a file with all that the next step depends on, and read weights to begin with; hg::store_with of
    // storage/save.hpp sets them, and `weights`. Without them a run cannot be gone on with, or begin from a file.
    std::function<void(const std::filesystem::path&, const std::map<std::string, std::string>& metadata)> save{};
    std::function<void(const std::filesystem::path&)> load{};
    std::function<void(const std::filesystem::path&)> init{};

    // Called once where a run is resumed, after `load`, with the number of examples that it has trained on.
    std::function<void(std::uint64_t examples)> resumed{};
};

// A model with data of the caller's own.
struct training_task : training_hooks {
    int examples = 0; // to train on, numbered from 0

    // One training step on the examples that are named: options.batch of them, or what is left of an epoch.
    // data::row_buffer of data/batches.hpp gathers them from a table. Answers the means over them, from before the
    // update: what is made small first, then whatever else is of interest, the same terms at every step.
    std::function<metrics(std::span<const int> chosen)> step{};

    // The means over examples that no step sees, with the same first term, which chooses the best epoch and is what
    // patience looks at: that of `validate`; without it that of `test`; without both the training's.
    std::function<metrics()> validate{};
    std::function<metrics()> test{};

    // Writes pictures, or what else shall stand beside the weights, into a folder; its files are exchanged with the
    // epoch's others. Called after each epoch, and once before the training, whose files no reader sees.
    std::function<void(const std::filesystem::path& folder)> draw{};

    // The same of files that belong with best.safetensors, such as a threshold that follows from the weights: called
    // when an epoch is the best so far, and once before the training. They stay until a better epoch comes.
    std::function<void(const std::filesystem::path& folder)> draw_best{};

    // Describes the latest batch for the message about a first loss that is not finite: "whose magnitudes go up to
    // 1e30". A task that has it says that its data are finite.
    std::function<std::string()> latest_batch{};
};

// How a training ended, and where. The model holds the weights of the last step; those of the best epoch are in
// best.safetensors.
enum class training_end { epochs, patience, callback, signal };
struct training_result {
    training_end why = training_end::epochs;
    int epochs = 0;       // whole ones, those before a resumption included
    int best_epoch = 0;   // 0: none is whole
    double best_loss = 0; // of that epoch
};

// Trains for options.epochs epochs, or until patience or `after_epoch` ends it. Leaves metrics.json, losses.png,
// weights.safetensors, best.safetensors (of the best epoch), trainer.safetensors and what `draw` and `draw_best` wrote
// in options.out, all of them exchanged together after each epoch: run_folder.hpp has the rule. A line for each epoch
// goes to standard error, the result to standard output.
//
// After a SIGINT, SIGTERM or SIGHUP the step is finished, and the folder has the last whole epoch and a trainer from
// which options.resume goes on, to the same bits. For that the caller holds an interrupt_guard.
//
// Throws `error` for options or a task that do not make sense; for a folder that another process uses or that cannot be
// written, before the training if that can be told; and where a term or a weight is no longer finite, before anything
// is written. A loss far above where it began is reported on standard error.
training_result train(const training_options& options, const training_task& what);

// In double.
double mean(std::span<const float> values);
double mean(std::span<const double> values);

}
