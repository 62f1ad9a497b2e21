// The numbers of a training run, epoch by epoch, as the file metrics.json. Drawing them and showing them on the
// terminal (progress.hpp) happen elsewhere.
#pragma once

#include "hourglass/io/error.hpp"

#include <string>
#include <vector>

namespace hourglass::io {

struct metric {
    std::string name;
    double value = 0;
};

struct epoch_metrics {
    int epoch = 0;             // counted from 1
    std::vector<metric> train; // the loss first, then its terms, in the order in which they shall appear
    std::vector<metric> test;  // the same terms; empty where nothing was held out
    double seconds = 0;        // of training alone
};

// The text of the file: {"model": ..., "run": ..., "epoch": 2, "epochs": [{"epoch": 1, "train": {name: value, ...},
// "test": {...}, "seconds": ...}, ...]}; "epoch" is the last one's. JSON has no infinity and no NaN: throws `error`,
// naming epoch and term, for a value that is not finite, for a term that appears twice and for text that is no UTF-8.
std::string metrics_json(const std::string& model, const std::string& run, const std::vector<epoch_metrics>& epochs);

}
