#include "byte_stream.hpp"

#include "quote.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

// zlib's manual: a byte of a deflated stream expands to at most 1032.
constexpr std::uint64_t most_inflated = 1032;

const char* kind_of(mode_t mode) {
    return S_ISDIR(mode) ? "a folder" : S_ISFIFO(mode) ? "a pipe" : S_ISSOCK(mode) ? "a socket" : "a device";
}

}

byte_stream::byte_stream(const std::filesystem::path& file, std::string_view expected) : path_(file) {
    open(expected);
    refill();
    gzipped_ = size_ >= 2 && input_[0] == 0x1f && input_[1] == 0x8b;
    if (gzipped_ && inflateInit2(&inflater_, 15 + 16) != Z_OK) fail("zlib has no memory to inflate it");
}

byte_stream::~byte_stream() {
    if (gzipped_) inflateEnd(&inflater_);
}

void byte_stream::open(std::string_view expected) {
    const auto check = [&](const struct stat& status) {
        if (S_ISREG(status.st_mode)) return;
        fail(fmt::format("expected {}, found {}; give the path of a {}file", expected, kind_of(status.st_mode),
                         S_ISDIR(status.st_mode) ? "" : "plain "));
    };
    struct stat status {};
    if (::stat(path_.c_str(), &status) == 0) check(status);
    const int descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor >= 0) file_.reset(::fdopen(descriptor, "rb"));
    if (!file_) {
        const int fault = errno;
        if (descriptor >= 0) ::close(descriptor);
        fail(fmt::format("expected {}, but it cannot be opened: {}; check the path and its permissions", expected,
                         std::strerror(fault)));
    }
    if (::fstat(descriptor, &status) != 0)
        fail(fmt::format("cannot be read: {}; check the disk it lies on", std::strerror(errno)));
    check(status); // another file may have taken its name
    on_disk_ = static_cast<std::uint64_t>(status.st_size);
}

std::uint64_t byte_stream::most() const { return gzipped_ ? on_disk_ * most_inflated : on_disk_; }

void byte_stream::fail(std::string_view what) const { throw error(fmt::format("{}: {}", shown(path_), what)); }

void byte_stream::refill() {
    errno = 0;
    position_ = 0;
    size_ = std::fread(input_.data(), 1, input_.size(), file_.get());
    if (size_ == 0 && std::ferror(file_.get()))
        fail(fmt::format("cannot be read: {}; check the disk it lies on", std::strerror(errno)));
}

std::size_t byte_stream::read_plain(std::span<std::uint8_t> to) {
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

std::size_t byte_stream::read_inflated(std::span<std::uint8_t> to) {
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
            fail(fmt::format("expected an intact gzip stream, found it corrupt: {}; fetch or install the file again",
                             inflater_.msg ? inflater_.msg : "zlib gives no reason"));
    }
    return done;
}

// A gzip file may consist of several consecutive streams.
void byte_stream::next_member() {
    if (position_ == size_) refill();
    if (size_ == 0)
        ended_ = true;
    else if (input_[position_] == 0x1f)
        inflateReset(&inflater_);
    else
        fail("expected nothing after the end of the gzip stream, found trailing data; fetch or install the file "
             "again");
}

}
