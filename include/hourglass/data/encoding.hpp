// Encodes tables as rows of floats for a model, and decodes them: numbers are standardised, categories become one-hot.
// The statistics come from the training rows and are saved with the weights, so that other rows are encoded alike.
#pragma once

#include "hourglass/data/csv.hpp"
#include "hourglass/data/table.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace hourglass::data {

/// How missing values are encoded.
enum class missing_values {
    refuse,       ///< as an error
    fill,         ///< by the mean of the training rows' numbers, or by their most frequent category
    fill_and_mark ///< like fill; columns with missing training values get one more float, 1 where the value was filled
};
/// How categories that did not occur in training are encoded.
enum class unknown_categories {
    refuse, ///< as an error
    zeros   ///< by zeros in all places of the column
};

/// How an encoding is learnt.
struct encoding_options {
    missing_values missing = missing_values::refuse;         ///< how missing values are encoded
    unknown_categories unknown = unknown_categories::refuse; ///< how unknown categories are encoded
    int most_categories = 50; ///< per column; one with more is probably an identifier or a time, better left out
    int width = 0; ///< floats in a row, padded with zeros, for a model of this width; 0: as many as the columns take
};

/// How one column becomes `width()` floats, starting at `first` in a row.
struct encoded_column {
    std::string name;                        ///< the name of the column
    column_kind kind = column_kind::numbers; ///< the kind of the column
    int first = 0;                           ///< the place of its first float
    bool is_marked = false;                  ///< whether its last float is 1 if the value was missing

    /// Numbers become (value - mean) / deviation, clamped to -farthest .. farthest.
    double mean = 0;
    double deviation = 1; ///< standard deviation of the training rows; 1 if they are all equal

    /// Categories in byte order, one float each: 1 for the category of the value, else 0.
    std::vector<std::string> categories{};
    int fill = 0; ///< the place of the most frequent category

    /// Returns the number of floats that the column takes.
    int width() const {
        return (kind == column_kind::numbers ? 1 : static_cast<int>(categories.size())) + (is_marked ? 1 : 0);
    }
};

/// An encoding of tables, learnt from training rows.
struct encoding {
    static constexpr double farthest = 1e6; ///< in deviations: squares of values farther out might not be finite

    encoding_options options{};            ///< the options that it was learnt with
    std::vector<encoded_column> columns{}; ///< the columns, in the order of their floats

    /// Returns the number of floats that the columns take, at the beginning of a row.
    int taken() const { return columns.empty() ? 0 : columns.back().first + columns.back().width(); }
    /// Returns the number of floats in a whole row.
    int width() const { return options.width > 0 ? options.width : taken(); }
};

/// Learns an encoding from training rows, with all their columns. Throws `error` for: a column without values or with
/// more than options.most_categories categories; missing values, unless options.missing allows them; infinities and
/// numbers too large to standardise; columns that take more floats than options.width.
encoding fit_encoding(const table& training, const encoding_options& options = {});

/// Returns rows of how.width() floats, row-major. Columns are found by name; others in the table are ignored. Throws
/// `error` for missing columns and columns of the wrong kind, and, with its place, for a value that is missing,
/// infinite or of an unknown category unless the options allow it.
std::vector<float> encode(const encoding& how, const table& rows);

/// Decodes rows of how.width() floats, such as a model's reconstructions: numbers return to their own units; the
/// category is the one with the largest float. Throws `error` for incomplete rows and non-finite values.
table decode(const encoding& how, std::span<const float> rows);

/// Returns sums over the floats of each column: rows of how.columns.size() numbers. Applied to errors of a model, it
/// attributes them to columns. Throws as `decode` does.
std::vector<double> sum_by_column(const encoding& how, std::span<const float> rows);

/// Writes an encoding as JSON with all digits, atomically. Throws `error` if the file cannot be written.
void save_encoding(const std::filesystem::path& file, const encoding& how);
/// Reads an encoding, which then gives the same floats. Throws `error` naming the file and the fault in it.
encoding load_encoding(const std::filesystem::path& file);

/// Returns options for `load_csv` that read the columns of an encoding and those named in `also`, with their kinds in
/// training, and keep missing values if the encoding fills them. Other options are passed through.
csv_options reading(const encoding& how, csv_options options = {}, const std::vector<std::string>& also = {});

}
