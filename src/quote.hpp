// Quotes parts of files and options in messages: short, and in characters that a terminal prints. Internal to src/.
#pragma once

#include <concepts>
#include <filesystem>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace hourglass {

inline constexpr std::size_t most_quoted = 240; // bytes; longer texts keep their beginning and end

inline std::string shown(std::string_view text, std::size_t most = most_quoted) {
    const auto inside = [&](std::size_t at) { // avoids cutting a UTF-8 character
        return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80;
    };
    std::string result;
    const auto append = [&](std::string_view part) {
        for (const char c : part)
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
                result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
            else
                result += c;
    };
    if (text.size() <= most) {
        append(text);
        return result;
    }
    std::size_t first = most / 2, last = text.size() - most / 2;
    for (int n = 0; n < 3 && inside(first); ++n) --first;
    for (int n = 0; n < 3 && inside(last); ++n) ++last;
    append(text.substr(0, first));
    result += fmt::format("... ({} bytes) ...", text.size());
    append(text.substr(last));
    return result;
}

// "a, b, c", for messages.
inline std::string joined(const auto& values) {
    std::string text;
    for (const auto& value : values) text += fmt::format("{}{}", text.empty() ? "" : ", ", value);
    return text;
}

inline std::string shown(const std::same_as<std::filesystem::path> auto& file) {
    return shown(std::string_view(file.native()));
}

}
