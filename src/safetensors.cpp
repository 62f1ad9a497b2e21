// The safetensors format: https://github.com/huggingface/safetensors, section "Format".
#include "hourglass/io/safetensors.hpp"

#include "hourglass/io/atomic_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace hourglass::io {
namespace {

using nlohmann::json;
using std::filesystem::path;

static_assert(std::endian::native == std::endian::little, "the values of a safetensors file are little-endian");

constexpr std::uint64_t longest_header = 100'000'000; // the format's own limit
constexpr const char* metadata_key = "__metadata__";

const char* name_of(dtype type) { return type == dtype::f32 ? "F32" : "F64"; }
std::uint64_t size_of(dtype type) { return type == dtype::f32 ? 4 : 8; }

std::span<const std::byte> bytes_of(const tensor_record& tensor) {
    return std::visit([](const auto& values) { return std::as_bytes(std::span(values)); }, tensor.values);
}

// The number of values of a shape; nothing where it passes what 64 bits hold.
std::optional<std::uint64_t> volume(std::span<const std::int64_t> shape) {
    if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
    std::uint64_t product = 1;
    for (const std::int64_t extent : shape) {
        const auto factor = static_cast<std::uint64_t>(extent);
        if (product > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / factor)
            return std::nullopt;
        product *= factor;
    }
    return product;
}

struct close_file {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

// What the header says of one tensor.
struct entry {
    std::string name;
    std::vector<std::int64_t> shape;
    dtype type;
    std::uint64_t begin, end;
};

class reader {
public:
    explicit reader(const path& name) : path_(name) {
        std::error_code code;
        if (std::filesystem::is_directory(name, code)) fail("expected a safetensors file, found a folder");
        file_.reset(std::fopen(name.c_str(), "rb"));
        if (!file_) fail(fmt::format("expected a safetensors file, but it cannot be opened: {}", std::strerror(errno)));
        size_ = std::filesystem::file_size(name, code);
        if (code) fail(fmt::format("its size cannot be told: {}", code.message()));
    }

    safetensors_file read() {
        const json header = read_header();
        safetensors_file result;
        std::vector<entry> entries;
        for (const auto& [name, value] : header.items())
            if (name == metadata_key)
                result.metadata = read_metadata(value);
            else
                entries.push_back(read_entry(name, value));
        std::sort(entries.begin(), entries.end(), [](const entry& a, const entry& b) {
            return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
        });
        check_layout(entries);
        for (const entry& e : entries) result.tensors.push_back(read_tensor(e));
        return result;
    }

private:
    [[noreturn]] void fail(std::string_view what) const { throw error(fmt::format("{}: {}", path_.string(), what)); }

    void take(void* to, std::uint64_t size, std::string_view where) {
        errno = 0;
        const std::size_t found = std::fread(to, 1, static_cast<std::size_t>(size), file_.get());
        if (found != size)
            fail(fmt::format("{}: expected {} bytes, found {}{}{}", where, size, found, errno ? ": " : "",
                             errno ? std::strerror(errno) : ""));
    }

    json read_header() {
        if (size_ < 8) fail(fmt::format("header length: expected 8 bytes, found a file of {}", size_));
        std::array<std::uint8_t, 8> raw{};
        take(raw.data(), raw.size(), "header length");
        std::uint64_t length = 0;
        for (std::size_t i = 8; i-- > 0;) length = (length << 8U) | raw[i];
        if (length > longest_header)
            fail(fmt::format("header length: expected at most {}, found {}; is it a safetensors file?", longest_header,
                             length));
        if (length > size_ - 8)
            fail(fmt::format(
                "header length: expected at most the {} bytes that follow it, found {}; the file is truncated",
                size_ - 8, length));
        std::string text(static_cast<std::size_t>(length), '\0');
        take(text.data(), length, "header");
        if (text.empty() || text.front() != '{')
            fail(fmt::format("header: expected JSON that begins with '{{', found {}",
                             text.empty() ? std::string("nothing")
                                          : fmt::format("byte {:02x}", static_cast<unsigned char>(text.front()))));
        data_ = size_ - 8 - length;
        return parse(text);
    }

