// Sentences composed in constant expressions: what a compile error says of a model. How a sentence reaches the screen is
// in graph/diagnostic.hpp.
#pragma once

#include <cstddef>
#include <string_view>

#include <hourglass/expr/shape.hpp>

HOURGLASS_BEGIN

struct text {
    static constexpr int capacity = 400;
    char characters[capacity]{};
    int length = 0;

    constexpr bool empty() const { return length == 0; }
    constexpr std::string_view view() const { return {characters, static_cast<std::size_t>(length)}; }

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
    constexpr text& add(const shape& s) {
        add("[");
        for (int i = 0; i < s.rank; ++i) {
            if (i > 0) add(", ");
            add(s[i]);
        }
        return add("]");
    }
    // 'name' in quotes
    constexpr text& quote(std::string_view name) { return add("'").add(name).add("'"); }
};

template <class... Pieces> constexpr text sentence(const Pieces&... pieces) {
    text result;
    (result.add(pieces), ...);
    return result;
}

HOURGLASS_END
