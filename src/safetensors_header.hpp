// The JSON header of a safetensors file: its tensors, checked as far as the header permits. safetensors.cpp handles
// files and values.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hourglass::io {

inline constexpr const char* metadata_key = "__metadata__";

// An element type of the format.
struct element_format {
    std::string_view name;
    unsigned bits; // per element
};

// The header's entry for one tensor.
struct header_entry {
    std::string name;
    std::vector<std::int64_t> shape;
    const element_format* type = nullptr;
    std::uint64_t begin = 0, end = 0; // of its bytes, after the header
};

struct safetensors_header {
    std::deque<header_entry> entries; // in byte order, without holes; freed from the front, piece by piece
    std::map<std::string, std::string> metadata;
};

// The number of values of a shape; empty if it exceeds 63 bits.
std::optional<std::uint64_t> volume(std::span<const std::int64_t> shape);

// A file's text as quoted by messages: at most its first 80 bytes, not cut within a character, with control characters
// as \x1b.
std::string excerpt(std::string_view text);

// Parses the header of a file that has `data` bytes after it. Throws `error` with the messages of read_safetensors,
// without the file's name. Frees the text before checking anything, since a long header is most of a file.
safetensors_header parse_header(std::string text, std::uint64_t data);

}
