#include "hourglass/io/atomic_file.hpp"

#include "quote.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace hourglass::io {
namespace {

using std::filesystem::path;

// Distinct for all files that this process is writing.
int next_number() {
    static std::atomic<int> number{0};
    return number++;
}

}

atomic_file::atomic_file(const path& name) : name_(name) {
    std::error_code code;
    if (name.filename().empty()) fail("expected the name of a file, found that of a folder", 0);
    if (std::filesystem::is_symlink(name, code)) {
        name_ = std::filesystem::weakly_canonical(name, code);
        if (code) fail("the symbolic link cannot be followed", code.value());
    }
    const auto status = std::filesystem::status(name_, code);
    if (std::filesystem::is_directory(status)) fail("expected the name of a file, found a folder", 0);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        fail("expected a plain file or none, found a device, pipe or socket; give another name", 0);

    path folder = name_.parent_path();
    if (folder.empty()) folder = ".";
    if (!std::filesystem::is_directory(folder, code))
        fail(fmt::format("expected the folder {} to exist; make it first", shown(folder)), 0);
    // A taken name is a leftover of a killed process with the same number.
    for (int attempt = 0; descriptor_ < 0 && attempt < 100; ++attempt) {
        path candidate = folder / fmt::format(".{}.{}-{}.tmp", name_.filename().string(), ::getpid(), next_number());
        descriptor_ = ::open(candidate.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor_ >= 0)
            temporary_ = std::move(candidate);
        else if (errno != EEXIST && errno != EINTR)
            break;
    }
    if (descriptor_ < 0) fail("no file can be made in its folder", errno);
    struct stat old {}; // keep the permissions of the replaced file; failing that, those of a new file will do
    if (::stat(name_.c_str(), &old) == 0 && ::fchmod(descriptor_, old.st_mode & 07777U) != 0) errno = 0;
}

atomic_file::~atomic_file() { discard(); }

void atomic_file::write(std::span<const std::byte> bytes) {
    if (descriptor_ < 0) fail("cannot be written to after commit or an error", 0);
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written >= 0)
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            fail("cannot be written", errno);
    }
}

void atomic_file::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

void atomic_file::commit() {
    if (descriptor_ < 0) fail("cannot be committed twice or after an error", 0);
    // Without this a power cut after the rename could leave an empty file under the final name. File systems without
    // this operation report EINVAL.
    while (::fsync(descriptor_) != 0)
        if (errno == EINVAL || errno == ENOTSUP)
            break;
        else if (errno != EINTR)
            fail("cannot be flushed to the disk", errno);
    if (::close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR) fail("cannot be closed", errno);
    if (::rename(temporary_.c_str(), name_.c_str()) != 0) fail("the finished file cannot be put under its name", errno);
    temporary_.clear();
}

void atomic_file::fail(std::string_view what, int code) {
    discard();
    throw error(code == 0 ? fmt::format("{}: {}", shown(name_), what)
                          : fmt::format("{}: {}: {}; what was there before is unchanged", shown(name_), what,
                                        std::strerror(code)));
}

void atomic_file::discard() noexcept {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    temporary_.clear();
}

void write_file(const path& name, std::span<const std::byte> bytes) {
    atomic_file file(name);
    file.write(bytes);
    file.commit();
}

void write_file(const path& name, std::string_view text) { write_file(name, std::as_bytes(std::span(text))); }

void make_folder(const path& folder) {
    if (folder.empty()) throw error("expected the name of a folder, found an empty one; give one");
    std::error_code code, ignored;
    std::filesystem::create_directories(folder, code);
    if (!std::filesystem::is_directory(folder, ignored))
        throw error(fmt::format("{}: the folder cannot be made: {}; choose another or see to its permissions",
                                shown(folder), code ? code.message() : "something else has this name"));
}

}
