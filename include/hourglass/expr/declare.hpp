// Declares many symbols in one line when their C++ names are their names in the model:
//
//     HOURGLASS_SYMBOLS(h, mu, logvar, z);              // at namespace scope: inline constexpr hg::symbol<"h"> h; ...
//     HOURGLASS_LOCAL_SYMBOLS(h, mu, logvar, z);        // the same in a function
//
// Takes up to 256 names. If the two names differ, declare the symbol by hand:
// `inline constexpr hg::symbol<"kl"> divergence;`
#pragma once

#include <hourglass/expr/symbols.hpp>

// A macro is not expanded inside its own expansion. So `HOURGLASS_AGAIN` is deferred to the next scan, and
// `HOURGLASS_EXPAND` scans its argument 4^4 + ... times (the usual preprocessor loop over `__VA_OPT__`).
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

// The trailing `static_assert` takes the user's semicolon.
#define HOURGLASS_SYMBOL(name) inline constexpr ::hourglass::symbol<#name> name;
#define HOURGLASS_LOCAL_SYMBOL(name) [[maybe_unused]] constexpr ::hourglass::symbol<#name> name;
/// Declares a symbol for each name, at namespace scope: `inline constexpr hg::symbol<"h"> h;` and so on. At most 256
/// names.
#define HOURGLASS_SYMBOLS(...) HOURGLASS_EXPAND(HOURGLASS_EACH(HOURGLASS_SYMBOL, __VA_ARGS__)) static_assert(true)
/// Does the same as `HOURGLASS_SYMBOLS` inside a function.
#define HOURGLASS_LOCAL_SYMBOLS(...)                                                                                   \
    HOURGLASS_EXPAND(HOURGLASS_EACH(HOURGLASS_LOCAL_SYMBOL, __VA_ARGS__)) static_assert(true)
