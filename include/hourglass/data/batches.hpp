// Mini-batches: the order in which an epoch visits the examples, and copying the chosen rows. Allocates nothing after
// construction. Knows neither the source of the examples nor the use of a batch.
#pragma once

#include "hourglass/data/error.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace hourglass::data {

/// The examples 0 .. count - 1 in batches of `batch`; the last is shorter if `batch` does not divide `count`. In
/// original order until `shuffle` is called, as evaluation needs.
class batches {
public:
    /// Throws `error` unless count and batch are at least 1.
    batches(int count, int batch, std::uint64_t seed = 0);

    /// Sets the order of an epoch, a pure function of (seed, epoch).
    void shuffle(std::uint64_t epoch);

    /// Returns the number of batches.
    int size() const { return (count_ - 1) / batch_ + 1; }
    /// Returns the number of examples.
    int count() const { return count_; }
    /// Returns the number of examples in the largest batch.
    int largest() const { return batch_ < count_ ? batch_ : count_; }

    /// Returns the examples of batch k, 0 <= k < size(). Valid until the next shuffle.
    std::span<const int> operator[](int k) const;

private:
    int count_;
    int batch_;
    std::uint64_t seed_;
    std::vector<int> order_;
};

/// Copies the rows `chosen` of a matrix with row_size columns: row i of `to` becomes row chosen[i] of `rows`. `to`
/// holds at least chosen.size() * row_size numbers. Throws `error` if a size does not fit.
void gather(std::span<const float> rows, int row_size, std::span<const int> chosen, std::span<float> to);
/// The same, converting float to double.
void gather(std::span<const float> rows, int row_size, std::span<const int> chosen, std::span<double> to);
/// The same, converting double to float.
void gather(std::span<const double> rows, int row_size, std::span<const int> chosen, std::span<float> to);
/// The same for double.
void gather(std::span<const double> rows, int row_size, std::span<const int> chosen, std::span<double> to);

/// Memory for gathered rows, allocated once.
template <class Element> class row_buffer {
public:
    /// Throws `error` unless both are at least 1.
    row_buffer(int max_rows, int row_size);

    /// Returns the chosen rows, chosen.size() x row_size, row-major; at most max_rows of them. Valid until the next
    /// call.
    std::span<const Element> gather(std::span<const float> rows, std::span<const int> chosen) {
        return gather_rows(rows, chosen);
    }
    /// The same for rows of double.
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
