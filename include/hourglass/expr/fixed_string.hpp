// Names as template arguments, and their hashes. Every named thing (a symbol, a parameter, an operation) is found by
// the hash of its name. Nothing here knows what the names stand for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <hourglass/config.hpp>

HOURGLASS_BEGIN

/// Returns the 64-bit FNV-1a hash of `name`, continued from `hash`. Two names in one graph with equal hashes are
/// reported, never confused.
constexpr std::uint64_t hash_of(std::string_view name, std::uint64_t hash = 14695981039346656037ull) {
    for (char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    return hash;
}

/// Returns a number that identifies a type: the hash of its name, template arguments included.
template <class T> constexpr std::uint64_t hash_of_type() { return hash_of(__PRETTY_FUNCTION__); }

/// A string as a template argument: `symbol<"x">`.
template <std::size_t N> struct fixed_string {
    char characters[N]{};
    constexpr fixed_string(const char (&text)[N]) {
        for (std::size_t i = 0; i < N; ++i) characters[i] = text[i];
    }
    constexpr std::string_view view() const { return {characters, N - 1}; }
};

HOURGLASS_END
