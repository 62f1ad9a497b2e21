#include "safetensors_header.hpp"

#include "hourglass/io/error.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace hourglass::io {
namespace {

using nlohmann::json;

// The format's types in its own spelling: https://github.com/huggingface/safetensors, enum Dtype.
constexpr std::array formats{
    element_format{"F32", 32},        element_format{"F64", 64},    element_format{"F16", 16},
    element_format{"BF16", 16},       element_format{"BOOL", 8},    element_format{"U8", 8},
    element_format{"I8", 8},          element_format{"U16", 16},    element_format{"I16", 16},
    element_format{"U32", 32},        element_format{"I32", 32},    element_format{"U64", 64},
    element_format{"I64", 64},        element_format{"C64", 64},    element_format{"F8_E4M3", 8},
    element_format{"F8_E5M2", 8},     element_format{"F8_E8M0", 8}, element_format{"F8_E4M3FNUZ", 8},
    element_format{"F8_E5M2FNUZ", 8}, element_format{"F6_E2M3", 6}, element_format{"F6_E3M2", 6},
    element_format{"F4", 4}};

// NumPy's limit. A shape with millions of axes would take many times the memory of the file.
constexpr std::size_t most_axes = 64;

constexpr std::uint64_t largest_number = std::numeric_limits<std::int64_t>::max();

[[noreturn]] void fail(const std::string& what) { throw error(what); }

std::string called(std::string_view name) { return fmt::format("tensor \"{}\"", excerpt(name)); }

// Handles the parser's events, so that no tree of the whole header is built, which would take twenty times the header's
// memory. Each place in the header is a state that knows what may occur there.
class header_events final : public nlohmann::json_sax<json> {
public:
    safetensors_header result;

    bool null() override { return other("null"); }
    bool boolean(bool) override { return other("boolean"); }
    bool number_integer(number_integer_t value) override { return number(std::to_string(value), std::nullopt); }
    bool number_unsigned(number_unsigned_t value) override { return number(std::to_string(value), value); }
    bool number_float(number_float_t, const string_t& text) override { return number(text, std::nullopt); }
    bool binary(binary_t&) override { return other("binary"); } // not in JSON
    bool string(string_t& text) override {
        if (at_ == place::dtype)
            set_type(text);
        else if (at_ == place::metadata_value)
            add_metadata(text);
        else if (at_ == place::extents || at_ == place::offsets)
            return number(fmt::format("\"{}\"", excerpt(text)), std::nullopt);
        else
            return other("string");
        return true;
    }
    bool start_object(std::size_t) override {
        if (at_ == place::nothing)
            at_ = place::top;
        else if (at_ == place::tensor)
            at_ = place::fields;
        else if (at_ == place::metadata)
            at_ = place::metadata_keys;
        else
            return other("object");
        return true;
    }
    bool key(string_t& text) override {
        if (at_ == place::top)
            begin_entry(text);
        else if (at_ == place::metadata_keys)
            begin_metadata(text);
        else
            begin_field(text);
        return true;
    }
    bool end_object() override {
        if (at_ == place::fields) end_entry();
        at_ = at_ == place::top ? place::nothing : place::top;
        return true;
    }
    bool start_array(std::size_t) override {
        if (at_ == place::shape)
            at_ = place::extents;
        else if (at_ == place::data_offsets)
            at_ = place::offsets;
        else
            return other("list");
        return true;
    }
    bool end_array() override {
        if (at_ == place::extents)
            entry_.shape.assign(numbers_.begin(), numbers_.end()); // allocates exactly as much as needed
        else
            set_offsets();
        at_ = place::fields;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const json::exception& reason) override {
        fail(fmt::format("header: expected JSON, found {}", excerpt(reason.what())));
    }

private:
    enum class place {
        nothing,
        top,      // a tensor's name, or __metadata__
        metadata, // the object
        metadata_keys,
        metadata_value,
        tensor, // the object
        fields,
        dtype,
        shape,        // the list
        extents,      // inside it
        data_offsets, // the list
        offsets       // inside it
    };
    enum field : unsigned { has_dtype = 1, has_shape = 2, has_offsets = 4 };

    std::string where() const { return called(entry_.name); }

