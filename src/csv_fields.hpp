// The fields of a CSV file, one after the other: quotes, separators and line ends are dealt with here, and where a
// field stands is known. What the fields mean is the business of csv.cpp. For src/ only.
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
    std::string_view text;  // valid until the next one is read
    std::int64_t line = 0;  // on which it begins, counted from 1
    std::size_t column = 0; // counted from 1
    bool is_quoted = false; // then blanks belong to it
    bool is_last = false;   // of its line
};

class csv_fields {
public:
    // '\0' for the separator: the one of which the first line has most.
    csv_fields(const std::filesystem::path& file, char separator, char decimal);

    char separator() const { return separator_; }

    // False at the end of the file, which comes after the last field of a line.
    bool next(csv_field& to);

    // Of the columns, for messages.
    void name_columns(std::vector<std::string> names) { names_ = std::move(names); }

    const std::string& name_of(std::size_t column) const { return names_[column]; } // counted from 0

    // Throws `error` that begins with the file and `line 7, column 3 (pressure)`, or the line only.
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
    std::array<bool, 256> ends_plain_{}; // bytes at which a plain field ends, or is wrong
    std::vector<char> buffer_ = std::vector<char>(1 << 17);
    std::size_t start_ = 0, at_ = 0, end_ = 0; // what is kept, what is read next, what is there
    std::string quoted_;                       // the text of a quoted field
    bool within_line_ = false;                 // a separator was read, so there is one more field
    bool after_return_ = false;                // an LF here belongs to a CR before it
    std::int64_t line_ = 1;
    std::size_t column_ = 0; // of the field that was read last
    std::vector<std::string> names_;
};

}
