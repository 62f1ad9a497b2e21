// Many symbols in one line, where their names in C++ are their names in the model:
//
//     HOURGLASS_SYMBOLS(h, mu, logvar, z);              // at namespace scope: inline constexpr hg::symbol<"h"> h; ...
//     HOURGLASS_LOCAL_SYMBOLS(h, mu, logvar, z);        // the same in a function
//
// Up to 256 names. A symbol whose names differ is declared by hand: inline constexpr hg::symbol<"kl"> divergence;
#pragma once

#include <hourglass/expr/symbols.hpp>

// A macro is not expanded inside its own expansion: HOURGLASS_AGAIN is put off until the scan after the present one,
// and HOURGLASS_EXPAND scans its argument 4^4 + ... times (the C preprocessor's usual loop over __VA_OPT__).
#define HOURGLASS_PARENTHESES ()
#define HOURGLASS_EXPAND(...)                                                                                          \
    HOURGLASS_EXPAND_64(HOURGLASS_EXPAND_64(HOURGLASS_EXPAND_64(HOURGLASS_EXPAND_64(__VA_ARGS__))))
#define HOURGLASS_EXPAND_64(...)                                                                                       \
    HOURGLASS_EXPAND_16(HOURGLASS_EXPAND_16(HOURGLASS_EXPAND_16(HOURGLASS_EXPAND_16(__VA_ARGS__))))
#define HOURGLASS_EXPAND_16(...)                                                                                       \
    HOURGLASS_EXPAND_4(HOURGLASS_EXPAND_4(HOURGLASS_EXPAND_4(HOURGLASS_EXPAND_4(__VA_ARGS__))))
#define HOURGLASS_EXPAND_4(...)                                                                                        \
    HOURGLASS_EXPAND_1(HOURGLASS_EXPAND_1(HOURGLASS_EXPAND_1(HOURGLASS_EXPAND_1(__VA_ARGS__))))
#define HOURGLASS_EXPAND_1(...) __VA_ARGS__
#define HOURGLASS_EACH(what, first, ...)                                                                               \
    what(first) __VA_OPT__(HOURGLASS_AGAIN HOURGLASS_PARENTHESES(what, __VA_ARGS__))
#define HOURGLASS_AGAIN() HOURGLASS_EACH

// The declarations end in one that takes the user's semicolon.
#define HOURGLASS_SYMBOL(name) inline constexpr ::hourglass::symbol<#name> name;
#define HOURGLASS_LOCAL_SYMBOL(name) [[maybe_unused]] constexpr ::hourglass::symbol<#name> name;
#define HOURGLASS_SYMBOLS(...) HOURGLASS_EXPAND(HOURGLASS_EACH(HOURGLASS_SYMBOL, __VA_ARGS__)) static_assert(true)
#define HOURGLASS_LOCAL_SYMBOLS(...)                                                                                   \
    HOURGLASS_EXPAND(HOURGLASS_EACH(HOURGLASS_LOCAL_SYMBOL, __VA_ARGS__)) static_assert(true)
