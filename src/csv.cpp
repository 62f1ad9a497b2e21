// Decides the columns and their kinds, and converts the values.
#include "hourglass/data/csv.hpp"

#include "csv_fields.hpp"
#include "hourglass/io/atomic_file.hpp"
#include "quote.hpp"
#include "table_columns.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

constexpr std::size_t most_columns = 1 << 20;
constexpr std::size_t most_in_message = 60; // bytes of a field

std::string in_quotes(std::string_view text) { return fmt::format("\"{}\"", shown(text, most_in_message)); }

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// A field read as a number, or the reason why it is none.
enum class reading { number, no_number, not_finite, out_of_range };
reading read_number(std::string_view text, char decimal, double& value) {
    std::string exchanged;
    if (decimal != '.') {
        if (text.find('.') != std::string_view::npos) return reading::no_number;
        exchanged = text;
        std::replace(exchanged.begin(), exchanged.end(), decimal, '.');
        text = exchanged;
    }
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault == std::errc::invalid_argument || end != text.data() + text.size()) return reading::no_number;
    if (fault == std::errc::result_out_of_range) return reading::out_of_range;
    return std::isfinite(value) ? reading::number : reading::not_finite;
}
bool is_number(std::string_view text, char decimal) {
    double value = 0;
    return read_number(text, decimal, value) != reading::no_number;
}

// The first byte that is not UTF-8 (RFC 3629).
std::optional<unsigned char> wrong_byte(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(at < text.size() ? text[at] : '\0'); };
    for (std::size_t at = 0; at < text.size();) {
        const unsigned first = byte(at), second = byte(at + 1);
        const std::size_t more = first < 0x80   ? 0
                                 : first < 0xc2 ? 9
                                 : first < 0xe0 ? 1
                                 : first < 0xf0 ? 2
                                 : first < 0xf5 ? 3
                                                : 9;
        bool right = more < 9;
        for (std::size_t n = 1; right && n <= more; ++n) right = (byte(at + n) & 0xc0U) == 0x80;
        if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) || (first == 0xf0 && second < 0x90) ||
            (first == 0xf4 && second > 0x8f))
            right = false;
        if (!right) return static_cast<unsigned char>(first);
        at += more + 1;
    }
    return std::nullopt;
}

void expect_utf8(const csv_field& field, const csv_fields& where) {
    if (const auto wrong = wrong_byte(field.text))
        where.fail(field, fmt::format("expected text in UTF-8, found byte {:02x}; save the file as UTF-8", *wrong));
}

// The texts that stand for a missing value, with a fast rejection of others.
class missing_texts {
public:
    explicit missing_texts(const std::vector<std::string>& texts) : texts_(texts.begin(), texts.end()) {
        for (const std::string& text : texts_) begins_[text.empty() ? 0 : static_cast<unsigned char>(text[0])] = true;
    }
    bool has(std::string_view text) const {
        return begins_[text.empty() ? 0 : static_cast<unsigned char>(text[0])] && texts_.contains(text);
    }

private:
    std::set<std::string, std::less<>> texts_;
    std::array<bool, 256> begins_{};
};

// One column while it is being read.
class column_reader {
public:
    column_reader(std::string name, int in_file, std::optional<column_kind> kind) : kind_(kind) {
        column_.name = std::move(name);
        column_.in_file = in_file;
    }

    void add(const csv_field& field, const csv_fields& where, const missing_texts& missing,
             const csv_options& options) {
        if (missing.has(field.text)) {
            if (!options.keep_missing)
                where.fail(field,
                           fmt::format("expected a value, found {}; mend it, leave the row or the column out, or have "
                                       "missing values kept (.keep_missing, --missing fill)",
                                       field.text.empty() ? "an empty field" : in_quotes(field.text)));
            ++missing_;
            return;
        }
        if (!kind_) decide(field, where, options.decimal);
        add_missing();
        if (*kind_ == column_kind::numbers)
            add_number(field, where, options.decimal);
        else
            add_category(field, where, options.decimal);
    }

    column result() {
        if (!kind_) kind_ = column_kind::numbers; // all its values are missing
        add_missing();
        column_.kind = *kind_;
        column_.categories.resize(codes_.size());
        for (const auto& [name, code] : codes_) column_.categories[static_cast<std::size_t>(code)] = name;
        return std::move(column_);
    }

private:
    // Adds the missing values that precede the first value, which decides their kind.
    void add_missing() {
        if (missing_ == 0) return;
        if (*kind_ == column_kind::numbers)
            column_.numbers.resize(column_.numbers.size() + missing_, std::numeric_limits<double>::quiet_NaN());
        else
            column_.codes.resize(column_.codes.size() + missing_, -1);
        missing_ = 0;
    }

    void decide(const csv_field& field, const csv_fields& where, char decimal) {
        kind_ = is_number(field.text, decimal) ? column_kind::numbers : column_kind::categories;
        decided_in_ = field.line;
        if (*kind_ == column_kind::categories && decimal == '.' && is_number(field.text, ','))
            where.fail(
                field,
                fmt::format("expected a number with a decimal point or a text, found {}; say that the decimal sign "
                            "is a comma (.decimal, --decimal comma), or that this is a column of categories",
                            in_quotes(field.text)));
    }
    std::string as_in() const { return decided_in_ > 0 ? fmt::format(", as in line {}", decided_in_) : ""; }

