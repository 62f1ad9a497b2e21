// Encodings as JSON. Files are validated as untrusted input.
#include "file_kind.hpp"
#include "hourglass/data/encoding.hpp"
#include "hourglass/io/atomic_file.hpp"
#include "quote.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace hourglass::data {
namespace {

using nlohmann::ordered_json;

constexpr const char* format_name = "hourglass columns";
constexpr int widest = 1 << 20;
constexpr std::array missing_words{"refuse", "fill", "fill and mark"};
constexpr std::array unknown_words{"refuse", "zeros"};

// Reads one value of an object; refuses one that is missing or of another kind.
class reader {
public:
    reader(const ordered_json& from, std::string where) : from_(from), where_(std::move(where)) {
        if (!from.is_object()) fail("", "an object", from);
    }

    const ordered_json& at(const char* key) const {
        const auto found = from_.find(key);
        if (found == from_.end()) throw error(fmt::format("{}: expected \"{}\", found none", where_, key));
        return *found;
    }
    std::string text(const char* key) const {
        const ordered_json& value = at(key);
        if (!value.is_string()) fail(key, "a text", value);
        return value.get<std::string>();
    }
    double number(const char* key) const {
        const ordered_json& value = at(key);
        if (!value.is_number() || !std::isfinite(value.get<double>())) fail(key, "a finite number", value);
        return value.get<double>();
    }
    int whole(const char* key) const {
        const double value = number(key);
        if (value < 0 || value > 1e9 || value != std::floor(value)) fail(key, "a whole number", at(key));
        return static_cast<int>(value);
    }
    bool truth(const char* key) const {
        const ordered_json& value = at(key);
        if (!value.is_boolean()) fail(key, "true or false", value);
        return value.get<bool>();
    }
    int word(const char* key, const auto& words) const {
        const auto found = std::find(words.begin(), words.end(), text(key));
        if (found == words.end()) fail(key, fmt::format("one of {}", joined(words)), at(key));
        return static_cast<int>(found - words.begin());
    }
    const ordered_json& list(const char* key) const {
        const ordered_json& value = at(key);
        if (!value.is_array() || value.empty()) fail(key, "a list that is not empty", value);
        return value;
    }
    [[noreturn]] void fail(std::string_view key, std::string_view expected, const ordered_json& found) const {
        throw error(fmt::format("{}{}{}: expected {}, found {}", where_, key.empty() ? "" : ".", key, expected,
                                shown(found.dump(-1, ' ', false, ordered_json::error_handler_t::replace), 80)));
    }

private:
    const ordered_json& from_;
    std::string where_;
};

std::vector<std::string> categories_of(const reader& from) {
    std::vector<std::string> categories;
    for (const ordered_json& value : from.list("categories")) {
        if (!value.is_string()) from.fail("categories", "texts", value);
        categories.push_back(value.get<std::string>());
    }
    if (!std::is_sorted(categories.begin(), categories.end(), std::less_equal<>()))
        from.fail("categories", "different texts in the order of their bytes", from.at("categories"));
    return categories;
}

encoded_column column_of(const ordered_json& value, std::size_t n, int first) {
    const reader from(value, fmt::format("columns[{}]", n));
    encoded_column c{from.text("name")};
    c.first = first;
    c.is_marked = from.truth("marked");
    if (from.word("kind", std::array{"numbers", "categories"}) == 0) {
        c.mean = from.number("mean");
        c.deviation = from.number("deviation");
        if (!(c.deviation > 0)) from.fail("deviation", "a number above 0", from.at("deviation"));
        return c;
    }
    c.kind = column_kind::categories;
    c.categories = categories_of(from);
    const auto fill = std::find(c.categories.begin(), c.categories.end(), from.text("fill"));
    if (fill == c.categories.end()) from.fail("fill", "one of the categories", from.at("fill"));
    c.fill = static_cast<int>(fill - c.categories.begin());
    return c;
}

encoding encoding_of(const ordered_json& all) {
    const reader from(all, "encoding");
    if (from.text("format") != format_name) from.fail("format", fmt::format("\"{}\"", format_name), from.at("format"));
    encoding how;
    how.options = {static_cast<missing_values>(from.word("missing", missing_words)),
                   static_cast<unknown_categories>(from.word("unknown", unknown_words)), from.whole("most_categories"),
                   from.whole("width")};
    std::set<std::string> names;
    for (const ordered_json& value : from.list("columns")) {
        how.columns.push_back(column_of(value, how.columns.size(), how.taken()));
        if (!names.insert(how.columns.back().name).second) from.fail("columns", "different names", value);
    }
    if (how.options.width != 0 && (how.options.width < how.taken() || how.options.width > widest))
        from.fail("width", fmt::format("0, or {} to {}, as the columns take", how.taken(), widest), from.at("width"));
    return how;
}

}

void save_encoding(const std::filesystem::path& file, const encoding& how) {
    ordered_json all{{"format", format_name},
                     {"missing", missing_words[static_cast<std::size_t>(how.options.missing)]},
                     {"unknown", unknown_words[static_cast<std::size_t>(how.options.unknown)]},
                     {"most_categories", how.options.most_categories},
                     {"width", how.options.width},
                     {"columns", ordered_json::array()}};
    for (const encoded_column& c : how.columns) {
        ordered_json one{{"name", c.name},
                         {"kind", c.kind == column_kind::numbers ? "numbers" : "categories"},
                         {"marked", c.is_marked}};
        if (c.kind == column_kind::numbers) {
            one["mean"] = c.mean;
            one["deviation"] = c.deviation;
        } else {
            one["categories"] = c.categories;
            one["fill"] = c.categories.at(static_cast<std::size_t>(c.fill));
        }
        all["columns"].push_back(std::move(one));
    }
    try {
        io::write_file(file, all.dump(2) + "\n");
    } catch (const ordered_json::exception& reason) {
        throw error(fmt::format("{}: expected names and categories in UTF-8, found {}", shown(file), reason.what()));
    } catch (const io::error& reason) { throw error(reason.what()); }
}

encoding load_encoding(const std::filesystem::path& file) {
    const auto refusal = [&](std::string_view what) { return error(fmt::format("{}: {}", shown(file), what)); };
    std::error_code code;
    const std::filesystem::file_status status = std::filesystem::status(file, code);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        throw refusal(fmt::format("expected an encoding of columns, found {}", kind_of(status.type())));
    std::ifstream in(file);
    if (!in) throw refusal("expected an encoding of columns, but it cannot be opened; check the path");
    try {
        return encoding_of(ordered_json::parse(in));
    } catch (const ordered_json::exception& reason) {
        throw refusal(fmt::format("expected an encoding of columns as JSON, found {}", shown(reason.what())));
    } catch (const error& reason) { throw refusal(reason.what()); }
}

}
