// Checks IDX headers against the size of the file before inflating anything, and keeps only the requested part.
#include "hourglass/data/idx.hpp"

#include "byte_stream.hpp"
#include "quote.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

using std::filesystem::path;
using bytes = std::span<const std::uint8_t>;

// Larger images are taken for a wrong header.
constexpr std::uint32_t largest_side = 16384;
// Memory for the header's claim is allocated at once up to this many numbers; beyond, it grows with the data.
constexpr std::size_t taken_at_once = std::size_t{1} << 26U;

std::string hex(bytes of) {
    std::string text;
    for (const std::uint8_t byte : of) text += fmt::format("{}{:02x}", text.empty() ? "" : " ", byte);
    return text;
}

// The name of a kind of file in messages, and the last byte of its magic number.
struct kind {
    const char* what;
    std::uint8_t rank;
};
constexpr kind images_kind{"images", 3};
constexpr kind labels_kind{"labels", 1};

std::string element_type(std::uint8_t code) {
    switch (code) {
    case 0x08:
        return "unsigned bytes";
    case 0x09:
        return "signed bytes";
    case 0x0b:
        return "16-bit integers";
    case 0x0c:
        return "32-bit integers";
    case 0x0d:
        return "floats";
    case 0x0e:
        return "doubles";
    default:
        return "an unknown element type";
    }
}

// An IDX file whose header has been read, but not its data.
class idx_file {
public:
    idx_file(const path& file, kind of) : stream_(file, "an IDX file"), kind_(of) {
        check_start();
        std::array<std::uint8_t, 16> header{};
        const std::size_t length = 4 + 4 * std::size_t{of.rank};
        const std::size_t found = stream_.read(std::span(header).first(length));
        if (found >= 4) check_magic(bytes(header).first(4));
        if (found < length)
            stream_.fail(fmt::format("expected an IDX header of {} bytes, found only {}: the file is truncated; {}",
                                     length, found, again));
        for (std::size_t axis = 0; axis < of.rank; ++axis)
            for (std::size_t i = 0; i < 4; ++i) extents_[axis] = (extents_[axis] << 8U) | header[4 + 4 * axis + i];
        check_extents();
        check_size(length);
    }

    int count() const { return static_cast<int>(extents_[0]); }
    int rows() const { return static_cast<int>(extents_[1]); }
    int columns() const { return static_cast<int>(extents_[2]); }
    const path& name() const { return stream_.name(); }
    [[noreturn]] void fail(std::string_view what) const { stream_.fail(what); }

    std::size_t item_size() const { return kind_.rank == 1 ? 1 : std::size_t{extents_[1]} * extents_[2]; }

    // Passes on the bytes of the images or labels in each range as they come: take(which range, bytes). Reads the
    // others too, to detect a truncated or corrupt file.
    template <class Take> void read(std::span<const image_range> kept, Take take) {
        const std::uint64_t expected = size(), item = item_size();
        std::vector<std::uint8_t> chunk(1 << 16);
        for (std::uint64_t at = 0; at < expected;) {
            const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), expected - at));
            const std::size_t found = stream_.read(std::span(chunk).first(wanted));
            if (found < wanted) fail_truncated(fmt::format("only {}", at + found), stream_.ended_early());
            for (std::size_t n = 0; n < kept.size(); ++n) {
                const std::uint64_t first = static_cast<std::uint64_t>(kept[n].first) * item,
                                    end = first + static_cast<std::uint64_t>(kept[n].count) * item;
                const std::uint64_t low = std::max(at, first), high = std::min(at + wanted, end);
                if (low < high)
                    take(n, bytes(chunk).subspan(static_cast<std::size_t>(low - at),
                                                 static_cast<std::size_t>(high - low)));
            }
            at += wanted;
        }
        std::array<std::uint8_t, 1> probe{};
        if (stream_.read(probe) != 0) fail_trailing(); // reading on also makes zlib verify the checksum
        if (stream_.ended_early())
            stream_.fail(
                fmt::format("expected the check sum that ends a gzip stream, found the end of the file; {}", again));
    }

