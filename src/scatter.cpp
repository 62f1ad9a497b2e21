#include "hourglass/io/scatter.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace hourglass::io {
namespace {

using colour = std::array<std::uint8_t, 3>;
constexpr colour ink{60, 60, 60};
constexpr double narrowest_view = 1e-290;
constexpr int font_scale = 2;
constexpr int glyph_width = 4 * font_scale; // 3 columns and a space
constexpr int glyph_height = 5 * font_scale;

// 3 x 5 bits a character, rows from the top, so that ticks and the legend can be read without a font library.
constexpr std::string_view characters = "0123456789-.e+";
constexpr std::array<std::uint16_t, 14> glyphs{
    0b111101101101111, 0b010110010010111, 0b111001111100111, 0b111001111001111, 0b101101111001001,
    0b111100111001111, 0b111100111101111, 0b111001001001001, 0b111101111101111, 0b111101111001111,
    0b000000111000000, 0b000000000000010, 0b111101111100111, 0b000010111010000};

class canvas {
public:
    canvas(int width, int height) : page_(make_picture(width, height, 3, 255)) {}

    void blend(int x, int y, const colour& with, double share) {
        if (x < 0 || y < 0 || x >= page_.width || y >= page_.height || share <= 0) return;
        std::uint8_t* pixel = &page_.pixels[3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(page_.width) +
                                                 static_cast<std::size_t>(x))];
        for (std::size_t c = 0; c < 3; ++c)
            pixel[c] = static_cast<std::uint8_t>(std::lround(pixel[c] + (with[c] - pixel[c]) * std::min(share, 1.0)));
    }

    void fill(int left, int top, int right, int bottom, const colour& with) {
        for (int y = top; y < bottom; ++y)
            for (int x = left; x < right; ++x) blend(x, y, with, 1.0);
    }

    void text(int x, int y, std::string_view what) {
        for (const char c : what) {
            if (const auto at = characters.find(c); at != std::string_view::npos)
                for (int bit = 0; bit < 15; ++bit)
                    if ((static_cast<unsigned>(glyphs[at]) >> static_cast<unsigned>(14 - bit)) & 1U) {
                        const int left = x + bit % 3 * font_scale;
                        const int top = y + bit / 3 * font_scale;
                        fill(left, top, left + font_scale, top + font_scale, ink);
                    }
            x += glyph_width;
        }
    }

    // A pixel at distance d from the centre is covered by clamp(radius + 1/2 - d): exact to a few hundredths for radii
    // from about 1, and cheap.
    void disc(double x, double y, double radius, const colour& with, double opacity) {
        const int top = static_cast<int>(std::floor(y - radius - 1));
        const int left = static_cast<int>(std::floor(x - radius - 1));
        const int reach = static_cast<int>(std::ceil(2 * radius)) + 3;
        for (int row = top; row <= top + reach; ++row)
            for (int column = left; column <= left + reach; ++column) {
                const double distance = std::hypot(column + 0.5 - x, row + 0.5 - y);
                blend(column, row, with, opacity * std::clamp(radius + 0.5 - distance, 0.0, 1.0));
            }
    }

    picture take() { return std::move(page_); }

private:
    picture page_;
};

// Distance between ticks: 1, 2 or 5 times a power of ten, so that there are four to ten of them.
double tick_step(double range) {
    const double power = std::pow(10.0, std::floor(std::log10(range)));
    const double lead = range / power;
    return power * (lead < 2 ? 0.2 : lead < 5 ? 0.5 : 1.0);
}

std::array<double, 4> view_of(std::span<const float> points, const scatter_style& style) {
    if (style.view[0] != style.view[1]) return style.view;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::array<double, 4> view{infinity, -infinity, infinity, -infinity};
    for (std::size_t i = 0; i + 1 < points.size(); i += 2) {
        if (!std::isfinite(points[i]) || !std::isfinite(points[i + 1])) continue;
        for (std::size_t axis = 0; axis < 2; ++axis) {
            const double value = points[i + axis];
            view[2 * axis] = std::min(view[2 * axis], value);
            view[2 * axis + 1] = std::max(view[2 * axis + 1], value);
        }
    }
    for (std::size_t low = 0; low < 4; low += 2) {
        if (!(view[low] <= view[low + 1])) view[low] = view[low + 1] = 0; // no point at all
        // All on one line: any margin will do, as long as it changes a number of this magnitude.
        const double range = view[low + 1] - view[low];
        const double margin = range > 0 ? 0.04 * range : std::max(1.0, 0.01 * std::abs(view[low]));
        view[low] -= margin;
        view[low + 1] += margin;
    }
    return view;
}

