// The safetensors format: https://github.com/huggingface/safetensors, section "Format".
#include "hourglass/io/safetensors.hpp"

#include "file_kind.hpp"
#include "half_precision.hpp"
#include "hourglass/io/atomic_file.hpp"
#include "safetensors_header.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>
#include <system_error>
#include <utility>

#include <sys/types.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace hourglass::io {
namespace {

using nlohmann::json;
using std::filesystem::path;

static_assert(std::endian::native == std::endian::little, "the values of a safetensors file are little-endian");

constexpr std::uint64_t longest_header = 100'000'000; // the format's own limit

const char* name_of(dtype type) { return type == dtype::f32 ? "F32" : "F64"; }
std::uint64_t size_of(dtype type) { return type == dtype::f32 ? 4 : 8; }

std::span<const std::byte> bytes_of(const tensor_record& tensor) {
    return std::visit([](const auto& values) { return std::as_bytes(std::span(values)); }, tensor.values);
}

struct close_file {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

// bfloat16 is a subset of float, so the conversion is exact.
float from_bfloat(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U); }

class reader {
public:
    explicit reader(const path& name) : path_(name) {
        std::error_code code;
        const auto status = std::filesystem::status(name, code);
        if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) // a pipe might never end
            fail(fmt::format("expected a safetensors file, found {}", kind_of(status.type())));
        file_.reset(std::fopen(name.c_str(), "rb"));
        if (!file_) fail(fmt::format("expected a safetensors file, but it cannot be opened: {}", std::strerror(errno)));
        size_ = std::filesystem::file_size(name, code);
        if (code) fail(fmt::format("its size cannot be determined: {}", code.message()));
    }

    safetensors_file read() {
        safetensors_header header = read_header();
        safetensors_file result;
        result.metadata = std::move(header.metadata);
        result.tensors.reserve(header.entries.size());
        for (; !header.entries.empty(); header.entries.pop_front()) read_tensor(header.entries.front(), result);
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

    safetensors_header read_header() {
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
        try {
            return parse_header(std::move(text), size_ - 8 - length);
        } catch (const error& reason) { fail(reason.what()); }
    }

    // Tensors are ordered by offset and have no holes, so the file is read sequentially.
    void read_tensor(header_entry& e, safetensors_file& result) {
        const std::string_view type = e.type->name;
        tensor_record tensor{std::move(e.name), std::move(e.shape), {}};
        if (type == "F32") {
            tensor.values = values_of<float>(e, tensor.name);
        } else if (type == "F64") {
            tensor.values = values_of<double>(e, tensor.name);
        } else if (type == "F16" || type == "BF16") {
            const auto bits = values_of<std::uint16_t>(e, tensor.name);
            std::vector<float> values(bits.size());
            std::transform(bits.begin(), bits.end(), values.begin(), type == "F16" ? from_half : from_bfloat);
            tensor.values = std::move(values);
        } else {
            skip(e.end - e.begin, tensor.name);
            result.left_out.push_back({std::move(tensor.name), std::string(type), std::move(tensor.shape)});
            return;
        }
        result.tensors.push_back(std::move(tensor));
    }

    template <class T> std::vector<T> values_of(const header_entry& e, const std::string& name) {
        std::vector<T> values(static_cast<std::size_t>((e.end - e.begin) / sizeof(T)));
        if (!values.empty()) take(values.data(), e.end - e.begin, data_of(name));
        return values;
    }

    void skip(std::uint64_t bytes, const std::string& name) {
        if (::fseeko(file_.get(), static_cast<off_t>(bytes), SEEK_CUR) != 0)
            fail(fmt::format("{}: cannot be skipped: {}", data_of(name), std::strerror(errno)));
    }

    static std::string data_of(const std::string& name) { return fmt::format("tensor \"{}\": data", excerpt(name)); }

    path path_;
    std::unique_ptr<std::FILE, close_file> file_;
    std::uint64_t size_ = 0;
};

// Explains why a tensor cannot be written; empty if it can.
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

// Built as text: the JSON library's ordered object searches all its keys for each new one.
std::string header_of(std::span<const tensor_record* const> order, const std::map<std::string, std::string>& metadata) {
    std::string text = "{";
    if (!metadata.empty()) text += fmt::format("\"{}\":{}", metadata_key, json(metadata).dump());
    std::uint64_t at = 0;
    for (const tensor_record* tensor : order) {
        const std::uint64_t end = at + bytes_of(*tensor).size();
        fmt::format_to(std::back_inserter(text), "{}{}:{{\"dtype\":\"{}\",\"shape\":[{}],\"data_offsets\":[{},{}]}}",
                       text.size() > 1 ? "," : "", json(tensor->name).dump(), name_of(tensor->type()),
                       fmt::join(tensor->shape, ","), at, end);
        at = end;
    }
    return text + "}";
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
    const auto refuse = [&](const tensor_record& tensor, std::string_view wrong) {
        throw error(fmt::format("{}: tensor \"{}\": {}", file.string(), excerpt(tensor.name), wrong));
    };
    for (const tensor_record& tensor : tensors) {
        if (const std::string wrong = wrong_tensor(tensor); !wrong.empty()) refuse(tensor, wrong);
        order.push_back(&tensor);
    }
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
    const auto twice =
        std::adjacent_find(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->name == b->name; });
    if (twice != order.end()) refuse(**twice, "expected every name once, found it twice");
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return std::pair(a->type() != dtype::f64, std::string_view(a->name)) <
               std::pair(b->type() != dtype::f64, std::string_view(b->name));
    });

    std::string text;
    try {
        text = header_of(order, metadata);
    } catch (const json::exception& reason) {
        throw error(
            fmt::format("{}: header: expected names and metadata in UTF-8, found {}", file.string(), reason.what()));
    }
    text.resize((text.size() + 7) / 8 * 8, ' '); // aligns the data to a multiple of 8
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
