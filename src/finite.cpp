#include "hourglass/data/finite.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace hourglass::data {

void check_images(const image_set& set, std::string_view what) {
    if (set.count < 1 || set.rows < 1 || set.columns < 1)
        throw error(fmt::format("the {} images: expected at least 1 of at least 1 x 1, found {} of {} x {}", what,
                                set.count, set.rows, set.columns));
    const std::uint64_t size = static_cast<std::uint64_t>(set.rows) * static_cast<std::uint64_t>(set.columns),
                        expected = static_cast<std::uint64_t>(set.count) * size;
    if (set.pixels.size() != expected)
        throw error(fmt::format("the {} images: expected {} numbers for {} of {} x {}, found {}", what, expected,
                                set.count, set.rows, set.columns, set.pixels.size()));
    const auto wrong = std::ranges::find_if(set.pixels, [](float x) { return !std::isfinite(x); });
    if (wrong == set.pixels.end()) return;
    const auto at = static_cast<std::uint64_t>(wrong - set.pixels.begin());
    const auto count = std::ranges::count_if(set.pixels, [](float x) { return !std::isfinite(x); });
    throw error(fmt::format("the {} images: image {}, row {}, column {} (counted from 0): expected a finite number, "
                            "found {}{}; mend the data, or leave such images out",
                            what, at / size, at % size / static_cast<std::uint64_t>(set.columns),
                            at % static_cast<std::uint64_t>(set.columns), *wrong,
                            count > 1 ? fmt::format(", and {} more are not finite", count - 1) : ""));
}

}
