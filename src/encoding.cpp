// Files are in encoding_file.cpp.
#include "hourglass/data/encoding.hpp"

#include "hourglass/data/finite.hpp"
#include "quote.hpp"
#include "table_columns.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

[[noreturn]] void fail(const table& rows, const column& in, std::string_view what) {
    throw error(fmt::format("{}: column \"{}\": {}", shown(rows.source), shown(in.name, 80), what));
}

void expect_value(const table& rows, const column& in, int row, const encoding_options& options) {
    if (in.is_missing(row)) {
        if (options.missing == missing_values::refuse)
            throw error(
                fmt::format("{}: expected a value, found none; mend it, leave the row or the column out, or have "
                            "missing values filled (.missing, --missing fill)",
                            rows.place(in, row)));
    } else if (in.kind == column_kind::numbers && std::isinf(in.numbers[static_cast<std::size_t>(row)])) {
        throw error(fmt::format("{}: expected a finite number, found {}; mend it, or leave the row out",
                                rows.place(in, row), in.text(row)));
    }
}

// Two passes keep the deviation exact for numbers far from 0.
void fit_numbers(const table& rows, const column& in, encoded_column& to) {
    double sum = 0, least = std::numeric_limits<double>::infinity(), most = -least;
    int count = 0;
    for (const double value : in.numbers)
        if (!std::isnan(value)) {
            sum += value;
            least = std::min(least, value);
            most = std::max(most, value);
            ++count;
        }
    if (count == 0) fail(rows, in, "expected values, found none in any row; leave the column out");
    to.mean = least == most ? least : sum / count; // a rounded mean would cause a deviation
    double squares = 0;
    for (const double value : in.numbers)
        if (!std::isnan(value)) squares += (value - to.mean) * (value - to.mean);
    to.deviation = std::sqrt(squares / count);
    if (least == most || to.deviation == 0) to.deviation = 1;
    if (!std::isfinite(to.mean) || !std::isfinite(to.deviation))
        fail(rows, in,
             fmt::format("expected numbers that can be standardised, found them up to {}; give them in another "
                         "unit, or leave the column out",
                         std::max(std::abs(least), std::abs(most))));
}

void fit_categories(const table& rows, const column& in, const encoding_options& options, encoded_column& to) {
    std::vector<int> counts(in.categories.size());
    for (const int code : in.codes)
        if (code >= 0) ++counts[static_cast<std::size_t>(code)];
    std::vector<std::pair<std::string, int>> used; // other rows may have more
    for (std::size_t n = 0; n < counts.size(); ++n)
        if (counts[n] > 0) used.emplace_back(in.categories[n], counts[n]);
    if (used.empty()) fail(rows, in, "expected values, found none in any row; leave the column out");
    if (used.size() > static_cast<std::size_t>(std::max(options.most_categories, 0)))
        fail(rows, in,
             fmt::format("expected at most {} categories, found {} in {} rows, such as \"{}\"; leave the column "
                         "out, or allow more categories",
                         options.most_categories, used.size(), rows.rows(), shown(used.front().first, 80)));
    std::sort(used.begin(), used.end());
    for (std::size_t n = 0; n < used.size(); ++n) {
        to.categories.push_back(used[n].first);
        if (used[n].second > used[static_cast<std::size_t>(to.fill)].second) to.fill = static_cast<int>(n);
    }
}

// The place of each code of a table's column among an encoding's categories, or -1 if unknown.
std::vector<int> places_of(const encoded_column& how, const column& in) {
    std::vector<int> places;
    for (const std::string& category : in.categories) {
        const auto at = std::lower_bound(how.categories.begin(), how.categories.end(), category);
        places.push_back(at != how.categories.end() && *at == category ? static_cast<int>(at - how.categories.begin())
                                                                       : -1);
    }
    return places;
}

const column& column_of(const encoded_column& how, const table& rows) {
    const column& in = rows.at(how.name);
    if (in.kind != how.kind)
        fail(rows, in,
             how.kind == column_kind::numbers ? "expected numbers, as in training, found categories"
                                              : "expected categories, as in training, found numbers");
    return in;
}

