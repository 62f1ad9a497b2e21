#include "canvas.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <stb/stb_easy_font.h>

namespace hourglass::io {
namespace {

constexpr int font_scale = 2; // the font is 7 pixels high

// Text for the font: printable ASCII, zero-terminated. A multi-byte character becomes one question mark.
std::vector<char> printable(std::string_view what) {
    std::vector<char> text;
    for (const char c : what) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 && byte < 0xc0) continue; // a continuation byte
        text.push_back(byte >= 0x80 ? '?' : byte < 32 || byte == 127 ? ' ' : c);
    }
    text.push_back('\0');
    return text;
}

// Clips a line to the part between two heights; returns false if nothing remains.
bool cut(point& a, point& b, double top, double bottom) {
    if (std::max(a.y, b.y) < top || std::min(a.y, b.y) > bottom) return false;
    const point from = a, step{b.x - a.x, b.y - a.y};
    const auto move = [&](point& p) {
        const double y = std::clamp(p.y, top, bottom);
        if (y != p.y) p = {from.x + step.x * ((y - from.y) / step.y), y};
    };
    move(a);
    move(b);
    return true;
}

// Distance between ticks: 1, 2 or 5 times a power of ten, for four to ten ticks.
double tick_step(double extent) {
    const double power = std::pow(10.0, std::floor(std::log10(extent)));
    const double lead = extent / power;
    return power * (lead < 2 ? 0.2 : lead < 5 ? 0.5 : 1.0);
}

struct tick {
    double value;
    std::string label;
};
std::vector<tick> ticks_of(const range& of, ticks where) {
    double step = tick_step(of.most - of.least);
    if (where == ticks::whole_numbers) step = std::max(1.0, std::ceil(step));
    // Enough digits to distinguish neighbouring ticks.
    const double largest = std::max(std::abs(of.least), std::abs(of.most));
    const int digits = std::clamp(static_cast<int>(std::ceil(std::log10(largest / step))) + 1, 4, 17);
    const double first = std::ceil(of.least / step);
    std::vector<tick> found;
    for (int i = 0; i <= 10 && (first + i) * step <= of.most; ++i)
        found.push_back({(first + i) * step,
                         first + i == 0 ? std::string("0") : fmt::format("{:.{}g}", (first + i) * step, digits)});
    return found;
}
// For a decimal logarithm: powers of ten and, if these are few, two and five times them.
std::vector<tick> powers_in(const range& of) {
    const double extent = of.most - of.least;
    const int step = std::max(1, static_cast<int>(std::ceil(extent / 8)));
    std::vector<tick> found;
    for (double power = std::floor(of.least / step) * step; power <= of.most; power += step)
        for (const int times : {1, 2, 5}) {
            const double place = power + std::log10(times);
            if ((times == 1 || extent < 3) && place >= of.least && place <= of.most)
                found.push_back({place, fmt::format("{:.6g}", times * std::pow(10.0, power))});
        }
    if (found.size() > 1) return found;
    found = ticks_of(of, ticks::anywhere);
    for (tick& t : found) t.label = fmt::format("{:.4g}", std::pow(10.0, t.value));
    return found;
}

}

void canvas::blend(int x, int y, const colour& with, double share) {
    if (x < 0 || y < 0 || x >= page_.width || y >= page_.height || share <= 0) return;
    const auto channels = static_cast<std::size_t>(page_.channels);
    const auto at = static_cast<std::size_t>(y) * static_cast<std::size_t>(page_.width) + static_cast<std::size_t>(x);
    for (std::size_t c = 0; c < channels; ++c) {
        std::uint8_t& level = page_.pixels[channels * at + c];
        level = static_cast<std::uint8_t>(std::lround(level + (with[c] - level) * std::min(share, 1.0)));
    }
}

void canvas::fill(const box& where, const colour& with) {
    for (int y = std::max(where.top, 0); y < std::min(where.bottom, page_.height); ++y)
        for (int x = std::max(where.left, 0); x < std::min(where.right, page_.width); ++x) blend(x, y, with, 1);
}

void canvas::frame(const box& where, const colour& with) {
    fill({where.left, where.top, where.right, where.top + 1}, with);
    fill({where.left, where.bottom - 1, where.right, where.bottom}, with);
    fill({where.left, where.top, where.left + 1, where.bottom}, with);
    fill({where.right - 1, where.top, where.right, where.bottom}, with);
}