    // Handles a value where one of another kind is expected.
    bool other(const char* found) const {
        switch (at_) {
        case place::nothing:
        case place::top:
        case place::metadata_keys:
        case place::fields:
            break; // the grammar has a key or an end there; the parser begins with an object
        case place::metadata:
            fail(fmt::format("{}: expected an object, found {}", metadata_key, found));
        case place::metadata_value:
            fail(fmt::format("{}.{}: expected a string, found {}", metadata_key, excerpt(key_), found));
        case place::tensor:
            fail(fmt::format("{}: expected an object, found {}", where(), found));
        case place::dtype:
            fail(fmt::format("{}: dtype: expected a string, found {}", where(), found));
        case place::shape:
            fail(fmt::format("{}: shape: expected a list, found {}", where(), found));
        case place::data_offsets:
            fail(fmt::format("{}: data_offsets: expected a list of 2 numbers, found {}", where(), found));
        case place::extents:
        case place::offsets:
            fail_number(found);
        }
        fail(fmt::format("header: expected an object, found {}", found));
    }

    [[noreturn]] void fail_number(std::string_view found) const {
        fail(fmt::format("{}: {}: expected a whole number from 0 to 2^63 - 1, found {}", where(),
                         at_ == place::extents ? "shape" : "data_offsets", found));
    }

    bool number(const std::string& text, std::optional<std::uint64_t> value) {
        if (at_ != place::extents && at_ != place::offsets) return other("number");
        if (!value || *value > largest_number) fail_number(excerpt(text));
        if (at_ == place::extents && numbers_.size() == most_axes)
            fail(fmt::format("{}: shape: expected at most {} axes, found more", where(), most_axes));
        if (at_ == place::offsets && numbers_.size() == 2)
            fail(fmt::format("{}: data_offsets: expected a list of 2 numbers, found more", where()));
        numbers_.push_back(static_cast<std::int64_t>(*value));
        return true;
    }

    void begin_entry(const std::string& name) {
        if (name == metadata_key) {
            if (std::exchange(metadata_seen_, true)) fail_twice(name);
            at_ = place::metadata;
            return;
        }
        entry_ = {};
        entry_.name = name;
        fields_ = 0;
        at_ = place::tensor;
    }

    void begin_metadata(const std::string& name) {
        if (result.metadata.contains(name)) fail_twice(name);
        key_ = name;
        at_ = place::metadata_value;
    }

    void add_metadata(const std::string& text) {
        result.metadata.emplace(key_, text);
        at_ = place::metadata_keys;
    }

    void begin_field(const std::string& name) {
        unsigned now = 0;
        if (name == "dtype")
            now = has_dtype, at_ = place::dtype;
        else if (name == "shape")
            now = has_shape, at_ = place::shape;
        else if (name == "data_offsets")
            now = has_offsets, at_ = place::data_offsets;
        else
            fail(fmt::format("{}: expected dtype, shape and data_offsets, found \"{}\"", where(), excerpt(name)));
        if ((fields_ & now) != 0) fail_twice(name);
        fields_ |= now;
        numbers_.clear();
    }

    void set_type(const std::string& name) {
        const auto* found = std::find_if(formats.begin(), formats.end(), [&](const auto& f) { return f.name == name; });
        if (found == formats.end())
            fail(fmt::format("{}: dtype: expected an element type of the format, such as \"F32\", found \"{}\"; "
                             "convert the file first",
                             where(), excerpt(name)));
        entry_.type = found;
        at_ = place::fields;
    }

    void set_offsets() {
        if (numbers_.size() != 2)
            fail(fmt::format("{}: data_offsets: expected a list of 2 numbers, found {}", where(), numbers_.size()));
        entry_.begin = static_cast<std::uint64_t>(numbers_[0]);
        entry_.end = static_cast<std::uint64_t>(numbers_[1]);
    }