// Writes the floats of one column into rows of zeros.
void encode_column(const encoding& how, const encoded_column& column_how, const table& rows, std::vector<float>& to) {
    const column& in = column_of(column_how, rows);
    const std::vector<int> places = places_of(column_how, in);
    for (int row = 0; row < rows.rows(); ++row) {
        expect_value(rows, in, row, how.options);
        const auto at = static_cast<std::size_t>(row);
        float* begin = to.data() + at * static_cast<std::size_t>(how.width()) + column_how.first;
        const bool is_missing = in.is_missing(row);
        if (is_missing && column_how.is_marked) begin[column_how.width() - 1] = 1;
        if (in.kind == column_kind::numbers) {
            const double value = is_missing ? 0 : (in.numbers[at] - column_how.mean) / column_how.deviation;
            *begin = static_cast<float>(std::clamp(value, -encoding::farthest, encoding::farthest));
            continue;
        }
        const int place = is_missing ? column_how.fill : places[static_cast<std::size_t>(in.codes[at])];
        if (place >= 0)
            begin[place] = 1;
        else if (how.options.unknown == unknown_categories::refuse)
            throw error(
                fmt::format("{}: expected one of the {} categories of the training rows ({}), found \"{}\"; mend "
                            "it, or have unknown categories encoded as zeros (.unknown, --unknown zeros)",
                            rows.place(in, row), column_how.categories.size(), shown(joined(column_how.categories)),
                            shown(in.text(row), 80)));
    }
}

}

encoding fit_encoding(const table& training, const encoding_options& options) {
    check_columns(training);
    if (training.rows() == 0)
        throw error(fmt::format("{}: expected rows to learn an encoding from, found none", shown(training.source)));
    encoding how{options, {}};
    for (const column& in : training.columns) {
        encoded_column to{in.name, in.kind};
        to.first = how.taken();
        for (int row = 0; row < in.size(); ++row) {
            expect_value(training, in, row, options);
            to.is_marked = to.is_marked || (options.missing == missing_values::fill_and_mark && in.is_missing(row));
        }
        if (in.kind == column_kind::numbers)
            fit_numbers(training, in, to);
        else
            fit_categories(training, in, options, to);
        how.columns.push_back(std::move(to));
    }
    if (how.taken() > how.width())
        throw error(fmt::format(
            "{}: the {} columns take {} floats, and the model's rows have {}; leave columns out, or "
            "compile the model for rows of {}",
            shown(training.source), how.columns.size(), how.taken(), how.width(), (how.taken() + 15) / 16 * 16));
    return how;
}

std::vector<float> encode(const encoding& how, const table& rows) {
    check_columns(rows);
    std::vector<float> result(static_cast<std::size_t>(rows.rows()) * static_cast<std::size_t>(how.width()));
    for (const encoded_column& c : how.columns) encode_column(how, c, rows, result);
    return result;
}

table decode(const encoding& how, std::span<const float> rows) {
    const auto floats = static_cast<std::size_t>(how.width());
    check_rows(rows, static_cast<int>(floats), "decode");
    table result{"the decoded rows", {}, {}};
    for (const encoded_column& c : how.columns) {
        column to{c.name, c.kind};
        to.categories = c.categories;
        for (std::size_t at = 0; at < rows.size(); at += floats) {
            const auto part = rows.subspan(at + static_cast<std::size_t>(c.first), static_cast<std::size_t>(c.width()));
            if (c.kind == column_kind::numbers) {
                to.numbers.push_back(static_cast<double>(part[0]) * c.deviation + c.mean);
            } else {
                const auto places = part.first(c.categories.size());
                to.codes.push_back(static_cast<int>(std::ranges::max_element(places) - places.begin()));
            }
        }
        result.columns.push_back(std::move(to));
    }
    return result;
}

std::vector<double> sum_by_column(const encoding& how, std::span<const float> rows) {
    const auto floats = static_cast<std::size_t>(how.width());
    check_rows(rows, static_cast<int>(floats), "sum_by_column");
    std::vector<double> sums;
    sums.reserve(rows.size() / floats * how.columns.size());
    for (std::size_t at = 0; at < rows.size(); at += floats)
        for (const encoded_column& c : how.columns) {
            const auto part = rows.subspan(at + static_cast<std::size_t>(c.first), static_cast<std::size_t>(c.width()));
            sums.push_back(std::accumulate(part.begin(), part.end(), 0.0));
        }
    return sums;
}

csv_options reading(const encoding& how, csv_options options, const std::vector<std::string>& also) {
    options.keep_missing = how.options.missing != missing_values::refuse;
    options.only = also;
    options.numbers.clear();
    options.categories.clear();
    options.leave_out.clear();
    for (const encoded_column& c : how.columns) {
        options.only.push_back(c.name);
        (c.kind == column_kind::numbers ? options.numbers : options.categories).push_back(c.name);
    }
    return options;
}

}
