// Tables of named columns of numbers and of categories; values may be missing. csv.hpp reads them from files,
// encoding.hpp turns them into rows of floats for a model.
#pragma once

#include "hourglass/data/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hourglass::data {

/// The kind of a column.
enum class column_kind { numbers, categories };

/// A column of a table, with a value for each row.
struct column {
    std::string name;                        ///< unique in the table
    column_kind kind = column_kind::numbers; ///< which of the following vectors holds the values
    std::vector<double> numbers{};           ///< NaN where the value is missing
    std::vector<int> codes{}; ///< of a column of categories: places in `categories`, -1 where the value is missing
    std::vector<std::string> categories{}; ///< all different
    int in_file = 0;                       ///< its number in the file, counted from 1; 0 if it comes from no file

    /// Returns the number of rows.
    int size() const { return static_cast<int>(kind == column_kind::numbers ? numbers.size() : codes.size()); }
    /// Returns whether the value of a row is missing.
    bool is_missing(int row) const;
    /// Returns the value as a file would have it, a number with all its digits; empty if it is missing.
    std::string text(int row) const;
};

/// Returns a column of numbers.
column make_column(std::string name, std::vector<double> numbers);
/// Returns a column of categories, in order of first occurrence.
column make_column(std::string name, std::span<const std::string> texts);

/// A table: columns of the same length.
struct table {
    std::string source;                ///< where the rows come from, for messages: the name of the file
    std::vector<column> columns{};     ///< all of the same length
    std::vector<std::int64_t> lines{}; ///< where each row begins in the file, counted from 1; empty without a file

    /// Returns the number of rows.
    int rows() const { return columns.empty() ? 0 : columns.front().size(); }

    /// Returns the column with a name, or nullptr.
    const column* find(std::string_view name) const;
    /// Returns the column with a name. Throws `error` that lists the names if there is none.
    const column& at(std::string_view name) const;
    /// Removes the column with a name and returns it. Throws `error` that lists the names if there is none.
    column take(std::string_view name);

    /// Returns the place of a value as messages begin: `machines.csv: line 7, column 3 (pressure)`, or without a file
    /// `SOURCE: row 5, column "pressure"`, counted from 0.
    std::string place(const column& in, int row) const;
};

/// Returns the rows `chosen`, in this order. Throws `error` for a row that does not exist.
table select(const table& rows, std::span<const int> chosen);

/// Moves `count` rows out of a table, for validation. The seed decides which; both parts keep their order. Throws
/// `error` unless at least one row remains.
table hold_out(table& rows, int count, std::uint64_t seed);

/// Returns labels for data/statistics.hpp: 1 in the rows whose value is `positive`, of which there may be none, else 0.
/// Without `positive` values must be 0 and 1, false and true, or no and yes, in upper or lower case. Throws `error`
/// with the place for other or missing values.
std::vector<std::uint8_t> labels_of(const table& rows, const column& in, std::string_view positive = "");

}
