// The numbers of a training run by epoch, as the file metrics.json. loss_curves.hpp draws them, progress.hpp shows them
// on a terminal.
#pragma once

#include "hourglass/io/error.hpp"

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hourglass::io {

/// A named number.
struct metric {
    std::string name; ///< as shown and stored
    double value = 0; ///< must be finite to be stored
};

/// The loss and its terms, of a step or of a set of examples: `{{"loss", 0.5}, {"kl", 0.1}}`. The loss comes first.
class metrics : public std::vector<metric> {
public:
    /// One of them, as it is written in braces.
    struct term {
        std::string_view name;
        double value;
    };
    metrics() = default;
    metrics(std::vector<metric> terms) : vector(std::move(terms)) {}
    /// Compiled once, since programs write such lists in each of their steps.
    metrics(std::initializer_list<term> terms);
};

/// The numbers of one epoch.
struct epoch_metrics {
    int epoch = 0;                    ///< counted from 1
    std::vector<metric> train;        ///< the loss first, then its terms, in the order of display
    std::vector<metric> test;         ///< the same terms; empty without test data
    double seconds = 0;               ///< of the training only
    std::vector<metric> validation{}; ///< the same terms, which choose the best epoch; if empty, those of the test do
};

/// An epoch that was stopped by a signal: its progress.
struct unfinished_epoch {
    int batches = 0;          ///< completed batches
    double rows = 0;          ///< examples in these batches
    std::vector<metric> sums; ///< of the terms: each batch's mean times its rows
    double seconds = 0;       ///< of training it so far
};

/// The contents of metrics.json: what a run has done, and what resuming needs in addition to the trainer.
struct run_record {
    std::string model{}, run{};          ///< `run` is equal for all runs that give the same weights
    std::string options{};               ///< which decide that: "--data shapes --seed 1 ..."
    std::vector<epoch_metrics> epochs{}; ///< the completed ones
    std::int64_t steps = 0;              ///< completed steps, including those of the unfinished epoch
    double first_loss = 0;               ///< of the first step
    int best_epoch = 0;   ///< with the least loss in validation; without it, on the test set, or in training
    double best_loss = 0; ///< the loss of that epoch
    std::optional<unfinished_epoch> unfinished{}; ///< if a signal has stopped the run
};

/// Returns a record as JSON:
/// `{"model": ..., "run": ..., "options": ..., "epoch": 2, "epochs": [{"epoch": 1, "train": {name: value, ...}, "test":
/// {...}, "seconds": ...}, ...], "steps": ..., ...}`. "epoch" is the last completed one; epochs have "validation" if
/// there is such data. JSON has no infinity and no NaN: throws `error` with epoch and term for a non-finite value, and
/// for a duplicate term and text that is not UTF-8.
std::string metrics_json(const run_record& record);

/// Reads such a file, to the last bit. Throws `error` if it does not exist or has another form.
run_record read_metrics(const std::filesystem::path& file);

}