    void end_entry() {
        for (const auto& [bit, name] :
             {std::pair{has_dtype, "dtype"}, {has_shape, "shape"}, {has_offsets, "data_offsets"}})
            if ((fields_ & bit) == 0) fail(fmt::format("{}: expected the field \"{}\", found none", where(), name));
        result.entries.push_back(std::move(entry_));
    }

public:
    [[noreturn]] static void fail_twice(std::string_view name) {
        fail(fmt::format("header: expected every name once, found \"{}\" twice", excerpt(name)));
    }

private:
    place at_ = place::nothing;
    bool metadata_seen_ = false;
    header_entry entry_;
    unsigned fields_ = 0; // those that entry_ has
    std::string key_;     // of metadata
    std::vector<std::int64_t> numbers_;
};

// Sorting finds duplicates in O(n log n) for any names; a hash table is slow for names chosen to collide.
void check_names(const std::deque<header_entry>& entries) {
    std::vector<std::string_view> names;
    names.reserve(entries.size());
    for (const header_entry& e : entries) names.push_back(e.name);
    std::sort(names.begin(), names.end());
    if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
        header_events::fail_twice(*twice);
}

void check_size(const header_entry& e, std::uint64_t data) {
    if (e.begin > e.end || e.end > data)
        fail(fmt::format("{}: data_offsets: expected begin <= end <= {} (the bytes after the header), found [{}, {}]",
                         called(e.name), data, e.begin, e.end));
    const auto count = volume(e.shape);
    const std::uint64_t held = e.end - e.begin;
    const bool fits = count && *count <= largest_number / e.type->bits && *count * e.type->bits == held * 8;
    if (!fits)
        fail(fmt::format("{}: expected the bytes of {} values of {} (shape [{}]), found {} between its offsets",
                         called(e.name), count ? std::to_string(*count) : "more than 2^63", e.type->name,
                         fmt::join(e.shape, ", "), held));
}

// Expects entries in byte order.
void check_layout(const std::deque<header_entry>& entries, std::uint64_t data) {
    std::uint64_t at = 0;
    for (const header_entry& e : entries) {
        if (e.begin != at)
            fail(fmt::format("{}: data_offsets: expected to begin at {}, where the one before ends, found {}: "
                             "the data {}",
                             called(e.name), at, e.begin, e.begin < at ? "overlaps" : "has a hole"));
        at = e.end;
    }
    if (at != data)
        fail(fmt::format("data: expected {} bytes, the end of the last tensor, found {}: there is trailing data", at,
                         data));
}

// The parser takes a zero byte for the end, and allows more than spaces after it.
void check_end(const std::string& text) {
    if (const std::size_t zero = text.find('\0'); zero != std::string::npos)
        fail(fmt::format("header: expected JSON, found byte 00 at place {}", zero));
    if (const char last = text[text.find_last_not_of(' ')]; last != '}')
        fail(fmt::format("header: expected JSON that ends with '}}' and then nothing but spaces, found byte {:02x}",
                         static_cast<unsigned char>(last)));
}

}

std::optional<std::uint64_t> volume(std::span<const std::int64_t> shape) {
    if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
    std::uint64_t product = 1;
    for (const std::int64_t extent : shape) {
        const auto factor = static_cast<std::uint64_t>(extent);
        if (product > largest_number / factor) return std::nullopt;
        product *= factor;
    }
    return product;
}

std::string excerpt(std::string_view text) {
    constexpr std::size_t most = 80;
    std::size_t end = std::min(text.size(), most);
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    std::string shown;
    for (const char c : text.substr(0, end))
        if (const auto code = static_cast<unsigned char>(c); code < 0x20 || code == 0x7f)
            shown += fmt::format("\\x{:02x}", code);
        else
            shown += c;
    return end < text.size() ? fmt::format("{}... ({} bytes)", shown, text.size()) : shown;
}

safetensors_header parse_header(std::string text, std::uint64_t data) {
    if (text.empty() || text.front() != '{')
        fail(fmt::format("header: expected JSON that begins with '{{', found {}",
                         text.empty() ? std::string("nothing")
                                      : fmt::format("byte {:02x}", static_cast<unsigned char>(text.front()))));
    check_end(text);
    header_events events;
    json::sax_parse(text, &events);
    text = std::string();
    std::deque<header_entry>& entries = events.result.entries;
    check_names(entries);
    for (const header_entry& e : entries) check_size(e, data);
    std::sort(entries.begin(), entries.end(), [](const header_entry& a, const header_entry& b) {
        return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
    });
    check_layout(entries, data);
    return std::move(events.result);
}

}
