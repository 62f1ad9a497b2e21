// The fields of a CSV file in sequence, with their places: handles quotes, separators and line ends. csv.cpp interprets
// the fields. Internal to src/.
#pragma once

#include "byte_stream.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hourglass::data {

struct csv_field {
    std::string_view text;  // valid until the next field is read
    std::int64_t line = 0;  // where it begins, counted from 1
    std::size_t column = 0; // counted from 1
    bool is_quoted = false; // blanks belong to it then
    bool is_last = false;   // of its line
};

class csv_fields {
public:
    // Separator '\0': the most frequent one in the first line.
    csv_fields(const std::filesystem::path& file, char separator, char decimal);

    char separator() const { return separator_; }

    // Returns false at the end of the file, which follows the last field of a line.
    bool next(csv_field& to);

    // Names of the columns, for messages.
    void name_columns(std::vector<std::string> names) { names_ = std::move(names); }

    const std::string& name_of(std::size_t column) const { return names_[column]; } // counted from 0

    // Throws `error` that begins with the file and `line 7, column 3 (pressure)`, or only the line.
    [[noreturn]] void fail(const csv_field& in, std::string_view what) const;
    [[noreturn]] void fail_in_line(std::int64_t line, std::string_view what) const;

private:
    bool more();
    int peek();
    void skip_blanks();
    void end(csv_field& to);
    void read_plain(csv_field& to);
    void read_quoted(csv_field& to);
    void append_quoted(const csv_field& to);
    void skip_mark();
    char find_separator(char decimal) const;
    [[noreturn]] void fail_zero(const csv_field& in) const;

    byte_stream stream_;
    char separator_;
    std::array<bool, 256> ends_plain_{}; // bytes that end a plain field or are wrong in it
    std::vector<char> buffer_ = std::vector<char>(1 << 17);
    std::size_t start_ = 0, at_ = 0, end_ = 0; // where the retained part begins, the next byte, the end
    std::string quoted_;                       // the text of a quoted field
    bool within_line_ = false;                 // after a separator, so another field follows
    bool after_return_ = false;                // after a CR, so an LF belongs to it
    std::int64_t line_ = 1;
    std::size_t column_ = 0; // of the latest field
    std::vector<std::string> names_;
};

}