    // nlohmann::json keeps the last of two equal keys; the format forbids them, so they are caught while parsing.
    json parse(const std::string& text) const {
        std::vector<std::set<std::string>> keys;
        const auto watch = [&](int depth, json::parse_event_t event, json& value) {
            if (depth > 4) fail("header: expected tensors described by flat lists, found deeper nesting");
            if (event == json::parse_event_t::object_start) keys.emplace_back();
            if (event == json::parse_event_t::object_end) keys.pop_back();
            if (event == json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second)
                fail(fmt::format("header: expected every name once, found \"{}\" twice", value.get<std::string>()));
            return true;
        };
        try {
            return json::parse(text, watch);
        } catch (const json::exception& reason) { fail(fmt::format("header: expected JSON, found {}", reason.what())); }
    }

    std::map<std::string, std::string> read_metadata(const json& value) const {
        if (!value.is_object()) fail(fmt::format("{}: expected an object, found {}", metadata_key, value.type_name()));
        std::map<std::string, std::string> metadata;
        for (const auto& [key, text] : value.items()) {
            if (!text.is_string())
                fail(fmt::format("{}.{}: expected a string, found {}", metadata_key, key, text.type_name()));
            metadata[key] = text.get<std::string>();
        }
        return metadata;
    }

    // One tensor's field; `where` is what messages call the tensor.
    const json& field(const json& value, const std::string& where, const char* key) const {
        const auto at = value.find(key);
        if (at == value.end()) fail(fmt::format("{}: expected the field \"{}\", found none", where, key));
        return *at;
    }

