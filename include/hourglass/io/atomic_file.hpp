// Files that appear completely or not at all: written under a temporary name in the same folder, flushed to disk, then
// renamed. All writers in io/ use this. Knows no file formats.
#pragma once

#include "hourglass/io/error.hpp"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace hourglass::io {

/// A file that replaces an existing one only when `commit` has returned; without `commit` the destructor removes the
/// temporary file. A symbolic link is followed. A folder, device or pipe under the name is refused, since a rename
/// would put a plain file in its place.
class atomic_file {
public:
    /// Throws `error` if the folder is missing or no file can be created in it.
    explicit atomic_file(const std::filesystem::path& name);
    atomic_file(const atomic_file&) = delete;
    atomic_file& operator=(const atomic_file&) = delete;
    /// Removes the temporary file unless it was committed.
    ~atomic_file();

    /// Appends. Throws `error`, also for a full disk.
    void write(std::span<const std::byte> bytes);
    /// Appends text. Throws `error`, also for a full disk.
    void write(std::string_view text);

    /// Flushes, closes and renames; call it once. Throws `error`, and then an existing file is untouched.
    void commit();

private:
    [[noreturn]] void fail(std::string_view what, int code);
    void discard() noexcept;

    std::filesystem::path name_;
    std::filesystem::path temporary_; // empty when nothing is left to remove
    int descriptor_ = -1;
};

/// Writes a whole file atomically. Throws `error`.
void write_file(const std::filesystem::path& name, std::span<const std::byte> bytes);
/// Writes a whole file of text atomically. Throws `error`.
void write_file(const std::filesystem::path& name, std::string_view text);

/// Creates a folder and its parents; existing ones are left as they are. Throws `error`.
void make_folder(const std::filesystem::path& folder);

}
