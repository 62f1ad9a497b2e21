// For blocks of docs/data.md on tables, which run in one folder: what they read is there.
#include <hourglass/data/csv.hpp>
#include <hourglass/data/encoding.hpp>
#include <hourglass/data/finite.hpp>
#include <hourglass/data/machines.hpp>
#include <hourglass/data/npy.hpp>
#include <hourglass/data/statistics.hpp>
#include <hourglass/io/histogram.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace hg = hourglass;

inline void with_scores(const std::vector<double>& scores, const std::vector<float>& restored) {
    static_cast<void>(scores);
    static_cast<void>(restored);
    // BLOCK
}

int main() {
    hg::data::table machines = hg::data::make_machines(1000);
    hg::data::save_csv("new.csv", hg::data::make_machines(50, 2));
    machines.columns.push_back(hg::data::make_column("time", std::vector<double>(1000, 12)));
    hg::data::save_csv("machines.csv", machines);
    hg::data::save_npy("features.npy", std::vector<std::int64_t>{2, 2}, std::vector<float>{1, 2, 3, 4});
    std::vector<double> scores(static_cast<std::size_t>(hg::data::make_machines().rows()));
    for (std::size_t n = 0; n < scores.size(); ++n) scores[n] = 1 + static_cast<double>(n % 7);
    const int width = std::filesystem::exists("columns.json") ? hg::data::load_encoding("columns.json").width() : 1;
    with_scores(scores, std::vector<float>(8 * static_cast<std::size_t>(width)));
}
