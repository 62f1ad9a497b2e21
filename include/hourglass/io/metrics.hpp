// The numbers of a training run, epoch by epoch, as the file metrics.json. Drawing them and showing them on the
// terminal (progress.hpp) happen elsewhere.
#pragma once

#include "hourglass/io/error.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hourglass::io {

struct metric {
    std::string name;
    double value = 0;
};

struct epoch_metrics {
    int epoch = 0;                    // counted from 1
    std::vector<metric> train;        // the loss first, then its terms, in the order in which they shall appear
    std::vector<metric> test;         // the same terms; empty where nothing was held out
    double seconds = 0;               // of training alone
    std::vector<metric> validation{}; // the same terms, by which the best epoch is chosen; empty: by those of the test
};

// An epoch that a signal stopped: how far it had come. The sums are of the terms, each batch's mean times its rows.
struct unfinished_epoch {
    int batches = 0;
    double rows = 0;
    std::vector<metric> sums;
    double seconds = 0;
};

// All that metrics.json holds: what a run has done, and what going on with it needs beside the trainer.
struct run_record {
    std::string model{}, run{};          // `run` is the same for all runs that give the same weights
    std::string options{};               // which decide that: "--data shapes --seed 1 ..."
    std::vector<epoch_metrics> epochs{}; // the whole ones
    std::int64_t steps = 0;              // done, those of the unfinished epoch included
    double first_loss = 0;               // of the first step
    int best_epoch = 0; // with the least loss of validation; without that, of the test set, or of training
    double best_loss = 0;
    std::optional<unfinished_epoch> unfinished{};
};

// {"model": ..., "run": ..., "options": ..., "epoch": 2, "epochs": [{"epoch": 1, "train": {name: value, ...}, "test":
// {...}, "seconds": ...}, ...], "steps": ..., ...}; "epoch" is the last whole one; an
// epoch has "validation" where there is some. JSON has no infinity and no NaN:
// throws `error`, naming epoch and term, for a value that is not finite, for a term that appears twice and for text
// that is no UTF-8.
std::string metrics_json(const run_record& record);

// Reads such a file back, to the last bit. Throws `error` for one that is not there or is not of this form.
run_record read_metrics(const std::filesystem::path& file);

}
