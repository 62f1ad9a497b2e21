// IDX files through zlib. The stream is inflated here by hand, not by gzread, so that a truncated file, a wrong check
// sum and bytes after the end are told apart.
#include "hourglass/data/idx.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <zlib.h>

namespace hourglass::data {
namespace {

using std::filesystem::path;
using bytes = std::span<const std::uint8_t>;

// Larger images than this are taken for a header that is wrong.
constexpr std::uint32_t largest_side = 16384;

std::string hex(bytes of) {
    std::string text;
    for (const std::uint8_t byte : of) text += fmt::format("{}{:02x}", text.empty() ? "" : " ", byte);
    return text;
}

struct close_file {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

// The bytes of a file, inflated where it is gzipped.
class byte_stream {
public:
    explicit byte_stream(const path& file) : path_(file) {
        std::error_code ignored;
        if (std::filesystem::is_directory(file, ignored))
            fail("expected an IDX file, found a folder; give the path of a file");
        file_.reset(std::fopen(file.c_str(), "rb"));
        if (!file_)
            fail(fmt::format("expected an IDX file, but it cannot be opened: {}; check the path and its permissions",
                             std::strerror(errno)));
        refill();
        gzipped_ = size_ >= 2 && input_[0] == 0x1f && input_[1] == 0x8b;
        if (gzipped_ && inflateInit2(&inflater_, 15 + 16) != Z_OK) fail("zlib has no memory to inflate it");
    }
    byte_stream(const byte_stream&) = delete;
    byte_stream& operator=(const byte_stream&) = delete;
    ~byte_stream() {
        if (gzipped_) inflateEnd(&inflater_);
    }

    const path& name() const { return path_; }
    bool gzipped() const { return gzipped_; }
    bytes raw_start() const { return bytes(input_).first(size_); } // valid until the first read

    // Fills as much of `to` as there is; fewer bytes only at the end, which `ended_early` tells from a gzip stream cut
    // short.
    std::size_t read(std::span<std::uint8_t> to) { return gzipped_ ? read_inflated(to) : read_plain(to); }
    bool ended_early() const { return ended_early_; }

    [[noreturn]] void fail(std::string_view what) const { throw error(fmt::format("{}: {}", path_.string(), what)); }

private:
    void refill() {
        errno = 0;
        position_ = 0;
        size_ = std::fread(input_.data(), 1, input_.size(), file_.get());
        if (size_ == 0 && std::ferror(file_.get()))
            fail(fmt::format("cannot be read: {}; check the disk it lies on", std::strerror(errno)));
    }

    std::size_t read_plain(std::span<std::uint8_t> to) {
        std::size_t done = 0;
        while (done < to.size() && size_ > 0) {
            const std::size_t n = std::min(to.size() - done, size_ - position_);
            std::copy_n(input_.begin() + static_cast<std::ptrdiff_t>(position_), n,
                        to.begin() + static_cast<std::ptrdiff_t>(done));
            done += n;
            position_ += n;
            if (position_ == size_) refill();
        }
        return done;
    }

    std::size_t read_inflated(std::span<std::uint8_t> to) {
        std::size_t done = 0;
        while (done < to.size() && !ended_ && !ended_early_) {
            if (position_ == size_) refill();
            if (size_ == 0) {
                ended_early_ = true;
                break;
            }
            const std::size_t room = std::min<std::size_t>(to.size() - done, std::numeric_limits<uInt>::max());
            inflater_.next_in = input_.data() + position_;
            inflater_.avail_in = static_cast<uInt>(size_ - position_);
            inflater_.next_out = to.data() + done;
            inflater_.avail_out = static_cast<uInt>(room);
            const int result = inflate(&inflater_, Z_NO_FLUSH);
            position_ = size_ - inflater_.avail_in;
            done += room - inflater_.avail_out;
            if (result == Z_STREAM_END)
                next_member();
            else if (result != Z_OK && result != Z_BUF_ERROR)
                fail(
                    fmt::format("expected an intact gzip stream, found it corrupt: {}; fetch or install the file again",
                                inflater_.msg ? inflater_.msg : "zlib gives no reason"));
        }
        return done;
    }

    // A gzip file may be several streams, one after the other.
    void next_member() {
        if (position_ == size_) refill();
        if (size_ == 0)
            ended_ = true;
        else if (input_[position_] == 0x1f)
            inflateReset(&inflater_);
        else
            fail("expected nothing after the end of the gzip stream, found trailing data; fetch or install the file "
                 "again");
    }

