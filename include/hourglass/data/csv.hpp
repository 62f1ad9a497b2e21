// CSV files (RFC 4180) and their relatives with semicolons or tabs, read into a table and written from one.
#pragma once

#include "hourglass/data/table.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace hourglass::data {

enum class csv_header {
    automatic, // the first line has the names, and must not have a number in it: then say which it is
    names,     // the first line has the names
    none       // there are no names: column_1, column_2, ... are made up
};

// Values that stand for one that is missing, unless told otherwise.
std::vector<std::string> usual_missing_values();

struct csv_options {
    csv_header header = csv_header::automatic;
    char separator = '\0'; // '\0': comma, semicolon, tab or bar, which the first line has most of outside quotes
    char decimal = '.';    // or ','
    std::vector<std::string> missing = usual_missing_values(); // each the whole text of a field
    bool keep_missing = false; // true: the table has them as NaN and -1; false: the first one is an error
    // A column is of numbers or of categories as its first value is, and the others must be so too; those that are
    // named here are, whatever they look like.
    std::vector<std::string> categories{}, numbers{};
    std::vector<std::string> leave_out{}; // columns that are not read
    std::vector<std::string> only{};      // if not empty: no others are read
};

// Reads a table, in one pass and without keeping the file in memory; gzip is told by content. Fields may be quoted,
// with separators, line breaks and doubled quotes in them; blanks around a field count only inside quotes. A line ends
// with LF, CRLF or CR; the last one may lack it, and empty lines are passed over unless there is but one column. A
// byte-order mark is passed over. Numbers are decimal and finite, whatever the locale; texts are UTF-8.
//
// Throws `error` that names the file, the line, and the column by number and name, for what is no such file: lines with
// more or fewer fields than the first, quotes inside a field or never closed, a zero byte, a text among numbers or a
// number among texts, a value that is missing (unless options.keep_missing), infinities and numbers that double cannot
// hold, names that are used twice or asked for and not there; and for a file without rows.
table load_csv(const std::filesystem::path& file, const csv_options& options = {});

// Writes a table with a line of names, atomically. Numbers have as many digits as load_csv needs to read the same ones,
// missing values are empty, and fields are quoted where they must be. Throws `error` for columns of different lengths,
// for an infinity, and where the file cannot be written.
void save_csv(const std::filesystem::path& file, const table& rows, char separator = ',');

}
