// What a program throws if it is made or called with a wrong number. Mistakes in a model are compile errors instead.
#pragma once

#include <concepts>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

#include <hourglass/config.hpp>

HOURGLASS_BEGIN

// A piece of a message: a string, which must live until the message is made, or a whole number.
class message_part {
    std::string_view text_{};
    unsigned long long magnitude_ = 0;
    enum class part { text, number, negative_number } is_ = part::text;

public:
    template <std::convertible_to<std::string_view> Text> message_part(const Text& text) : text_(text) {}
    template <std::integral Number> message_part(Number number)
        : magnitude_(number < 0 ? -static_cast<unsigned long long>(number) : static_cast<unsigned long long>(number)),
          is_(number < 0 ? part::negative_number : part::number) {}

    // Concatenates the parts. Compiled only once, whereas each operator+ would be compiled in its place.
    HOURGLASS_COLD static std::string join(std::initializer_list<message_part> parts) {
        std::string message;
        for (const message_part& p : parts) {
            if (p.is_ == part::negative_number) message += '-';
            message += p.text_;
            if (p.is_ != part::text) message += std::to_string(p.magnitude_);
        }
        return message;
    }
};

/// Thrown if a program is made or called with a wrong number of rows, elements or threads. The message names the symbol
/// and the numbers.
class call_error : public std::invalid_argument {
public:
    using std::invalid_argument::invalid_argument;
    HOURGLASS_COLD explicit call_error(std::initializer_list<message_part> message)
        : std::invalid_argument(message_part::join(message)) {}
};

HOURGLASS_END