    std::uint64_t whole(const json& value, const std::string& where) const {
        if (!value.is_number_unsigned() ||
            value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            fail(fmt::format("{}: expected a whole number from 0 to 2^63 - 1, found {}", where, value.dump()));
        return value.get<std::uint64_t>();
    }

    entry read_entry(const std::string& name, const json& value) const {
        const std::string where = fmt::format("tensor \"{}\"", name);
        if (!value.is_object()) fail(fmt::format("{}: expected an object, found {}", where, value.type_name()));
        for (const auto& [key, ignored] : value.items())
            if (key != "dtype" && key != "shape" && key != "data_offsets")
                fail(fmt::format("{}: expected dtype, shape and data_offsets, found \"{}\"", where, key));
        const json& type = field(value, where, "dtype");
        const json& shape = field(value, where, "shape");
        const json& offsets = field(value, where, "data_offsets");

        entry result{name, {}, dtype::f32, 0, 0};
        if (type == "F64")
            result.type = dtype::f64;
        else if (type != "F32")
            fail(fmt::format("{}: dtype: expected \"F32\" or \"F64\", found {}; convert the file first", where,
                             type.dump()));
        if (!shape.is_array()) fail(fmt::format("{}: shape: expected a list, found {}", where, shape.type_name()));
        for (const json& extent : shape)
            result.shape.push_back(static_cast<std::int64_t>(whole(extent, where + ": shape")));
        if (!offsets.is_array() || offsets.size() != 2)
            fail(fmt::format("{}: data_offsets: expected a list of 2 numbers, found {}", where, offsets.dump()));
        result.begin = whole(offsets[0], where + ": data_offsets");
        result.end = whole(offsets[1], where + ": data_offsets");
        if (result.begin > result.end || result.end > data_)
            fail(fmt::format(
                "{}: data_offsets: expected begin <= end <= {} (the bytes after the header), found [{}, {}]", where,
                data_, result.begin, result.end));
        const auto count = volume(result.shape);
        const std::uint64_t held = result.end - result.begin;
        if (!count || *count > std::numeric_limits<std::uint64_t>::max() / size_of(result.type) ||
            *count * size_of(result.type) != held)
            fail(fmt::format("{}: expected the bytes of {} values of {} (shape [{}]), found {} between its offsets",
                             where, count ? std::to_string(*count) : "more than 2^63", name_of(result.type),
                             fmt::join(result.shape, ", "), held));
        return result;
    }

    void check_layout(std::span<const entry> entries) const {
        std::uint64_t at = 0;
        for (const entry& e : entries) {
            if (e.begin != at)
                fail(fmt::format(
                    "tensor \"{}\": data_offsets: expected to begin at {}, where the one before ends, found {}: "
                    "the data {}",
                    e.name, at, e.begin, e.begin < at ? "overlaps" : "has a hole"));
            at = e.end;
        }
        if (at != data_)
            fail(fmt::format("data: expected {} bytes, the end of the last tensor, found {}: there is trailing data",
                             at, data_));
    }

    // Tensors come in the order of their offsets and without holes, so the file is read straight through.
    tensor_record read_tensor(const entry& e) {
        tensor_record tensor{e.name, e.shape, {}};
        const auto fill = [&](auto values) {
            values.resize(static_cast<std::size_t>((e.end - e.begin) / size_of(e.type)));
            if (!values.empty()) take(values.data(), e.end - e.begin, fmt::format("tensor \"{}\": data", e.name));
            tensor.values = std::move(values);
        };
        if (e.type == dtype::f32)
            fill(std::vector<float>());
        else
            fill(std::vector<double>());
        return tensor;
    }

    path path_;
    std::unique_ptr<std::FILE, close_file> file_;
    std::uint64_t size_ = 0;
    std::uint64_t data_ = 0; // bytes after the header
};

// A sentence where the tensor cannot be written, an empty string where it can.
std::string wrong_tensor(const tensor_record& tensor) {
    if (tensor.name == metadata_key)
        return fmt::format("expected a name other than {}, which the format keeps", metadata_key);
    for (const std::int64_t extent : tensor.shape)
        if (extent < 0)
            return fmt::format("expected extents of at least 0, found shape [{}]", fmt::join(tensor.shape, ", "));
    const auto count = volume(tensor.shape);
    const std::uint64_t found = bytes_of(tensor).size() / size_of(tensor.type());
    if (!count || *count != found)
        return fmt::format("expected {} values for shape [{}], found {}",
                           count ? std::to_string(*count) : "more than 2^63", fmt::join(tensor.shape, ", "), found);
    return {};
}

}

std::span<const float> tensor_record::f32() const {
    if (const auto* held = std::get_if<std::vector<float>>(&values)) return *held;
    throw error(fmt::format("tensor \"{}\": expected F32, found F64", name));
}

std::span<const double> tensor_record::f64() const {
    if (const auto* held = std::get_if<std::vector<double>>(&values)) return *held;
    throw error(fmt::format("tensor \"{}\": expected F64, found F32", name));
}

const tensor_record* safetensors_file::find(std::string_view name) const {
    const auto at =
        std::find_if(tensors.begin(), tensors.end(), [&](const tensor_record& t) { return t.name == name; });
    return at == tensors.end() ? nullptr : &*at;
}

void write_safetensors(const path& file, std::span<const tensor_record> tensors,
                       const std::map<std::string, std::string>& metadata) {
    std::vector<const tensor_record*> order;
    std::set<std::string_view> names;
    for (const tensor_record& tensor : tensors) {
        std::string wrong = wrong_tensor(tensor);
        if (wrong.empty() && !names.insert(tensor.name).second) wrong = "expected every name once, found it twice";
        if (!wrong.empty()) throw error(fmt::format("{}: tensor \"{}\": {}", file.string(), tensor.name, wrong));
        order.push_back(&tensor);
    }
    std::sort(order.begin(), order.end(), [](const tensor_record* a, const tensor_record* b) {
        if (a->type() != b->type()) return a->type() == dtype::f64;
        return a->name < b->name;
    });

    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) header[metadata_key] = metadata;
    std::uint64_t at = 0;
    for (const tensor_record* tensor : order) {
        const std::uint64_t end = at + bytes_of(*tensor).size();
        header[tensor->name] = {
            {"dtype", name_of(tensor->type())}, {"shape", tensor->shape}, {"data_offsets", {at, end}}};
        at = end;
    }
    std::string text;
    try {
        text = header.dump();
    } catch (const json::exception& reason) {
        throw error(
            fmt::format("{}: header: expected names and metadata in UTF-8, found {}", file.string(), reason.what()));
    }
    text.resize((text.size() + 7) / 8 * 8, ' '); // the data then begins at a multiple of 8
    if (text.size() > longest_header)
        throw error(fmt::format("{}: header: expected at most {} bytes, found {}; save fewer tensors", file.string(),
                                longest_header, text.size()));

    std::array<std::byte, 8> length{};
    for (std::size_t i = 0; i < 8; ++i) length[i] = static_cast<std::byte>(text.size() >> (8 * i));
    atomic_file out(file);
    out.write(length);
    out.write(text);
    for (const tensor_record* tensor : order) out.write(bytes_of(*tensor));
    out.commit();
}

safetensors_file read_safetensors(const path& file) { return reader(file).read(); }

}