// A pixel at distance d is covered by clamp(thick / 2 + 1/2 - d): cheap, and exact to a few hundredths from a thickness
// of about 2.
void canvas::stroke(point a, point b, double thick, const colour& with, double opacity, const box& within) {
    const double reach = thick / 2 + 1;
    if (!cut(a, b, within.top - 2 * reach, within.bottom + 2 * reach)) return;
    const int left = static_cast<int>(std::floor(std::max<double>(std::min(a.x, b.x) - reach, within.left)));
    const int right = static_cast<int>(std::ceil(std::min<double>(std::max(a.x, b.x) + reach, within.right - 1)));
    const int top = static_cast<int>(std::floor(std::max<double>(std::min(a.y, b.y) - reach, within.top)));
    const int bottom = static_cast<int>(std::ceil(std::min<double>(std::max(a.y, b.y) + reach, within.bottom - 1)));
    const double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
    for (int y = top; y <= bottom; ++y)
        for (int x = left; x <= right; ++x) {
            const double px = x + 0.5 - a.x, py = y + 0.5 - a.y;
            const double along = length > 0 ? std::clamp((px * dx + py * dy) / length, 0.0, 1.0) : 0;
            const double distance = std::hypot(px - along * dx, py - along * dy);
            blend(x, y, with, opacity * std::clamp(thick / 2 + 0.5 - distance, 0.0, 1.0));
        }
}

void canvas::text(int x, int y, std::string_view what, const colour& with) {
    constexpr std::size_t narrowest = 3 * font_scale; // width of a character in pixels
    const std::size_t visible = static_cast<std::size_t>(page_.width) / narrowest + 1;
    std::vector<char> line = printable(what.substr(0, 4 * visible)); // a character may have four bytes
    struct corner {
        float x, y, z;
        unsigned char colour[4];
    };
    std::vector<corner> corners(line.size() * 4 * 32); // no character has so many strokes
    const int bytes = static_cast<int>(corners.size() * sizeof(corner));
    const int strokes = stb_easy_font_print(0, 0, line.data(), nullptr, corners.data(), bytes);
    for (std::size_t n = 0; n < static_cast<std::size_t>(strokes); ++n) {
        const corner &first = corners[4 * n], &opposite = corners[4 * n + 2];
        const auto pixel = [](int from, float at) { return from + font_scale * static_cast<int>(at); };
        fill({pixel(x, first.x), pixel(y, first.y), pixel(x, opposite.x), pixel(y, opposite.y)}, with);
    }
}

int text_width(std::string_view what) { return font_scale * stb_easy_font_width(printable(what).data()); }

void range_of_values::add(double value) {
    constexpr double far = 1e300; // keeps differences finite
    if (!std::isfinite(value)) return;
    value = std::clamp(value, -far, far);
    least_ = any_ ? std::min(least_, value) : value;
    most_ = any_ ? std::max(most_, value) : value;
    any_ = true;
}

range range_of_values::with_margin(double share) const {
    constexpr double narrowest = 1e-290; // below this there are no ticks
    const double margin =
        most_ - least_ > narrowest ? share * (most_ - least_) : std::max(1.0, 0.01 * std::abs(least_));
    return {least_ - margin, most_ + margin};
}

box inside_of_axes(const box& outside, const range& y) {
    int widest = 0;
    for (const tick& t : ticks_of(y, ticks::anywhere)) widest = std::max(widest, text_width(t.label));
    return {outside.left + std::max(72, widest + 12), outside.top + 16, outside.right - 16, outside.bottom - 36};
}

void draw_axes(canvas& on, const box& inside, const range& x, const range& y, ticks of_x) {
    on.frame({inside.left - 1, inside.top - 1, inside.right + 1, inside.bottom + 1}, ink);
    for (const tick& t : of_x == ticks::powers_of_ten ? powers_in(x) : ticks_of(x, of_x)) {
        const int at = static_cast<int>(std::lround(x.place(t.value, inside.left, inside.right)));
        on.fill({at, inside.bottom + 1, at + 1, inside.bottom + 7}, ink);
        on.text(at - text_width(t.label) / 2, inside.bottom + 12, t.label);
    }
    for (const tick& t : ticks_of(y, ticks::anywhere)) {
        const int at = static_cast<int>(std::lround(y.place(t.value, inside.bottom, inside.top)));
        on.fill({inside.left - 7, at, inside.left - 1, at + 1}, ink);
        on.text(inside.left - 10 - text_width(t.label), at - text_height / 2, t.label);
    }
}

}
