// From a table to rows of floats for a model, and back: numbers are standardised, categories become one-hot. What that
// takes is learnt from the training rows, and saved beside the weights, so that other rows are encoded alike.
#pragma once

#include "hourglass/data/csv.hpp"
#include "hourglass/data/table.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace hourglass::data {

enum class missing_values {
    refuse,
    fill,         // with the mean of the training rows' numbers, or their most frequent category
    fill_and_mark // besides, a column that lacks values in the training rows gets a float more: 1 where it was filled
};
enum class unknown_categories {
    refuse,
    zeros // no place of the column is 1
};

struct encoding_options {
    missing_values missing = missing_values::refuse;
    unknown_categories unknown = unknown_categories::refuse;
    int most_categories = 50; // of a column: one with more is an identifier or a time, and better left out
    int width = 0; // floats in a row, a model's; those that no column takes are 0. 0: as many as the columns take
};

// How one column becomes `width()` floats, which begin at `first` in a row.
struct encoded_column {
    std::string name;
    column_kind kind = column_kind::numbers;
    int first = 0;
    bool is_marked = false; // the last of its floats is 1 where the value was missing

    // Of numbers: (value - mean) / deviation, from -farthest to farthest.
    double mean = 0;
    double deviation = 1; // standard, of the training rows; 1 where they are all the same

    // Of categories: a place for each, in the order of their bytes; 1 in that of the value, 0 in the others.
    std::vector<std::string> categories{};
    int fill = 0; // the place of the most frequent one

    int width() const {
        return (kind == column_kind::numbers ? 1 : static_cast<int>(categories.size())) + (is_marked ? 1 : 0);
    }
};

struct encoding {
    static constexpr double farthest = 1e6; // deviations: squares of what is farther might not be finite

    encoding_options options{};
    std::vector<encoded_column> columns{};

    // The floats that the columns take, at the beginning of a row, and those of a whole row.
    int taken() const { return columns.empty() ? 0 : columns.back().first + columns.back().width(); }
    int width() const { return options.width > 0 ? options.width : taken(); }
};

// Learns an encoding from the rows that a model is trained on, with all of their columns. Throws `error` for a column
// without values or with more categories than options.most_categories, for values that are missing unless
// options.missing says what to do, for infinities and numbers too large to be standardised, and where the columns take
// more floats than options.width.
encoding fit_encoding(const table& training, const encoding_options& options = {});

// Rows of how.width() floats, row-major. The columns are found by their names; others that the table has are passed
// over. Throws `error` where one is missing or of the other kind, and for a value that is missing, infinite or of an
// unknown category unless the options say what to do, with its place.
std::vector<float> encode(const encoding& how, const table& rows);

// The way back, from rows of how.width() floats such as a model's reconstructions: numbers in their own units, and of
// categories the one with the largest float. Throws `error` for rows that are not whole and for what is not finite.
table decode(const encoding& how, std::span<const float> rows);

// Sums over the floats that a column takes: rows of how.columns.size() numbers. Of a model's errors in rows of floats,
// it says which column they are in. Throws as decode does.
std::vector<double> sum_by_column(const encoding& how, std::span<const float> rows);

// Writes and reads an encoding as JSON, with all digits: the one that is read gives the same floats. Writing is atomic.
// Throws `error`, naming the file and what in it is wrong.
void save_encoding(const std::filesystem::path& file, const encoding& how);
encoding load_encoding(const std::filesystem::path& file);

// For load_csv: reads the columns of an encoding and those named in `also`, of the kinds that they had in training, and
// keeps missing values where the encoding fills them. The other options are as given.
csv_options reading(const encoding& how, csv_options options = {}, const std::vector<std::string>& also = {});

}
