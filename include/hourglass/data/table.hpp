// Tables as people keep them: named columns of numbers and of categories, with values that may be missing. How a file
// is read is in csv.hpp; how a table becomes rows of floats for a model, in encoding.hpp.
#pragma once

#include "hourglass/data/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hourglass::data {

enum class column_kind { numbers, categories };

// A value for each row.
struct column {
    std::string name;
    column_kind kind = column_kind::numbers;
    std::vector<double> numbers{};         // of a column of numbers; NaN where the value is missing
    std::vector<int> codes{};              // of categories: a place in `categories`, -1 where the value is missing
    std::vector<std::string> categories{}; // different from each other
    int in_file = 0;                       // which column of its file it is, counted from 1; 0: of none

    int size() const { return static_cast<int>(kind == column_kind::numbers ? numbers.size() : codes.size()); }
    bool is_missing(int row) const;
    std::string text(int row) const; // the value as a file has it, a number with all of its digits; empty: missing
};

// Columns from values: of numbers, and of categories in the order in which they come up.
column make_column(std::string name, std::vector<double> numbers);
column make_column(std::string name, std::span<const std::string> texts);

struct table {
    std::string source;                // whose rows they are, for messages: the name of the file
    std::vector<column> columns{};     // of the same length
    std::vector<std::int64_t> lines{}; // of the file, where each row begins, counted from 1; empty: of no file

    int rows() const { return columns.empty() ? 0 : columns.front().size(); }

    // The column of a name; `find` answers nullptr where there is none, the others throw `error` that names those there
    // are. `take` removes it from the table.
    const column* find(std::string_view name) const;
    const column& at(std::string_view name) const;
    column take(std::string_view name);

    // Where a value stands, as messages begin: `machines.csv: line 7, column 3 (pressure)`, or without a file
    // `SOURCE: row 5, column "pressure"`, counted from 0.
    std::string place(const column& in, int row) const;
};

// The rows `chosen`, in this order. Throws `error` for a row that is not there.
table select(const table& rows, std::span<const int> chosen);

// Takes `count` rows out of a table, for validation: which ones depends on the seed, and both parts keep their order.
// Throws `error` unless a row is left.
table hold_out(table& rows, int count, std::uint64_t seed);

// Labels for data/statistics.hpp: 1 in the rows that have `positive` as their value, of which there may be none, else
// 0. Without `positive` the values are 0 and 1, or false and true, or no and yes, in either case. Throws `error`,
// naming the place, for other values and for one that is missing.
std::vector<std::uint8_t> labels_of(const table& rows, const column& in, std::string_view positive = "");

}
