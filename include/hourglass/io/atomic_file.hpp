// Files that appear whole or not at all: written under a temporary name in the same folder, flushed to the disk, then
// renamed. Every writer under io/ goes through here; reading and file formats do not.
#pragma once

#include "hourglass/io/error.hpp"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace hourglass::io {

// Until `commit` has returned, whatever stood under the name stands there still; without it, the destructor removes the
// temporary file. A symbolic link is followed; a folder, device or pipe under the name is refused, since a rename would
// put a plain file in its place.
class atomic_file {
public:
    // Throws `error` where the folder is missing or no file may be made in it.
    explicit atomic_file(const std::filesystem::path& name);
    atomic_file(const atomic_file&) = delete;
    atomic_file& operator=(const atomic_file&) = delete;
    ~atomic_file();

    // Appends. Throws `error`, a full disk included.
    void write(std::span<const std::byte> bytes);
    void write(std::string_view text);

    // Flushes, closes and renames, once. Throws `error`, after which the old file, if any, is untouched.
    void commit();

private:
    [[noreturn]] void fail(std::string_view what, int code);
    void discard() noexcept;

    std::filesystem::path name_;
    std::filesystem::path temporary_; // empty once there is nothing left to remove
    int descriptor_ = -1;
};

// The same in one call.
void write_file(const std::filesystem::path& name, std::span<const std::byte> bytes);
void write_file(const std::filesystem::path& name, std::string_view text);

// Makes a folder and those above it; one that exists is left as it is. Throws `error`.
void make_folder(const std::filesystem::path& folder);

}
