// Names as template arguments, and their hashes. Every named thing (a symbol, a parameter, an operation) is found by
// the hash of its name; nothing here knows what is named.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <hourglass/config.hpp>

HOURGLASS_BEGIN

// FNV-1a, 64 bits. Two names of one graph with the same hash are reported, never confused.
constexpr std::uint64_t hash_of(std::string_view name, std::uint64_t hash = 14695981039346656037ull) {
    for (char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    return hash;
}

// A number for a type: the hash of its name, which holds the arguments of templates too.
template <class T> constexpr std::uint64_t hash_of_type() { return hash_of(__PRETTY_FUNCTION__); }

template <std::size_t N> struct fixed_string {
    char characters[N]{};
    constexpr fixed_string(const char (&text)[N]) {
        for (std::size_t i = 0; i < N; ++i) characters[i] = text[i];
    }
    constexpr std::string_view view() const { return {characters, N - 1}; }
};

HOURGLASS_END