    void add_number(const csv_field& field, const csv_fields& where, char decimal) {
        double value = 0;
        switch (read_number(field.text, decimal, value)) {
        case reading::number:
            return column_.numbers.push_back(value);
        case reading::no_number:
            where.fail(field,
                       fmt::format("expected a number{}, found {}; mend it, let this text stand for missing values, or "
                                   "say that this is a column of categories",
                                   as_in(), in_quotes(field.text)));
        case reading::not_finite:
            where.fail(field,
                       fmt::format("expected a finite number, found {}; mend it, or let this text stand for missing "
                                   "values",
                                   in_quotes(field.text)));
        case reading::out_of_range:
            where.fail(field,
                       fmt::format("expected a number that double can hold, found {}; mend it", in_quotes(field.text)));
        }
    }

    void add_category(const csv_field& field, const csv_fields& where, char decimal) {
        if (decided_in_ > 0 && is_number(field.text, decimal))
            where.fail(field,
                       fmt::format("expected a text{}, found the number {}; mend it, or say that this is a column of "
                                   "categories, or of numbers",
                                   as_in(), in_quotes(field.text)));
        auto at = codes_.find(field.text);
        if (at == codes_.end()) {
            expect_utf8(field, where);
            at = codes_.emplace(field.text, static_cast<int>(codes_.size())).first;
        }
        column_.codes.push_back(at->second);
    }

    std::optional<column_kind> kind_;
    std::int64_t decided_in_ = 0; // the line whose value decided; 0: the caller decided
    std::size_t missing_ = 0;     // latest missing values, not yet in the column
    std::map<std::string, int, std::less<>> codes_;
    column column_;
};

// A file, from its first line on.
class csv_reader {
public:
    csv_reader(const std::filesystem::path& file, const csv_options& options)
        : options_(options), missing_(options.missing), file_(file, options.separator, options.decimal) {}

    table read(const std::filesystem::path& file) {
        read_first_line();
        while (read_line()) {}
        if (lines_.empty()) file_.fail_in_line(1, "expected rows after the names of the columns, found none");
        table result{file.string(), {}, std::move(lines_)};
        for (auto& reader : readers_)
            if (reader) result.columns.push_back(reader->result());
        return result;
    }

private:
    void read_first_line() {
        std::vector<csv_field> fields;
        std::vector<std::string> texts;
        for (csv_field field; file_.next(field);) {
            fields.push_back(field);
            texts.emplace_back(field.text);
            if (options_.header != csv_header::none) check_name(field);
            if (texts.size() > most_columns)
                file_.fail(field, fmt::format("expected at most {} columns, found more", most_columns));
            if (!field.is_last) continue;
            if (texts.size() > 1 || field.is_quoted || !field.text.empty()) break;
            fields.clear(); // an empty line
            texts.clear();
        }
        if (texts.empty()) file_.fail_in_line(1, "expected a table, found empty lines only");
        width_ = texts.size();
        make_columns(options_.header == csv_header::none ? std::vector<std::string>(width_) : texts);
        if (options_.header != csv_header::none) return;
        for (std::size_t n = 0; n < width_; ++n) {
            fields[n].text = texts[n];
            add(fields[n], n);
        }
        lines_.push_back(fields.front().line);
    }

    void check_name(const csv_field& field) const {
        if (options_.header == csv_header::automatic && is_number(field.text, options_.decimal))
            file_.fail(field,
                       fmt::format("expected the name of a column, found the number {}; say whether the first line has "
                                   "names or values",
                                   in_quotes(field.text)));
        expect_utf8(field, file_);
    }

    void make_columns(std::vector<std::string> names) {
        for (std::size_t n = 0; n < width_; ++n)
            if (names[n].empty()) names[n] = fmt::format("column_{}", n + 1);
        std::map<std::string_view, std::size_t> places;
        for (std::size_t n = 0; n < width_; ++n)
            if (const auto [before, is_new] = places.emplace(names[n], n); !is_new)
                file_.fail_in_line(1, fmt::format("expected columns of different names, found {} in columns {} and {}",
                                                  in_quotes(names[n]), before->second + 1, n + 1));
        for (const auto* asked : {&options_.categories, &options_.numbers, &options_.leave_out, &options_.only})
            for (const std::string& name : *asked)
                if (!places.contains(name))
                    file_.fail_in_line(1, fmt::format("expected a column {}, found {}{}", in_quotes(name),
                                                      shown(joined(names)), separated()));
        for (std::size_t n = 0; n < width_; ++n) readers_.push_back(reader_of(names[n], static_cast<int>(n) + 1));
        if (std::none_of(readers_.begin(), readers_.end(), [](const auto& r) { return r.has_value(); }))
            file_.fail_in_line(1, "every column is left out");
        file_.name_columns(std::move(names));
    }
    std::optional<column_reader> reader_of(const std::string& name, int in_file) const {
        const bool is_wanted = options_.only.empty() || contains(options_.only, name);
        if (!is_wanted || contains(options_.leave_out, name)) return std::nullopt;
        const bool categories = contains(options_.categories, name), numbers = contains(options_.numbers, name);
        if (categories && numbers)
            throw error(fmt::format("load_csv: column {} cannot be of categories and of numbers", in_quotes(name)));
        return column_reader(name, in_file,
                             categories ? std::optional(column_kind::categories)
                             : numbers  ? std::optional(column_kind::numbers)
                                        : std::nullopt);
    }

