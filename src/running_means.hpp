// The means of an epoch so far, and the check that a model returns the same terms at every step. Only for training.cpp.
#pragma once

#include "hourglass/io/error.hpp"
#include "hourglass/io/metrics.hpp"

#include <cstddef>
#include <vector>

#include <fmt/format.h>

namespace hourglass::io {

// Means over examples, from means over batches.
class running_means {
public:
    void add(const std::vector<metric>& of_batch, std::size_t rows) {
        if (means_.empty()) {
            means_ = of_batch;
            sums_.assign(of_batch.size(), 0.0);
        }
        expect_same_terms(of_batch);
        rows_ += static_cast<double>(rows);
        for (std::size_t i = 0; i < sums_.size(); ++i) {
            sums_[i] += of_batch[i].value * static_cast<double>(rows);
            means_[i].value = sums_[i] / rows_;
        }
    }
    const std::vector<metric>& means() const { return means_; }
    double rows() const { return rows_; }

    // Saves the state, to resume from.
    void write_to(unfinished_epoch& to) const {
        to.rows = rows_;
        to.sums = means_;
        for (std::size_t i = 0; i < sums_.size(); ++i) to.sums[i].value = sums_[i];
    }
    void go_on_from(const unfinished_epoch& from) {
        means_ = from.sums;
        rows_ = from.rows;
        sums_.clear();
        for (metric& m : means_) {
            sums_.push_back(m.value);
            m.value /= rows_;
        }
    }

private:
    void expect_same_terms(const std::vector<metric>& now) const {
        bool same = now.size() == means_.size();
        for (std::size_t i = 0; same && i < now.size(); ++i) same = now[i].name == means_[i].name;
        if (!same)
            throw error(
                fmt::format("training: expected every step to return the same terms in the same order, found {} "
                            "of them, the first \"{}\", after {}, the first \"{}\"",
                            now.size(), now.front().name, means_.size(), means_.front().name));
    }

    std::vector<metric> means_;
    std::vector<double> sums_;
    double rows_ = 0;
};

}
