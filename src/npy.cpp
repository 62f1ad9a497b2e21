#include "hourglass/data/npy.hpp"

#include "byte_stream.hpp"
#include "half_precision.hpp"
#include "hourglass/io/atomic_file.hpp"
#include "npy_header.hpp"
#include "quote.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

using std::filesystem::path;

constexpr std::string_view magic = "\x93NUMPY";
// NumPy itself refuses more than 10000 bytes by default. Only structured types, which are refused anyway, have long
// headers.
constexpr std::size_t longest_header = 1 << 16;

std::uint64_t bits_of(const std::uint8_t* from, int size, bool is_big_endian) {
    std::uint64_t value = 0;
    for (int n = 0; n < size; ++n) value = value << 8U | from[is_big_endian ? n : size - 1 - n];
    return value;
}

// Empty if the value is finite and Element cannot hold it.
template <class Element> std::optional<Element> converted(const npy_header& header, const std::uint8_t* from) {
    const std::uint64_t bits = bits_of(from, header.size, header.is_big_endian);
    if (header.kind == 'b') return bits != 0 ? Element{1} : Element{0};
    if (header.kind == 'u') return static_cast<Element>(bits);
    if (header.kind == 'i') {
        const int unused = 64 - 8 * header.size;
        return static_cast<Element>(static_cast<std::int64_t>(bits << unused) >> unused);
    }
    if (header.size == 4) return static_cast<Element>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    const double value = header.size == 2 ? from_half(static_cast<std::uint16_t>(bits)) : std::bit_cast<double>(bits);
    if (std::isfinite(value) && std::abs(value) > static_cast<double>(std::numeric_limits<Element>::max())) {
        // Values that round down to the largest number can be held.
        if (sizeof(Element) == 4 && std::abs(value) < 0x1.ffffffp127)
            return value < 0 ? std::numeric_limits<Element>::lowest() : std::numeric_limits<Element>::max();
        return std::nullopt;
    }
    return static_cast<Element>(value);
}

std::string text_of(std::span<const std::int64_t> shape) { return fmt::format("({})", joined(shape)); }

// The number of values; empty if 2^62 bytes cannot hold them.
std::optional<std::uint64_t> volume_of(std::span<const std::int64_t> shape) {
    constexpr std::uint64_t most = std::uint64_t{1} << 59U;
    std::uint64_t product = 1;
    if (std::ranges::find(shape, 0) != shape.end()) return 0;
    for (const std::int64_t extent : shape) {
        if (product > most / static_cast<std::uint64_t>(extent)) return std::nullopt;
        product *= static_cast<std::uint64_t>(extent);
    }
    return product;
}

class npy_file {
public:
    explicit npy_file(const path& file) : stream_(file, "a .npy file") {
        read_header();
        check_size();
    }

    template <class Element> array<Element> read() {
        array<Element> result{header_.shape, {}};
        const auto size = static_cast<std::size_t>(header_.size);
        std::vector<std::uint8_t> bytes(std::size_t{1} << 16U);
        // A gzip stream may contain less than it could: memory grows with the data.
        result.values.reserve(std::min<std::size_t>(count_, stream_.gzipped() ? 1 << 20 : count_));
        while (result.values.size() < count_) {
            const std::size_t wanted = std::min(bytes.size(), (count_ - result.values.size()) * size);
            const std::size_t found = stream_.read(std::span(bytes).first(wanted));
            if (found < wanted) fail_truncated(fmt::format("only {}", result.values.size() * size + found));
            for (std::size_t at = 0; at < found; at += size) add(result.values, bytes.data() + at);
        }
        expect_end();
        if (header_.is_fortran_order) to_row_major(result);
        return result;
    }

private:
    void read_header() {
        std::array<std::uint8_t, 12> start{};
        const std::size_t found = stream_.read(std::span(start).first(8));
        const std::string_view text(reinterpret_cast<const char*>(start.data()), found);
        if (text.starts_with("PK\x03\x04"))
            stream_.fail("expected a .npy file, found a ZIP archive, such as numpy.savez writes; save each array by "
                         "numpy.save");
        if (found < 8 || !text.starts_with(magic))
            stream_.fail(fmt::format("expected a .npy file, which begins with \\x93NUMPY, found {}",
                                     found == 0 ? "an empty file" : fmt::format("\"{}\"", printable(text))));
        const int major = start[6], minor = start[7];
        if (major < 1 || major > 3 || minor != 0)
            stream_.fail(fmt::format("expected version 1.0, 2.0 or 3.0 of the format, found {}.{}", major, minor));
        const int width = major == 1 ? 2 : 4;
        if (stream_.read(std::span(start).first(static_cast<std::size_t>(width))) < static_cast<std::size_t>(width))
            stream_.fail("the file ends within its header: it is truncated");
        const std::uint64_t length = bits_of(start.data(), width, false);
        if (length > longest_header)
            stream_.fail(fmt::format("expected a header of at most {} bytes, found {}", longest_header, length));
        std::string header(length, '\0');
        const std::size_t there = stream_.read({reinterpret_cast<std::uint8_t*>(header.data()), header.size()});
        if (there < length)
            stream_.fail(fmt::format("expected a header of {} bytes, found {}: the file is truncated", length, there));
        try {
            header_ = parse_npy_header(header);
        } catch (const error& reason) { stream_.fail(reason.what()); }
        before_ = 8 + static_cast<std::uint64_t>(width) + length;
    }
    static std::string printable(std::string_view text) {
        std::string result;
        for (const char c : text)
            result +=
                c >= 0x20 && c < 0x7f ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        return result;
    }

