// The JSON header of a safetensors file: what it says of each tensor, checked as far as the header alone can tell.
// Files and values are the business of safetensors.cpp.
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
    unsigned bits; // of one element
};

// What the header says of one tensor.
struct header_entry {
    std::string name;
    std::vector<std::int64_t> shape;
    const element_format* type = nullptr;
    std::uint64_t begin = 0, end = 0; // of its bytes, after the header
};

struct safetensors_header {
    std::deque<header_entry> entries; // in the order of their bytes, without holes; freed from the front piece by piece
    std::map<std::string, std::string> metadata;
};

// The number of values of a shape; nothing where it passes what 63 bits hold.
std::optional<std::uint64_t> volume(std::span<const std::int64_t> shape);

// Text of a file as messages quote it: at most its first 80 bytes, never cut within a character, with control
// characters as \x1b.
std::string excerpt(std::string_view text);

// Parses the header of a file with `data` bytes behind it. Throws `error` with the words of read_safetensors, without
// the file's name. The text is freed before anything is checked, since a long one is most of a file.
safetensors_header parse_header(std::string text, std::uint64_t data);

}
