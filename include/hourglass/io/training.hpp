// The training loop for any model and any data: epochs of shuffled mini-batches, validation, best weights, patience,
// progress, Ctrl-C, and files for resuming. The loop knows neither model nor data: both are functions that receive the
// indices of examples. image_training.hpp adds what all data sets of images share, command_line.hpp the command line.
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

/// The options of a training. The library's programs read them from the command line: --train-images is train_images.
struct training_options {
    std::filesystem::path out{};  ///< the folder for all output
    int epochs = 10;              ///< how often to go through the examples
    int batch = 128;              ///< examples per step
    std::uint64_t seed = 1;       ///< of the order of the examples
    int patience = 0;             ///< end when the best epoch is this many epochs old; 0: never
    bool resume = false;          ///< continue the run in the folder
    std::filesystem::path init{}; ///< a safetensors file with initial weights; empty: start from the model's own
    /// Everything else that decides the weights, such as "--rate cosine --data 2026-11.csv". A run cannot be resumed
    /// with another text.
    std::string own{};

    /// The loop records this and the following options and compares them when resuming; a task's functions use them.
    double learning_rate = 1e-3;
    int threads = 1;           ///< only reported; weights do not depend on it
    std::string data{};        ///< as in data/sources.hpp
    int train_images = 0;      ///< how many to load; 0: all
    int test_images = 0;       ///< how many to load; 0: all
    int validation_images = 0; ///< how many of the last training images to hold out
};

/// What the loop needs of every model: its files, and callbacks.
struct training_hooks {
    std::string model;             ///< its name, for metrics.json
    std::string unit = "examples"; ///< what the examples are called in the progress: "images", "series"

    /// Returns the weights, for weights.safetensors and best.safetensors.
    std::function<std::vector<tensor_record>()> weights{};

    /// Called after each epoch, when its files are in place. Returning false ends the training; a resumed training runs
    /// one more epoch before the next call.
    std::function<bool(const epoch_metrics& epoch)> after_epoch{};

    /// Returns a line to show after each epoch.
    std::function<std::string()> remark{};

    /// Writes a file with everything that the next step depends on. hg::store_with of storage/save.hpp sets this,
    /// `load`, `init` and `weights`. Without them a run cannot be resumed or start from a file.
    std::function<void(const std::filesystem::path&, const std::map<std::string, std::string>& metadata)> save{};
    /// Reads a file of `save`.
    std::function<void(const std::filesystem::path&)> load{};
    /// Reads initial weights.
    std::function<void(const std::filesystem::path&)> init{};

    /// Called once when a run is resumed, after `load`, with the number of examples that it has trained on.
    std::function<void(std::uint64_t examples)> resumed{};
};

/// A model with the caller's own data.
struct training_task : training_hooks {
    int examples = 0; ///< to train on, numbered from 0

    /// Runs one training step on the examples `chosen`: options.batch of them, or the rest of an epoch.
    /// data::row_buffer of data/batches.hpp gathers them from a table. Returns means over these examples, from before
    /// the update: the loss that is minimised first, then any others, with the same terms in every step.
    std::function<metrics(std::span<const int> chosen)> step{};

    /// Return means over examples that no step sees, with the loss first. The best epoch and patience follow the loss
    /// of `validate`; without it that of `test`; without both that of the training.
    std::function<metrics()> validate{};
    std::function<metrics()> test{};

    /// Writes pictures, or other files that belong with the weights, into a folder; they are published together with
    /// the epoch's other files. Called after each epoch, and once before the training, whose files no reader sees.
    std::function<void(const std::filesystem::path& folder)> draw{};

    /// The same for files that belong with best.safetensors, such as a threshold derived from the weights. Called
    /// whenever an epoch is the best so far, and once before the training. The files stay until a better epoch.
    std::function<void(const std::filesystem::path& folder)> draw_best{};

    /// Describes the latest batch, for the message about a first loss that is not finite: "whose magnitudes go up to
    /// 1e30". A task that sets it declares that its data are finite.
    std::function<std::string()> latest_batch{};
};

/// Why a training ended.
enum class training_end { epochs, patience, callback, signal };
/// How a training ended. The model holds the weights of the last step; those of the best epoch are in best.safetensors.
struct training_result {
    training_end why = training_end::epochs; ///< why it ended
    int epochs = 0;                          ///< completed, including those before resuming
    int best_epoch = 0;                      ///< 0: none is complete
    double best_loss = 0;                    ///< of that epoch
};

/// Trains for options.epochs epochs, or until patience or `after_epoch` ends it. Leaves metrics.json, losses.png,
/// weights.safetensors, best.safetensors (of the best epoch), trainer.safetensors and the files of `draw` and
/// `draw_best` in options.out, published together after each epoch (see run_folder.hpp). Prints a line per epoch to
/// standard error, and the result to standard output.
///
/// After a SIGINT, SIGTERM or SIGHUP it finishes the step and leaves the last complete epoch, and a trainer from which
/// options.resume continues to the same bits. For this the caller must hold an interrupt_guard.
///
/// Throws `error` for options or a task that make no sense; for a folder that another process uses or that cannot be
/// written to, before the training if that can be known; and if a term or weight is no longer finite, before anything
/// is written. A loss far above its start is reported on standard error.
training_result train(const training_options& options, const training_task& what);

/// Returns the mean, computed in double.
double mean(std::span<const float> values);
/// The same for double.
double mean(std::span<const double> values);

}
