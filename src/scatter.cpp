#include "hourglass/io/scatter.hpp"

#include "canvas.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>

namespace hourglass::io {
namespace {

constexpr double narrowest_view = 1e-290;

std::array<range, 2> view_of(std::span<const float> points, const scatter_style& style) {
    const auto& v = style.view;
    if (v[0] != v[1]) return {range{v[0], v[1]}, range{v[2], v[3]}};
    std::array<range_of_values, 2> values;
    for (std::size_t i = 0; i + 1 < points.size(); i += 2) {
        if (!std::isfinite(points[i]) || !std::isfinite(points[i + 1])) continue;
        for (std::size_t axis = 0; axis < 2; ++axis) values[axis].add(static_cast<double>(points[i + axis]));
    }
    return {values[0].with_margin(0.04), values[1].with_margin(0.04)};
}

// An unnamed class is called by its number.
std::string name_of(std::size_t number, const scatter_style& style) {
    return number < style.names.size() ? style.names[number] : fmt::format("{}", number);
}

// The text next to each colour. Classes with the same colour share a line.
using legend = std::map<std::size_t, std::string>;
legend legend_of(std::span<const std::uint8_t> classes, const scatter_style& style) {
    legend lines;
    for (const std::size_t number : std::set<std::size_t>(classes.begin(), classes.end())) {
        std::string& line = lines[number % class_colours.size()];
        line += (line.empty() ? "" : ", ") + name_of(number, style);
    }
    return lines;
}
// At most a third of the picture: longer names are cut off.
int width_of(const legend& lines, const scatter_style& style) {
    int widest = 0;
    for (const auto& [which, line] : lines) widest = std::max(widest, text_width(line));
    return lines.empty() ? 0 : std::min(widest + 30, style.width / 3);
}
void draw(canvas& on, const legend& lines, int left, int top) {
    for (const auto& [which, line] : lines) {
        const point centre{left + 8.0, top + text_height / 2.0};
        on.stroke(centre, centre, 12, class_colours[which], 1, extent_of(on.page()));
        on.text(left + 22, top, line);
        top += line_height - 2;
    }
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
    // Ticks of a narrower view would be closer than neighbouring numbers.
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
    const auto [across, up] = view_of(points, style);
    const legend lines = legend_of(classes, style);
    const int heading = style.title.empty() ? 0 : line_height;
    const box inside = inside_of_axes({0, heading, style.width - width_of(lines, style), style.height}, up);

    picture page = make_picture(style.width, style.height, 3, 255);
    canvas on(page);
    on.text(inside.left, 16, style.title);
    for (std::size_t i = 0; i + 1 < points.size(); i += 2) {
        const point at{across.place(points[i], inside.left, inside.right),
                       up.place(points[i + 1], inside.bottom, inside.top)};
        // Also excludes NaN.
        if (!(at.x >= inside.left && at.x <= inside.right && at.y >= inside.top && at.y <= inside.bottom)) continue;
        const std::size_t which = classes.empty() ? 0 : classes[i / 2] % class_colours.size();
        on.stroke(at, at, 2 * style.radius, class_colours[which], style.opacity, extent_of(page));
    }
    draw_axes(on, inside, across, up);
    draw(on, lines, inside.right + 8, inside.top + 8);
    return page;
}

}
