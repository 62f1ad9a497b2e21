#include "hourglass/data/finite.hpp"

#include "quote.hpp"
#include "table_columns.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

template <class Number> void check_all(std::span<const Number> rows, int columns, std::string_view what) {
    if (columns < 1 || rows.empty() || rows.size() % static_cast<std::size_t>(columns) != 0)
        throw error(fmt::format("{}: expected whole rows of {} numbers, at least 1, found {} numbers", what, columns,
                                rows.size()));
    const auto wrong = std::ranges::find_if(rows, [](Number x) { return !std::isfinite(x); });
    if (wrong == rows.end()) return;
    const auto at = wrong - rows.begin();
    const auto count = std::ranges::count_if(rows, [](Number x) { return !std::isfinite(x); });
    throw error(
        fmt::format("{}: row {}, column {} (counted from 0): expected a finite number, found {}{}; mend the data, "
                    "or leave such rows out",
                    what, at / columns, at % columns, *wrong,
                    count > 1 ? fmt::format(", and {} more are not finite", count - 1) : ""));
}

}

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

void check_table(const table& rows) {
    check_columns(rows);
    if (rows.rows() == 0) throw error(fmt::format("{}: expected at least 1 row, found none", shown(rows.source)));
    for (const column& c : rows.columns)
        for (int row = 0; row < c.size(); ++row)
            if (c.is_missing(row) ||
                (c.kind == column_kind::numbers && std::isinf(c.numbers[static_cast<std::size_t>(row)])))
                throw error(fmt::format("{}: expected {}, found {}; mend the data, or leave such rows out",
                                        rows.place(c, row),
                                        c.kind == column_kind::numbers ? "a finite number" : "a category",
                                        c.is_missing(row) ? "none: the value is missing" : c.text(row)));
}

void check_rows(std::span<const float> rows, int columns, std::string_view what) { check_all(rows, columns, what); }
void check_rows(std::span<const double> rows, int columns, std::string_view what) { check_all(rows, columns, what); }

}
