// What the tests of sparse derivatives share: numbers to look at, and the comparison of a sparse matrix with the dense
// one.
#pragma once

#include <hourglass/hourglass.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace hg = hourglass;

using numbers = std::vector<double>;
using in_double = hg::element<double>;

inline numbers spread(std::size_t count, double low, double high) {
    numbers result(count);
    for (std::size_t i = 0; i < count; ++i) {
        const double x = 0.6180339887498949 * static_cast<double>(i + 1);
        result[i] = low + (high - low) * (x - std::floor(x));
    }
    return result;
}

// The elements of the sparse matrix are the dense one's, and what is left of that is zero.
inline void check_against_dense(const auto& pattern, const auto& sparse, const auto& dense, long rows = 1) {
    const numbers elements(sparse.begin(), sparse.end()), all(dense.begin(), dense.end());
    const auto size = static_cast<std::size_t>(pattern.row_count * pattern.column_count),
               count = pattern.columns.size();
    REQUIRE(elements.size() == count * static_cast<std::size_t>(rows));
    REQUIRE(all.size() == size * static_cast<std::size_t>(rows));
    for (std::size_t r = 0; r < static_cast<std::size_t>(rows); ++r) {
        numbers filled(size);
        for (std::size_t i = 0; i < static_cast<std::size_t>(pattern.row_count); ++i)
            for (int k = pattern.row_starts[i]; k < pattern.row_starts[i + 1]; ++k) {
                const auto column = static_cast<std::size_t>(pattern.columns[static_cast<std::size_t>(k)]);
                filled[i * static_cast<std::size_t>(pattern.column_count) + column] =
                    elements[r * count + static_cast<std::size_t>(k)];
            }
        for (std::size_t e = 0; e < size; ++e) {
            CAPTURE(e);
            CHECK(filled[e] == doctest::Approx(all[r * size + e]).epsilon(1e-12));
        }
    }
}
template <class Pattern> constexpr bool has(const Pattern& p, int row, int column) {
    for (int k = p.row_starts[static_cast<std::size_t>(row)]; k < p.row_starts[static_cast<std::size_t>(row) + 1]; ++k)
        if (p.columns[static_cast<std::size_t>(k)] == column) return true;
    return false;
}
