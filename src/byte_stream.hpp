// The bytes of a plain file, inflated where it is gzipped. What they mean is the business of idx.cpp, csv_fields.cpp
// and npy.cpp. For src/ only.
#pragma once

#include "hourglass/data/error.hpp"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <zlib.h>

namespace hourglass::data {

// The stream is inflated by hand, not by gzread, so that a truncated file, a wrong check sum and bytes after the end
// are told apart.
class byte_stream {
public:
    // Refuses what is no plain file before it opens it: to open a pipe waits for a writer, and a device may act.
    // `expected` is what messages call the file that should be there: "an IDX file".
    byte_stream(const std::filesystem::path& file, std::string_view expected);
    byte_stream(const byte_stream&) = delete;
    byte_stream& operator=(const byte_stream&) = delete;
    ~byte_stream();

    const std::filesystem::path& name() const { return path_; }
    bool gzipped() const { return gzipped_; }
    std::span<const std::uint8_t> raw_start() const { // valid until the first read
        return std::span<const std::uint8_t>(input_).first(size_);
    }

    // No more than so many bytes can come of the file as it is on the disk.
    std::uint64_t most() const;

    // Fills as much of `to` as there is; fewer bytes only at the end, which `ended_early` tells from a gzip stream cut
    // short.
    std::size_t read(std::span<std::uint8_t> to) { return gzipped_ ? read_inflated(to) : read_plain(to); }
    bool ended_early() const { return ended_early_; }

    [[noreturn]] void fail(std::string_view what) const;

private:
    struct close_file {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    void open(std::string_view expected);
    void refill();
    std::size_t read_plain(std::span<std::uint8_t> to);
    std::size_t read_inflated(std::span<std::uint8_t> to);
    void next_member();

    std::filesystem::path path_;
    std::unique_ptr<std::FILE, close_file> file_;
    std::vector<std::uint8_t> input_ = std::vector<std::uint8_t>(1 << 16); // not on the stack, which may be small
    std::uint64_t on_disk_ = 0;
    std::size_t position_ = 0;
    std::size_t size_ = 0;
    bool gzipped_ = false;
    bool ended_ = false;
    bool ended_early_ = false;
    z_stream inflater_{};
};

}