    void add(const csv_field& field, std::size_t column) {
        if (readers_[column]) readers_[column]->add(field, file_, missing_, options_);
    }
    bool read_line() {
        std::size_t count = 0;
        std::int64_t line = 0;
        bool is_empty = false;
        for (csv_field field; file_.next(field);) {
            if (count == 0) line = field.line;
            is_empty = count == 0 && field.is_last && field.text.empty() && !field.is_quoted;
            if (is_empty && width_ > 1) return true;
            if (count < width_ && (field.is_last ? count + 1 == width_ : count + 1 < width_)) add(field, count);
            ++count;
            if (field.is_last) break;
        }
        if (count == 0) return false;
        if (count != width_)
            file_.fail_in_line(
                line,
                fmt::format("expected {} fields, as the first line has{}, found {}: {}", width_, separated(), count,
                            count < width_
                                ? fmt::format("there is no column {} ({})", count + 1, shown(file_.name_of(count), 80))
                                : fmt::format("column {} is one too many", width_ + 1)));
        if (lines_.size() == static_cast<std::size_t>(std::numeric_limits<int>::max()))
            file_.fail_in_line(line, fmt::format("expected at most {} rows, found more", lines_.size()));
        lines_.push_back(line);
        return true;
    }
    std::string separated() const {
        return options_.separator == '\0'
                   ? fmt::format(" (separated by '{}')", shown(std::string(1, file_.separator())))
                   : "";
    }

    const csv_options& options_;
    missing_texts missing_;
    csv_fields file_;
    std::size_t width_ = 0;
    std::vector<std::optional<column_reader>> readers_; // empty for columns that are left out
    std::vector<std::int64_t> lines_;
};

void check(const csv_options& options) {
    const char s = options.separator;
    const bool is_letter = std::isalnum(static_cast<unsigned char>(s)) != 0;
    if (s == '"' || s == '\n' || s == '\r' || s == '.' || s == '-' || s == '+' || is_letter || s == options.decimal)
        throw error(fmt::format("load_csv: expected a separator such as a comma, found '{}'",
                                shown(std::string_view(&options.separator, 1))));
    if (options.decimal != '.' && options.decimal != ',')
        throw error(fmt::format("load_csv: expected a point or a comma as the decimal sign, found '{}'",
                                shown(std::string_view(&options.decimal, 1))));
}

std::string field_of(std::string_view text, char separator) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
    const bool is_plain = std::ranges::none_of(text, [&](char c) {
        return c == separator || c == '"' || static_cast<unsigned char>(c) < 0x20; // includes line ends
    });
    const bool has_ends = !text.empty() && (is_blank(text.front()) || is_blank(text.back()) ||
                                            text.front() == '\xef'); // would be taken for a byte-order mark
    if (is_plain && !has_ends) return std::string(text);
    std::string result = "\"";
    for (const char c : text) result.append(c == '"' ? 2 : 1, c);
    return result + '"';
}

}

std::vector<std::string> usual_missing_values() {
    return {"", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NAN", "-nan", "NULL", "null", "None"};
}

table load_csv(const std::filesystem::path& file, const csv_options& options) {
    check(options);
    return csv_reader(file, options).read(file);
}

void save_csv(const std::filesystem::path& file, const table& rows, char separator) {
    check({.separator = separator});
    check_columns(rows);
    for (const column& c : rows.columns)
        if (const auto wrong = std::ranges::find_if(c.numbers, [](double x) { return std::isinf(x); });
            wrong != c.numbers.end())
            throw error(fmt::format("{}: expected a finite number, found {}",
                                    rows.place(c, static_cast<int>(wrong - c.numbers.begin())), *wrong));
    try {
        io::atomic_file to(file);
        std::string text;
        const auto put = [&](std::string_view value, std::size_t n) {
            text += field_of(value, separator);
            text += n + 1 < rows.columns.size() ? separator : '\n';
        };
        for (std::size_t n = 0; n < rows.columns.size(); ++n) put(rows.columns[n].name, n);
        for (int row = 0; row < rows.rows(); ++row) {
            for (std::size_t n = 0; n < rows.columns.size(); ++n) put(rows.columns[n].text(row), n);
            if (text.size() < (1 << 20)) continue;
            to.write(text);
            text.clear();
        }
        to.write(text);
        to.commit();
    } catch (const io::error& reason) { throw error(reason.what()); }
}

}
