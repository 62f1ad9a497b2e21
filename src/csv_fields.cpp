#include "csv_fields.hpp"

#include "quote.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

constexpr const char* expected_file = "a CSV file";
// A longer field has an unclosed quote, or the file is not a table.
constexpr std::size_t longest_field = 1 << 20;

bool is_blank(int c) { return c == ' ' || c == '\t'; }

std::string shown_byte(int c) {
    return c > 0x20 && c < 0x7f ? fmt::format("'{}'", static_cast<char>(c)) : fmt::format("byte {:02x}", c);
}

}

csv_fields::csv_fields(const std::filesystem::path& file, char separator, char decimal)
    : stream_(file, expected_file), separator_(separator) {
    more();
    skip_mark();
    if (separator_ == '\0') separator_ = find_separator(decimal);
    for (const char c : {separator_, '\n', '\r', '"', '\0'}) ends_plain_[static_cast<unsigned char>(c)] = true;
}

// A byte-order mark: that of UTF-8 is skipped, that of UTF-16 means another encoding.
void csv_fields::skip_mark() {
    const std::string_view found(buffer_.data(), end_);
    if (found.starts_with("\xef\xbb\xbf")) start_ = at_ = 3;
    if (found.starts_with("\xff\xfe") || found.starts_with("\xfe\xff"))
        fail_in_line(1, "expected text in UTF-8, found UTF-16; save the file as UTF-8");
    if (found.starts_with("PK\x03\x04")) fail_in_line(1, "expected text, found a ZIP archive; save the table as CSV");
    if (at_ == end_ && peek() < 0) stream_.fail(fmt::format("expected {}, found an empty file", expected_file));
}

char csv_fields::find_separator(char decimal) const {
    std::string candidates = decimal == ',' ? ";\t|" : ",;\t|";
    std::array<int, 4> counts{};
    bool is_quoted = false, has_begun = false;
    for (std::size_t n = at_; n < end_; ++n) {
        const char c = buffer_[n];
        if (c == '"') is_quoted = !is_quoted;
        if (is_quoted) continue;
        const bool ends_line = c == '\n' || c == '\r';
        if (ends_line && has_begun) break;
        has_begun = has_begun || !ends_line;
        if (const std::size_t which = candidates.find(c); which != std::string::npos) ++counts[which];
    }
    const auto most = std::max_element(counts.begin(), counts.end());
    if (*most == 0) return candidates[0];
    if (std::count(counts.begin(), counts.end(), *most) > 1)
        fail_in_line(1, "expected one separator, found equally many of several (comma, semicolon, tab, bar); say which "
                        "it is");
    return candidates[static_cast<std::size_t>(most - counts.begin())];
}

// Reads more after the retained part of the buffer, which begins at start_. Returns false at the end of the file.
bool csv_fields::more() {
    std::memmove(buffer_.data(), buffer_.data() + start_, end_ - start_);
    at_ -= start_;
    end_ -= start_;
    start_ = 0;
    if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
    const std::size_t room = buffer_.size() - end_;
    const std::size_t found = stream_.read({reinterpret_cast<std::uint8_t*>(buffer_.data() + end_), room});
    if (stream_.ended_early())
        fail_in_line(line_, "the gzip stream ends early: the file is truncated; fetch or make it again");
    end_ += found;
    return found > 0;
}

int csv_fields::peek() { return at_ < end_ || more() ? static_cast<unsigned char>(buffer_[at_]) : -1; }

void csv_fields::skip_blanks() {
    while (is_blank(peek()) && buffer_[at_] != separator_) start_ = ++at_;
}

bool csv_fields::next(csv_field& to) {
    start_ = at_;
    if (std::exchange(after_return_, false) && peek() == '\n') start_ = ++at_;
    if (peek() < 0 && !within_line_) return false;
    column_ = within_line_ ? column_ + 1 : 1;
    to = {{}, line_, column_};
    skip_blanks();
    if (peek() == '"')
        read_quoted(to);
    else
        read_plain(to);
    return true;
}

// Handles the character that ends a field.
void csv_fields::end(csv_field& to) {
    const int c = at_ < end_ ? static_cast<unsigned char>(buffer_[at_]) : -1;
    to.is_last = c < 0 || c == '\n' || c == '\r';
    within_line_ = !to.is_last;
    if (c < 0) return;
    ++at_;
    if (to.is_last) ++line_;
    after_return_ = c == '\r';
}

void csv_fields::read_plain(csv_field& to) {
    for (;;) {
        while (at_ < end_ && !ends_plain_[static_cast<unsigned char>(buffer_[at_])]) ++at_;
        if (at_ - start_ > longest_field) fail(to, fmt::format("expected at most {} bytes, found more", longest_field));
        if (at_ < end_ || !more()) break;
    }
    if (at_ < end_ && buffer_[at_] == '\0') fail_zero(to);
    if (at_ < end_ && buffer_[at_] == '"')
        fail(to,
             "found a quote inside a field that does not begin with one; put the whole field into quotes, and double "
             "those that belong to its text");
    std::size_t last = at_;
    while (last > start_ && is_blank(buffer_[last - 1])) --last;
    to.text = {buffer_.data() + start_, last - start_};
    end(to);
}

// Appends to quoted_ up to a quote or the end of the buffer.
void csv_fields::append_quoted(const csv_field& to) {
    const std::size_t from = at_;
    while (at_ < end_ && buffer_[at_] != '"') {
        if (buffer_[at_] == '\0') fail_zero(to);
        if (buffer_[at_] == '\r' || (buffer_[at_] == '\n' && !after_return_)) ++line_;
        after_return_ = buffer_[at_] == '\r';
        ++at_;
    }
    quoted_.append(buffer_.data() + from, at_ - from);
    start_ = at_;
}

void csv_fields::read_quoted(csv_field& to) {
    quoted_.clear();
    start_ = ++at_;
    for (;;) {
        if (peek() < 0)
            fail(to, "a quote is opened here and never closed; close it, or double quotes that belong to a text");
        append_quoted(to);
        if (quoted_.size() > longest_field)
            fail(to, fmt::format("a quote is opened here and not closed within {} bytes; close it", longest_field));
        if (at_ == end_) continue;
        after_return_ = false;
        start_ = ++at_;
        if (peek() != '"') break;
        quoted_ += '"'; // one of the two
        start_ = ++at_;
    }
    after_return_ = false;
    skip_blanks();
    if (const int c = peek(); c >= 0 && c != separator_ && c != '\n' && c != '\r')
        fail(to,
             fmt::format("expected a separator ({}) or the end of the line after the closing quote, found {}; double "
                         "quotes that belong to a text",
                         shown_byte(static_cast<unsigned char>(separator_)), shown_byte(c)));
    to.text = quoted_;
    to.is_quoted = true;
    end(to);
}

void csv_fields::fail(const csv_field& in, std::string_view what) const {
    const std::string name = in.column <= names_.size() ? fmt::format(" ({})", shown(names_[in.column - 1], 80)) : "";
    stream_.fail(fmt::format("line {}, column {}{}: {}", in.line, in.column, name, what));
}
void csv_fields::fail_in_line(std::int64_t line, std::string_view what) const {
    stream_.fail(fmt::format("line {}: {}", line, what));
}
void csv_fields::fail_zero(const csv_field& in) const {
    fail(in, "expected text, found a zero byte; is this a CSV file, and in UTF-8?");
}

}