private:
    static constexpr const char* again = "fetch or install the file again";

    std::uint64_t size() const {
        std::uint64_t product = 1; // 2^31 * 2^14 * 2^14 fits
        for (std::size_t axis = 0; axis < kind_.rank; ++axis) product *= extents_[axis];
        return product;
    }

    std::string sum() const {
        return kind_.rank == 3 ? fmt::format("{} images of {} x {}", extents_[0], extents_[1], extents_[2])
                               : fmt::format("{} labels", extents_[0]);
    }

    void check_start() const {
        if (stream_.gzipped()) return;
        const bytes start = stream_.raw_start();
        if (start.empty())
            stream_.fail(fmt::format("expected an IDX file of {}, found an empty file; {}", kind_.what, again));
        if (start.size() < 2 || start[0] != 0 || start[1] != 0)
            stream_.fail(
                fmt::format("expected gzip (first bytes 1f 8b) or plain IDX {} (00 00 08 {:02x}), found neither: "
                            "the file begins with {}; give an IDX file",
                            kind_.what, kind_.rank, hex(start.first(std::min<std::size_t>(start.size(), 4)))));
    }

    void check_magic(bytes magic) const {
        if (magic[0] == 0 && magic[1] == 0 && magic[2] == 8 && magic[3] == kind_.rank) return;
        const kind other = kind_.rank == 3 ? labels_kind : images_kind;
        std::string found = hex(magic);
        std::string advice = fmt::format("give an IDX file of {}", kind_.what);
        if (magic[0] == 0 && magic[1] == 0) {
            found += fmt::format(" ({}, rank {})", element_type(magic[2]), magic[3]);
            if (magic[2] == 8 && magic[3] == other.rank)
                advice = fmt::format("it looks like a file of {}: are the two paths exchanged?", other.what);
        }
        stream_.fail(
            fmt::format("expected the magic number 00 00 08 {:02x} of {} (unsigned bytes, rank {}), found {}; {}",
                        kind_.rank, kind_.what, kind_.rank, found, advice));
    }

    void check_extents() const {
        constexpr auto most = static_cast<std::uint32_t>(std::numeric_limits<int>::max());
        const bool count_fits = extents_[0] >= 1 && extents_[0] <= most;
        const bool sides_fit = kind_.rank == 1 || (extents_[1] >= 1 && extents_[1] <= largest_side &&
                                                   extents_[2] >= 1 && extents_[2] <= largest_side);
        if (count_fits && sides_fit) return;
        const std::string expected = kind_.rank == 3
                                         ? fmt::format("1 to {} images of 1 to {} rows and columns", most, largest_side)
                                         : fmt::format("1 to {} labels", most);
        stream_.fail(fmt::format("expected {}, found a header that announces {}; {}", expected, sum(), again));
    }

    // Checks the size as far as possible without inflating.
    void check_size(std::size_t header) const {
        const std::uint64_t room = stream_.most() < header ? 0 : stream_.most() - header;
        if (size() > room)
            fail_truncated(stream_.gzipped() ? fmt::format("a gzip stream that holds {} at most", room)
                                             : fmt::format("only {}", room),
                           stream_.gzipped());
        if (!stream_.gzipped() && size() < room) fail_trailing();
    }
    [[noreturn]] void fail_truncated(const std::string& found, bool stream) const {
        stream_.fail(fmt::format("expected {} bytes after the header ({}), found {}: the {} is truncated; {}", size(),
                                 sum(), found, stream ? "gzip stream" : "file", again));
    }
    [[noreturn]] void fail_trailing() const {
        stream_.fail(
            fmt::format("expected {} bytes after the header ({}), found trailing data; {}", size(), sum(), again));
    }

    byte_stream stream_;
    kind kind_;
    std::array<std::uint32_t, 3> extents_{};
};

void check_ranges(const idx_file& file, std::span<const image_range> kept) {
    for (const image_range& range : kept)
        if (range.first < 0 || range.count < 0 || range.first > file.count() ||
            range.count > file.count() - range.first)
            file.fail(fmt::format("expected images {} to {}, as asked for, found {} images; ask for fewer", range.first,
                                  std::int64_t{range.first} + range.count - 1, file.count()));
}

void read_images(idx_file& file, std::span<const image_range> kept, std::vector<image_set>& sets) {
    for (std::size_t n = 0; n < kept.size(); ++n) {
        image_set& set = sets[n];
        set.count = kept[n].count;
        set.rows = file.rows();
        set.columns = file.columns();
        set.pixels.reserve(std::min(static_cast<std::size_t>(set.count) * file.item_size(), taken_at_once));
    }
    file.read(kept, [&](std::size_t n, bytes levels) {
        for (const std::uint8_t level : levels) sets[n].pixels.push_back(static_cast<float>(level) / 255.0F);
    });
}

void read_labels(idx_file& file, std::span<const image_range> kept, std::vector<image_set>& sets) {
    file.read(kept, [&](std::size_t n, bytes labels) {
        sets[n].labels.insert(sets[n].labels.end(), labels.begin(), labels.end());
    });
}

image_range all_of(const path& images) { return {0, idx_extents(images).count}; }

}

image_extents idx_extents(const path& images, const path& labels) {
    const idx_file file(images, images_kind);
    if (!labels.empty()) {
        const idx_file label_file(labels, labels_kind);
        if (label_file.count() != file.count())
            label_file.fail(
                fmt::format("expected {} labels, one for each image of {}, found {}; give the two files of one set",
                            file.count(), shown(images), label_file.count()));
    }
    return {file.count(), file.rows(), file.columns()};
}

std::vector<image_set> load_idx(const path& images, const path& labels, std::span<const image_range> kept) {
    idx_extents(images, labels); // checks that the counts agree
    std::vector<image_set> sets(kept.size());
    idx_file file(images, images_kind);
    check_ranges(file, kept);
    if (!labels.empty()) {
        idx_file label_file(labels, labels_kind);
        check_ranges(label_file, kept);
        read_labels(label_file, kept, sets);
    }
    read_images(file, kept, sets);
    return sets;
}

image_set load_idx(const path& images) {
    const image_range all = all_of(images);
    return std::move(load_idx(images, {}, std::span(&all, 1)).front());
}

image_set load_idx(const path& images, const path& labels) {
    if (labels.empty())
        throw error("load_idx: expected a file of labels, found an empty name; give it, or images only");
    const image_range all = all_of(images);
    return std::move(load_idx(images, labels, std::span(&all, 1)).front());
}

}
