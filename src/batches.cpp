#include "hourglass/data/batches.hpp"

#include "hourglass/data/random.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

template <class From, class Element>
void gather_rows(std::span<const From> rows, int row_size, std::span<const int> chosen, std::span<Element> to) {
    if (row_size < 1) throw error(fmt::format("gather: expected rows of at least 1 number, found {}", row_size));
    const auto size = static_cast<std::size_t>(row_size);
    const std::size_t available = rows.size() / size;
    if (rows.size() % size != 0)
        throw error(fmt::format("gather: expected a whole number of rows of {}, found {} numbers; give the row size of "
                                "this matrix",
                                row_size, rows.size()));
    if (to.size() / size < chosen.size())
        throw error(
            fmt::format("gather: expected room for {} rows of {}, found room for {}; make the buffer as large as the "
                        "largest batch",
                        chosen.size(), row_size, to.size() / size));
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const auto row = static_cast<std::size_t>(chosen[i]);
        if (chosen[i] < 0 || row >= available)
            throw error(fmt::format("gather: expected rows 0 to {}, found {}; are the batches made for this data set?",
                                    static_cast<std::int64_t>(available) - 1, chosen[i]));
        const auto from = rows.subspan(row * size, size);
        std::transform(from.begin(), from.end(), to.subspan(i * size, size).begin(),
                       [](From x) { return static_cast<Element>(x); });
    }
}

}

batches::batches(int count, int batch, std::uint64_t seed) : count_(count), batch_(batch), seed_(seed) {
    if (count < 1 || batch < 1)
        throw error(fmt::format(
            "batches: expected at least 1 example in batches of at least 1, found {} in batches of {}", count, batch));
    order_.resize(static_cast<std::size_t>(count));
    std::iota(order_.begin(), order_.end(), 0);
}

void batches::shuffle(std::uint64_t epoch) {
    std::iota(order_.begin(), order_.end(), 0); // makes the order independent of earlier epochs
    random_stream random(seed_, epoch);
    for (std::size_t i = order_.size(); i > 1; --i)
        std::swap(order_[i - 1], order_[random.below(static_cast<std::uint32_t>(i))]);
}

std::span<const int> batches::operator[](int k) const {
    if (k < 0 || k >= size())
        throw error(fmt::format("batches: expected a batch from 0 to {}, found {}", size() - 1, k));
    const auto begin = static_cast<std::size_t>(k) * static_cast<std::size_t>(batch_);
    return std::span(order_).subspan(begin, std::min(static_cast<std::size_t>(batch_), order_.size() - begin));
}

void gather(std::span<const float> rows, int row_size, std::span<const int> chosen, std::span<float> to) {
    gather_rows(rows, row_size, chosen, to);
}
void gather(std::span<const float> rows, int row_size, std::span<const int> chosen, std::span<double> to) {
    gather_rows(rows, row_size, chosen, to);
}
void gather(std::span<const double> rows, int row_size, std::span<const int> chosen, std::span<float> to) {
    gather_rows(rows, row_size, chosen, to);
}
void gather(std::span<const double> rows, int row_size, std::span<const int> chosen, std::span<double> to) {
    gather_rows(rows, row_size, chosen, to);
}

template <class Element> row_buffer<Element>::row_buffer(int max_rows, int row_size) : row_size_(row_size) {
    if (max_rows < 1 || row_size < 1)
        throw error(fmt::format("row_buffer: expected at least 1 row of at least 1 number, found {} rows of {}",
                                max_rows, row_size));
    buffer_.resize(static_cast<std::size_t>(max_rows) * static_cast<std::size_t>(row_size));
}

template class row_buffer<float>;
template class row_buffer<double>;

}
