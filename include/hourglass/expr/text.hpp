// Sentences composed in constant expressions, for compile errors about a model. ir/diagnostic.hpp brings them to the
// screen.
#pragma once

#include <cstddef>
#include <string_view>

#include <hourglass/expr/shape.hpp>

HOURGLASS_BEGIN

/// A string of at most 400 characters that can be composed in constant expressions. Characters past that are dropped.
struct text {
    static constexpr int capacity = 400;
    char characters[capacity]{};
    int length = 0;

    constexpr text() = default;
    constexpr explicit text(std::string_view start) { add(start); }
    constexpr bool empty() const { return length == 0; }
    constexpr std::string_view view() const { return {characters, static_cast<std::size_t>(length)}; }

    /// Appends a string, a number, a shape or another text; returns this text.
    constexpr text& add(std::string_view piece) {
        for (char c : piece)
            if (length < capacity) characters[length++] = c;
        return *this;
    }
    constexpr text& add(const char* piece) { return add(std::string_view(piece)); }
    constexpr text& add(long number) {
        if (number < 0) {
            add("-");
            number = -number;
        }
        if (number > 9) add(number / 10);
        if (length < capacity) characters[length++] = static_cast<char>('0' + number % 10);
        return *this;
    }
    constexpr text& add(int number) { return add(static_cast<long>(number)); }
    /// Appends at most six decimals, without trailing zeros; meant for numbers that a user writes, such as defaults.
    constexpr text& add(double number) {
        if (number != number) return add("nan");
        if (number < 0) {
            add("-");
            number = -number;
        }
        if (number >= 1e15) return add("a number above 1e15");
        if (number != 0 && number < 1e-3) {
            int exponent = 0;
            for (; number < 1 && exponent < 400; ++exponent) number *= 10;
            return add(static_cast<double>(static_cast<long>(number * 1e3 + 0.5)) / 1e3).add("e-").add(exponent);
        }
        long whole = static_cast<long>(number),
             millionths = static_cast<long>((number - static_cast<double>(whole)) * 1e6 + 0.5);
        if (millionths == 1000000) {
            ++whole;
            millionths = 0;
        }
        add(whole);
        if (millionths == 0) return *this;
        add(".");
        for (long place = 100000; millionths > 0; place /= 10) {
            add(millionths / place);
            millionths %= place;
        }
        return *this;
    }
    constexpr text& add(const text& other) { return add(other.view()); }
    constexpr text& add(const shape& s) {
        if (s.rank < 0) return add("[").add(-s.rank).add(" axes]");
        add("[");
        for (int i = 0; i < s.rank; ++i) {
            if (i > 0) add(", ");
            add(s[i]);
        }
        return add("]");
    }
    /// Appends the name in single quotes.
    constexpr text& quote(std::string_view name) { return add("'").add(name).add("'"); }
};

/// Returns the pieces (strings, numbers, shapes, texts), concatenated.
template <class... Pieces> constexpr text sentence(const Pieces&... pieces) {
    text result;
    (result.add(pieces), ...);
    return result;
}

/// Returns why no value can have this shape, as the end of a sentence; empty if one can.
constexpr text misshapen(const shape& s) {
    if (s.rank < 0) return sentence("has ", -s.rank, " axes, but a value has at most ", max_rank);
    for (int i = 0; i < s.rank; ++i)
        if (s[i] < 1) return sentence("has the shape ", s, ", but every extent is at least 1");
    return {};
}

HOURGLASS_END
