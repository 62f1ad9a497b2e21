#include "hourglass/data/table.hpp"

#include "hourglass/data/batches.hpp"
#include "quote.hpp"
#include "table_columns.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

std::string names_of(const table& rows) {
    std::vector<std::string> names;
    for (const column& c : rows.columns) names.push_back(c.name);
    return names.empty() ? "no columns" : shown(joined(names));
}

}

void check_columns(const table& rows) {
    const auto fail = [&](const std::string& what) { throw error(fmt::format("{}: {}", shown(rows.source), what)); };
    if (rows.columns.empty()) fail("expected at least 1 column, found none");
    std::vector<std::string_view> names;
    for (const column& c : rows.columns) {
        names.push_back(c.name);
        if (c.size() != rows.rows())
            fail(fmt::format("expected columns of the same length, found {} rows in \"{}\" and {} in \"{}\"",
                             rows.rows(), shown(rows.columns.front().name, 80), c.size(), shown(c.name, 80)));
        const int count = static_cast<int>(c.categories.size());
        if (const auto wrong = std::ranges::find_if(c.codes, [&](int code) { return code < -1 || code >= count; });
            wrong != c.codes.end())
            fail(fmt::format("column \"{}\": expected codes from -1 to {}, found {}", shown(c.name, 80), count - 1,
                             *wrong));
    }
    std::ranges::sort(names);
    if (const auto twice = std::ranges::adjacent_find(names); twice != names.end())
        fail(fmt::format("expected columns of different names, found \"{}\" twice", shown(*twice, 80)));
    if (!rows.lines.empty() && rows.lines.size() != static_cast<std::size_t>(rows.rows()))
        fail(fmt::format("expected a line for each of {} rows, found {}", rows.rows(), rows.lines.size()));
}

bool column::is_missing(int row) const {
    const auto at = static_cast<std::size_t>(row);
    return kind == column_kind::numbers ? std::isnan(numbers[at]) : codes[at] < 0;
}
std::string column::text(int row) const {
    const auto at = static_cast<std::size_t>(row);
    if (is_missing(row)) return "";
    return kind == column_kind::numbers ? fmt::format("{}", numbers[at])
                                        : categories[static_cast<std::size_t>(codes[at])];
}

column make_column(std::string name, std::vector<double> numbers) {
    return {std::move(name), column_kind::numbers, std::move(numbers)};
}
column make_column(std::string name, std::span<const std::string> texts) {
    column made{std::move(name), column_kind::categories};
    std::map<std::string_view, int> places;
    for (const std::string& text : texts) {
        const auto [at, is_new] = places.emplace(text, static_cast<int>(places.size()));
        if (is_new) made.categories.push_back(text);
        made.codes.push_back(at->second);
    }
    return made;
}

const column* table::find(std::string_view name) const {
    const auto at = std::ranges::find_if(columns, [&](const column& c) { return c.name == name; });
    return at == columns.end() ? nullptr : &*at;
}
const column& table::at(std::string_view name) const {
    if (const column* found = find(name)) return *found;
    throw error(fmt::format("{}: expected a column \"{}\", found {}", shown(source), shown(name), names_of(*this)));
}
column table::take(std::string_view name) {
    const auto place = columns.begin() + (&at(name) - columns.data());
    column taken = std::move(*place);
    columns.erase(place);
    return taken;
}

std::string table::place(const column& in, int row) const {
    if (lines.empty()) return fmt::format("{}: row {}, column \"{}\"", shown(source), row, shown(in.name, 80));
    return fmt::format("{}: line {}, column {} ({})", shown(source), lines[static_cast<std::size_t>(row)], in.in_file,
                       shown(in.name, 80));
}

table select(const table& rows, std::span<const int> chosen) {
    for (const int row : chosen)
        if (row < 0 || row >= rows.rows())
            throw error(fmt::format("{}: expected rows 0 to {}, found {}", shown(rows.source), rows.rows() - 1, row));
    const auto taken = [&](const auto& values) {
        std::remove_cvref_t<decltype(values)> result;
        if (!values.empty())
            for (const int row : chosen) result.push_back(values[static_cast<std::size_t>(row)]);
        return result;
    };
    table result{rows.source, {}, taken(rows.lines)};
    for (const column& c : rows.columns)
        result.columns.push_back({c.name, c.kind, taken(c.numbers), taken(c.codes), c.categories, c.in_file});
    return result;
}

table hold_out(table& rows, int count, std::uint64_t seed) {
    if (count < 1 || count >= rows.rows())
        throw error(fmt::format("{}: expected to hold out 1 to {} of {} rows, found {}", shown(rows.source),
                                rows.rows() - 1, rows.rows(), count));
    batches order(rows.rows(), rows.rows(), seed);
    order.shuffle(0);
    std::vector<int> all(order[0].begin(), order[0].end());
    const auto middle = all.begin() + count;
    std::sort(all.begin(), middle);
    std::sort(middle, all.end());
    table held_out = select(rows, {all.begin(), middle});
    rows = select(rows, {middle, all.end()});
    return held_out;
}

std::vector<std::uint8_t> labels_of(const table& rows, const column& in, std::string_view positive) {
    if (!rows.columns.empty() && in.size() != rows.rows())
        throw error(
            fmt::format("{}: expected a label for each of {} rows, found {} in column \"{}\"; take the column of "
                        "these rows",
                        shown(rows.source), rows.rows(), in.size(), shown(in.name, 80)));
    std::vector<std::uint8_t> labels;
    for (int row = 0; row < in.size(); ++row) {
        if (in.is_missing(row)) throw error(fmt::format("{}: expected a label, found none", rows.place(in, row)));
        std::string text = in.text(row);
        if (!positive.empty()) {
            labels.push_back(text == positive ? 1 : 0);
            continue;
        }
        std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const bool yes = text == "1" || text == "true" || text == "yes";
        if (!yes && text != "0" && text != "false" && text != "no")
            throw error(fmt::format("{}: expected 0 or 1, false or true, no or yes, found \"{}\"; say which value is "
                                    "the positive one (the third argument, --positive)",
                                    rows.place(in, row), shown(in.text(row), 80)));
        labels.push_back(yes ? 1 : 0);
    }
    return labels;
}

}