void check(std::span<const float> points, std::span<const std::uint8_t> classes, const scatter_style& style) {
    if (points.size() % 2 != 0)
        throw error(fmt::format("scatter: expected points of 2 numbers each, found {} numbers", points.size()));
    if (!classes.empty() && classes.size() != points.size() / 2)
        throw error(fmt::format("scatter: expected {} classes, one for each point, found {}", points.size() / 2,
                                classes.size()));
    if (style.width < 200 || style.height < 200 || style.width > 8000 || style.height > 8000)
        throw error(fmt::format("scatter: expected a picture of 200 x 200 to 8000 x 8000, found {} x {}", style.width,
                                style.height));
    if (!(style.radius >= 0.5 && style.radius <= 50) || !(style.opacity > 0 && style.opacity <= 1))
        throw error(
            fmt::format("scatter: expected a radius in 0.5..50 and an opacity above 0, at most 1, found {} and {}",
                        style.radius, style.opacity));
    const auto& v = style.view;
    const bool finite = std::all_of(v.begin(), v.end(), [](double bound) { return std::isfinite(bound); });
    // Ticks of a narrower view are closer than the numbers that there are.
    const bool wide = v[1] - v[0] >= narrowest_view && v[3] - v[2] >= narrowest_view;
    if (!finite || std::isinf(v[1] - v[0]) || std::isinf(v[3] - v[2]) || (v[0] != v[1] && !wide))
        throw error(
            fmt::format("scatter: expected a finite view with left < right and bottom < top (left = right: chosen "
                        "from the points), found {}, {}, {}, {}",
                        v[0], v[1], v[2], v[3]));
}

}

picture scatter(std::span<const float> points, std::span<const std::uint8_t> classes, const scatter_style& style) {
    check(points, classes, style);
    const auto view = view_of(points, style);
    std::array<bool, class_colours.size()> present{};
    for (const std::uint8_t c : classes) present[c % present.size()] = true;

    const int left = 72;
    const int top = 16;
    const int right = style.width - (classes.empty() ? 16 : 52);
    const int bottom = style.height - 36;
    const double scale_x = (right - left) / (view[1] - view[0]);
    const double scale_y = (bottom - top) / (view[3] - view[2]);
    canvas page(style.width, style.height);

    for (std::size_t i = 0; i + 1 < points.size(); i += 2) {
        const double x = left + (points[i] - view[0]) * scale_x;
        const double y = bottom - (points[i + 1] - view[2]) * scale_y;
        if (!(x >= left && x <= right && y >= top && y <= bottom)) continue; // NaN too
        const std::size_t which = classes.empty() ? 0 : classes[i / 2] % class_colours.size();
        page.disc(x, y, style.radius, class_colours[which], style.opacity);
    }

    page.fill(left - 1, top - 1, right + 1, top, ink);
    page.fill(left - 1, bottom, right + 1, bottom + 1, ink);
    page.fill(left - 1, top - 1, left, bottom + 1, ink);
    page.fill(right, top - 1, right + 1, bottom + 1, ink);
    const auto ticks = [](double low, double high, auto&& draw) {
        const double step = tick_step(high - low);
        const double first = std::ceil(low / step);
        for (int i = 0; i <= 10; ++i) {
            const double value = (first + i) * step;
            if (value > high) break;
            draw(value, first + i == 0 ? std::string("0") : fmt::format("{:.4g}", value));
        }
    };
    ticks(view[0], view[1], [&](double value, const std::string& label) {
        const int x = static_cast<int>(std::lround(left + (value - view[0]) * scale_x));
        page.fill(x, bottom + 1, x + 1, bottom + 7, ink);
        page.text(x - static_cast<int>(label.size()) * glyph_width / 2, bottom + 12, label);
    });
    ticks(view[2], view[3], [&](double value, const std::string& label) {
        const int y = static_cast<int>(std::lround(bottom - (value - view[2]) * scale_y));
        page.fill(left - 7, y, left - 1, y + 1, ink);
        page.text(left - 10 - static_cast<int>(label.size()) * glyph_width, y - glyph_height / 2, label);
    });

    int line = top + 8;
    for (std::size_t c = 0; c < present.size(); ++c) {
        if (!present[c]) continue;
        page.disc(right + 16, line + glyph_height / 2.0, 6, class_colours[c], 1.0);
        page.text(right + 30, line, fmt::format("{}", c));
        line += 22;
    }
    return page.take();
}

}
