// The bytes of a plain file, inflated if it is gzipped. idx.cpp, csv_fields.cpp and npy.cpp interpret them. Internal to
// src/.
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

// Inflates the stream itself rather than by gzread, to distinguish a truncated file, a wrong checksum and trailing
// bytes.
class byte_stream {
public:
    // Rejects anything but a plain file before opening it: opening a pipe waits for a writer, and a device may act.
    // Messages call the expected file `expected`: "an IDX file".
    byte_stream(const std::filesystem::path& file, std::string_view expected);
    byte_stream(const byte_stream&) = delete;
    byte_stream& operator=(const byte_stream&) = delete;
    ~byte_stream();

    const std::filesystem::path& name() const { return path_; }
    bool gzipped() const { return gzipped_; }
    std::span<const std::uint8_t> raw_start() const { // valid until the first read
        return std::span<const std::uint8_t>(input_).first(size_);
    }

    // An upper bound on the bytes that the file on disk can yield.
    std::uint64_t most() const;

    // Fills `to` as far as possible. Returns fewer bytes only at the end; `ended_early` then reports a truncated gzip
    // stream.
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