    void check_size() {
        const auto count = volume_of(header_.shape);
        if (!count)
            stream_.fail(
                fmt::format("the header announces the shape {}, more than any file holds", text_of(header_.shape)));
        count_ = static_cast<std::size_t>(*count);
        const std::uint64_t most = stream_.most();
        if (most < before_ || size() > most - before_)
            fail_truncated(
                fmt::format("{} {}", most < before_ ? 0 : most - before_, stream_.gzipped() ? "at most" : "in all"));
    }
    std::uint64_t size() const { return std::uint64_t{count_} * static_cast<std::uint64_t>(header_.size); }
    [[noreturn]] void fail_truncated(const std::string& found) const {
        stream_.fail(fmt::format("expected {} bytes after the header (shape {}, {} bytes each), found {}: the file is "
                                 "truncated; fetch or save it again",
                                 size(), text_of(header_.shape), header_.size, found));
    }
    void expect_end() {
        std::uint8_t probe = 0;
        if (stream_.read({&probe, 1}) != 0) // reading on also makes zlib verify the checksum
            stream_.fail(fmt::format("expected {} bytes after the header (shape {}), found more; save each array in a "
                                     "file of its own",
                                     size(), text_of(header_.shape)));
        if (stream_.ended_early()) fail_truncated("a gzip stream that ends early");
    }

    template <class Element> void add(std::vector<Element>& to, const std::uint8_t* from) const {
        const std::optional<Element> value = converted<Element>(header_, from);
        if (!value)
            stream_.fail(fmt::format("expected numbers that float can hold, found {} at place {} of the file's values "
                                     "(counted from 0); load it as double",
                                     std::bit_cast<double>(bits_of(from, 8, header_.is_big_endian)), to.size()));
        to.push_back(*value);
    }

    // In the file the first index changes fastest.
    template <class Element> static void to_row_major(array<Element>& of) {
        const std::size_t axes = of.shape.size();
        if (axes < 2 || of.values.empty()) return;
        std::vector<std::size_t> strides(axes), at(axes);
        std::size_t stride = 1;
        for (std::size_t axis = 0; axis < axes; ++axis)
            stride *= static_cast<std::size_t>(of.shape[axis]), strides[axis] = stride;
        std::vector<Element> result;
        result.reserve(of.values.size());
        std::size_t place = 0;
        for (std::size_t n = 0; n < of.values.size(); ++n) {
            result.push_back(of.values[place]);
            for (std::size_t axis = axes; axis-- > 0;) {
                place += axis == 0 ? 1 : strides[axis - 1];
                if (++at[axis] < static_cast<std::size_t>(of.shape[axis])) break;
                place -= strides[axis]; // of all steps along this axis
                at[axis] = 0;
            }
        }
        of.values = std::move(result);
    }

    byte_stream stream_;
    npy_header header_;
    std::uint64_t before_ = 0; // bytes before the values
    std::size_t count_ = 0;
};

template <class Element>
void save(const path& file, std::span<const std::int64_t> shape, std::span<const Element> values) {
    if (std::ranges::any_of(shape, [](std::int64_t extent) { return extent < 0; }) || shape.size() > 64 ||
        volume_of(shape) != values.size())
        throw error(fmt::format("{}: expected as many values as the shape {} has, and at most 64 axes, found {} values",
                                shown(file), text_of(shape), values.size()));
    std::string header = npy_header_text({'f', sizeof(Element), false, false, {shape.begin(), shape.end()}});
    const std::size_t before = magic.size() + 4;
    header.append(63 - (before + header.size()) % 64, ' '); // aligns the values to a multiple of 64
    header += '\n';
    std::string start(magic);
    start += {'\x01', '\x00', static_cast<char>(header.size() & 255U), static_cast<char>(header.size() >> 8U)};
    try {
        io::atomic_file to(file);
        to.write(start + header);
        std::string bytes;
        for (const Element value : values) {
            using bits = std::conditional_t<sizeof(Element) == 4, std::uint32_t, std::uint64_t>;
            for (unsigned n = 0; n < sizeof(Element); ++n)
                bytes += static_cast<char>(std::bit_cast<bits>(value) >> 8U * n & 255U);
            if (bytes.size() < (1 << 20)) continue;
            to.write(bytes);
            bytes.clear();
        }
        to.write(bytes);
        to.commit();
    } catch (const io::error& reason) { throw error(reason.what()); }
}

}

template <class Element> array<Element> load_npy(const path& file) { return npy_file(file).read<Element>(); }
template array<float> load_npy<float>(const path&);
template array<double> load_npy<double>(const path&);

void save_npy(const path& file, std::span<const std::int64_t> shape, std::span<const float> values) {
    save(file, shape, values);
}
void save_npy(const path& file, std::span<const std::int64_t> shape, std::span<const double> values) {
    save(file, shape, values);
}

}
