// Mini-batches: in which order an epoch takes the examples, and the copying of the chosen rows side by side. Nothing is
// allocated after construction. Where the examples come from and what is done with a batch is not known here.
#pragma once

#include "hourglass/data/error.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace hourglass::data {

// The examples 0 .. count-1 in batches of `batch`, the last one short where batch does not divide count. Until
// `shuffle` is called they are in their own order, which is what evaluation wants.
class batches {
public:
    // Throws `error` unless count and batch are at least 1.
    batches(int count, int batch, std::uint64_t seed = 0);

    // The order of an epoch: a pure function of (seed, epoch), whatever was shuffled before.
    void shuffle(std::uint64_t epoch);

    int size() const { return (count_ - 1) / batch_ + 1; }
    int count() const { return count_; }
    int largest() const { return batch_ < count_ ? batch_ : count_; }

    // The examples of batch k, 0 <= k < size(); `batch` of them, or what is left. Valid until the next shuffle.
    std::span<const int> operator[](int k) const;

private:
    int count_;
    int batch_;
    std::uint64_t seed_;
    std::vector<int> order_;
};

// Copies the rows `chosen` of a matrix of row_size columns into `to`, one after the other: row i of `to` is row
// chosen[i] of `rows`. `to` holds at least chosen.size() * row_size numbers. Throws `error` where a size does not fit.
void gather(std::span<const float> rows, int row_size, std::span<const int> chosen, std::span<float> to);
void gather(std::span<const float> rows, int row_size, std::span<const int> chosen, std::span<double> to);
void gather(std::span<const double> rows, int row_size, std::span<const int> chosen, std::span<float> to);
void gather(std::span<const double> rows, int row_size, std::span<const int> chosen, std::span<double> to);

// Memory for gathered rows, taken once.
template <class Element> class row_buffer {
public:
    // Throws `error` unless both are at least 1.
    row_buffer(int max_rows, int row_size);

    // The chosen rows, chosen.size() x row_size, row-major; valid until the next call. At most max_rows rows.
    std::span<const Element> gather(std::span<const float> rows, std::span<const int> chosen) {
        return gather_rows(rows, chosen);
    }
    std::span<const Element> gather(std::span<const double> rows, std::span<const int> chosen) {
        return gather_rows(rows, chosen);
    }

private:
    template <class From>
    std::span<const Element> gather_rows(std::span<const From> rows, std::span<const int> chosen) {
        data::gather(rows, row_size_, chosen, std::span<Element>(buffer_));
        return std::span<const Element>(buffer_).first(chosen.size() * static_cast<std::size_t>(row_size_));
    }

    int row_size_;
    std::vector<Element> buffer_;
};

extern template class row_buffer<float>;
extern template class row_buffer<double>;

}
