#include "hourglass/io/histogram.hpp"

#include "canvas.hpp"
#include "hourglass/io/scatter.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace hourglass::io {
namespace {

constexpr double opacity = 0.55;

void check(std::span<const double> values, std::span<const std::uint8_t> classes, const histogram_style& style) {
    if (!classes.empty() && classes.size() != values.size())
        throw error(
            fmt::format("histogram: expected {} classes, one for each value, found {}", values.size(), classes.size()));
    const auto fits = [](int pixels) { return pixels >= 200 && pixels <= 8000; };
    if (!fits(style.width) || !fits(style.height) || style.bins < 2 || style.bins > 1000)
        throw error(fmt::format("histogram: expected a picture of 200 x 200 to 8000 x 8000 with 2 to 1000 bins, found "
                                "{} x {} with {}",
                                style.width, style.height, style.bins));
    if (style.mark && (!std::isfinite(style.mark->at) || (style.logarithmic && style.mark->at <= 0)))
        throw error(fmt::format("histogram: expected a mark at a finite number{}, found {}",
                                style.logarithmic ? " above 0" : "", style.mark->at));
}

// A value's position on the axis, or NaN if it has none.
double place_of(double value, const histogram_style& style) { return style.logarithmic ? std::log10(value) : value; }

// Fractions of the class by bin.
using bars = std::map<std::uint8_t, std::vector<double>>;
bars bars_of(std::span<const double> values, std::span<const std::uint8_t> classes, const histogram_style& style,
             const range& across) {
    bars all;
    std::map<std::uint8_t, double> counts;
    for (std::size_t n = 0; n < values.size(); ++n) {
        const double place = place_of(values[n], style);
        if (!std::isfinite(place)) continue;
        const std::uint8_t of = classes.empty() ? std::uint8_t{0} : classes[n];
        auto& heights = all.try_emplace(of, static_cast<std::size_t>(style.bins)).first->second;
        const auto bin = static_cast<int>(across.place(place, 0, style.bins));
        ++heights[static_cast<std::size_t>(std::clamp(bin, 0, style.bins - 1))];
        ++counts[of];
    }
    for (auto& [of, heights] : all)
        for (double& height : heights) height /= counts[of];
    return all;
}

void draw_bars(canvas& on, const bars& all, const box& inside, int bins, const range& up) {
    for (const auto& [of, heights] : all)
        for (int bin = 0; bin < bins; ++bin) {
            const auto edge = [&](int n) { return inside.left + inside.width() * n / bins; };
            const int top = static_cast<int>(
                std::lround(up.place(heights[static_cast<std::size_t>(bin)], inside.bottom, inside.top)));
            for (int y = top; y < inside.bottom; ++y)
                for (int x = edge(bin); x < edge(bin + 1); ++x)
                    on.blend(x, y, class_colours[of % class_colours.size()], opacity);
        }
}

void draw_legend(canvas& on, const bars& all, const histogram_style& style, const box& inside) {
    int y = inside.top + 8;
    for (const auto& [of, heights] : all) {
        const std::string name = of < style.names.size() ? style.names[of] : fmt::format("{}", of);
        const int left = std::max(inside.left + 8, inside.right - 12 - text_width(name));
        if (all.size() == 1 && style.names.empty()) return;
        on.text(left, y, name);
        on.fill({left - 8 - text_height, y, left - 8, y + text_height}, class_colours[of % class_colours.size()]);
        y += line_height;
    }
}

void draw_mark(canvas& on, const histogram_mark& mark, double place, const range& across, const box& inside) {
    const int x = static_cast<int>(std::lround(across.place(place, inside.left, inside.right)));
    on.fill({x - 1, inside.top, x + 1, inside.bottom}, ink);
    const int width = text_width(mark.name);
    const bool is_right = x + 8 + width > inside.right - 8; // then there is only room on the left
    on.text(is_right ? x - 8 - width : x + 8, inside.bottom / 2, mark.name);
}

}

picture histogram(std::span<const double> values, std::span<const std::uint8_t> classes, const histogram_style& style) {
    check(values, classes, style);
    range_of_values places, heights;
    for (const double value : values) places.add(place_of(value, style));
    if (style.mark) places.add(place_of(style.mark->at, style));
    const range across = places.with_margin(0.02);
    const bars all = bars_of(values, classes, style, across);
    heights.add(0);
    for (const auto& [of, shares] : all) heights.add(1.05 * *std::ranges::max_element(shares));
    const range up = all.empty() ? range{0, 1} : heights.with_margin(0);

    picture page = make_picture(style.width, style.height, 3, 255);
    canvas on(page);
    const int heading = style.title.empty() ? 0 : line_height;
    const box inside = inside_of_axes({0, heading, style.width, style.height}, up);
    on.text(inside.left, 16, style.title);
    draw_bars(on, all, inside, style.bins, up);
    if (style.mark) draw_mark(on, *style.mark, place_of(style.mark->at, style), across, inside);
    draw_axes(on, inside, across, up, style.logarithmic ? ticks::powers_of_ten : ticks::anywhere);
    draw_legend(on, all, style, inside);
    return page;
}

}