    path path_;
    std::unique_ptr<std::FILE, close_file> file_;
    std::array<std::uint8_t, 1 << 16> input_{};
    std::size_t position_ = 0;
    std::size_t size_ = 0;
    bool gzipped_ = false;
    bool ended_ = false;
    bool ended_early_ = false;
    z_stream inflater_{};
};

// What a file of this kind is called in messages, and the last byte of its magic number.
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

// An IDX file whose header has been read and whose bytes have not.
class idx_file {
public:
    idx_file(const path& file, kind of) : stream_(file), kind_(of) {
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
    }

    int count() const { return static_cast<int>(extents_[0]); }
    int rows() const { return static_cast<int>(extents_[1]); }
    int columns() const { return static_cast<int>(extents_[2]); }
    const path& name() const { return stream_.name(); }
    [[noreturn]] void fail(std::string_view what) const { stream_.fail(what); }

    // All bytes after the header. Memory grows with what is really there, not with what the header claims.
    std::vector<std::uint8_t> read_all() {
        const std::uint64_t expected = size();
        std::vector<std::uint8_t> all;
        while (all.size() < expected) {
            const std::size_t before = all.size();
            const std::uint64_t more = std::max<std::uint64_t>(before, 1 << 20);
            all.resize(static_cast<std::size_t>(std::min<std::uint64_t>(expected, before + more)));
            const std::size_t found = stream_.read(std::span(all).subspan(before));
            if (before + found < all.size())
                stream_.fail(fmt::format(
                    "expected {} bytes after the header ({}), found only {}: the {} is truncated; {}", expected, sum(),
                    before + found, stream_.ended_early() ? "gzip stream" : "file", again));
        }
        std::array<std::uint8_t, 1> probe{};
        if (stream_.read(probe) != 0) // reading on is also what makes zlib compare the check sum
            stream_.fail(fmt::format("expected {} bytes after the header ({}), found trailing data; {}", expected,
                                     sum(), again));
        if (stream_.ended_early())
            stream_.fail(
                fmt::format("expected the check sum that ends a gzip stream, found the end of the file; {}", again));
        return all;
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

    byte_stream stream_;
    kind kind_;
    std::array<std::uint32_t, 3> extents_{};
};

image_set read_images(idx_file& file) {
    const std::vector<std::uint8_t> raw = file.read_all();
    image_set images;
    images.count = file.count();
    images.rows = file.rows();
    images.columns = file.columns();
    images.pixels.resize(raw.size());
    std::transform(raw.begin(), raw.end(), images.pixels.begin(),
                   [](std::uint8_t level) { return static_cast<float>(level) / 255.0F; });
    return images;
}

constexpr std::array<const char*, 4> names{"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                           "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

// The file of this name in the folder, gzipped or not; an empty path where there is neither.
path find_file(const path& folder, const char* name) {
    std::error_code ignored;
    for (const char* ending : {".gz", ""})
        if (path file = folder / (std::string(name) + ending); std::filesystem::exists(file, ignored)) return file;
    return {};
}

}

image_set load_idx(const path& images) {
    idx_file file(images, images_kind);
    return read_images(file);
}

image_set load_idx(const path& images, const path& labels) {
    idx_file image_file(images, images_kind);
    idx_file label_file(labels, labels_kind);
    if (label_file.count() != image_file.count()) // known from the headers alone
        label_file.fail(
            fmt::format("expected {} labels, one for each image of {}, found {}; give the two files of one set",
                        image_file.count(), image_file.name().string(), label_file.count()));
    std::vector<std::uint8_t> read = label_file.read_all();
    image_set set = read_images(image_file);
    set.labels = std::move(read);
    return set;
}

bool fashion_mnist_installed(const path& folder) {
    return std::all_of(names.begin(), names.end(), [&](const char* name) { return !find_file(folder, name).empty(); });
}

split load_fashion_mnist(const path& folder) {
    std::array<path, 4> files;
    for (std::size_t i = 0; i < names.size(); ++i) {
        files[i] = find_file(folder, names[i]);
        if (files[i].empty())
            throw error(
                fmt::format("{}: expected the file {}.gz (or without .gz), found no such file; install it with "
                            "'apt install dataset-fashion-mnist', give the folder that holds the four files, or "
                            "use the built-in data set 'shapes'",
                            folder.string(), names[i]));
    }
    split both{load_idx(files[0], files[1]), load_idx(files[2], files[3])};
    if (both.test.rows != both.train.rows || both.test.columns != both.train.columns)
        throw error(
            fmt::format("{}: expected images of {} x {}, as in {}, found {} x {}; give the four files of one set",
                        files[2].string(), both.train.rows, both.train.columns, files[0].string(), both.test.rows,
                        both.test.columns));
    return both;
}

}
