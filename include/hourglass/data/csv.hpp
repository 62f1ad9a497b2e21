// CSV files (RFC 4180), and variants with semicolons or tabs, read into tables and written from them.
#pragma once

#include "hourglass/data/table.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace hourglass::data {

/// Whether the first line of a file holds the names of the columns.
enum class csv_header {
    automatic, ///< it does, and must not contain a number: else choose one of the others
    names,     ///< it does
    none       ///< it does not: the names are column_1, column_2, ...
};

/// Returns the values that count as missing by default.
std::vector<std::string> usual_missing_values();

/// How a CSV file is to be read.
struct csv_options {
    csv_header header = csv_header::automatic; ///< whether there is a line of names
    char separator = '\0'; ///< NUL: whichever of comma, semicolon, tab, bar is most frequent in line 1 outside quotes
    char decimal = '.';    ///< or ','
    std::vector<std::string> missing = usual_missing_values(); ///< each the whole text of a field
    bool keep_missing = false; ///< true: missing values become NaN and -1; false: they are an error
    /// Columns that hold categories or numbers regardless of their contents. Other columns have the kind of their first
    /// value, to which all others must conform.
    std::vector<std::string> categories{}, numbers{};
    std::vector<std::string> leave_out{}; ///< columns to skip
    std::vector<std::string> only{};      ///< if not empty, the only columns to read
};

/// Reads a table in one pass, without holding the file in memory; gzip is recognised by content. Fields may be quoted
/// and then contain separators, line breaks and doubled quotes; blanks around a field count only inside quotes. A line
/// ends with LF, CRLF or CR, which the last line may lack; empty lines are skipped unless there is only one column. A
/// byte-order mark is skipped. Numbers are decimal and finite in any locale; texts are UTF-8.
///
/// Throws `error` with the file, the line, and the column's number and name, for: lines with more or fewer fields than
/// the first; quotes inside a field or never closed; a zero byte; text among numbers or a number among texts; missing
/// values (unless options.keep_missing); infinities and numbers outside the range of double; names that are duplicate,
/// or requested and absent; a file without rows.
table load_csv(const std::filesystem::path& file, const csv_options& options = {});

/// Writes a table with a line of names, atomically. Numbers have enough digits to be read back exactly, missing values
/// are empty, and fields are quoted if necessary. Throws `error` for columns of different lengths, for an infinity, and
/// if the file cannot be written.
void save_csv(const std::filesystem::path& file, const table& rows, char separator = ',');

}
