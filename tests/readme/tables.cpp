// For blocks of docs/data.md on tables.
#include <hourglass/data/csv.hpp>
#include <hourglass/data/encoding.hpp>
#include <hourglass/data/finite.hpp>
#include <hourglass/data/machines.hpp>
#include <hourglass/data/npy.hpp>
#include <hourglass/data/statistics.hpp>
#include <hourglass/io/histogram.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace hg = hourglass;

void with_scores(const std::vector<double>& scores, const std::vector<float>& restored) {
    static_cast<void>(scores);
    static_cast<void>(restored);
    // BLOCK
}
