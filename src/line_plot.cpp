#include "hourglass/io/line_plot.hpp"

#include "canvas.hpp"
#include "hourglass/io/scatter.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace hourglass::io {
namespace {

constexpr int gap = 8;
constexpr std::uint8_t page_level = 255;

void check(std::span<const float> discs, std::span<const float> lines, int steps, int curves, const line_style& style) {
    if (steps < 2 || curves < 1)
        throw error(fmt::format("line plot: expected at least 2 steps of 1 curve, found {} and {}", steps, curves));
    const auto fits = [](int pixels) { return pixels >= 40 && pixels <= 4000; };
    if (style.across < 1 || !fits(style.width) || !fits(style.height) || !(style.thick >= 0.5 && style.thick <= 20) ||
        !(style.least <= style.most) || !std::isfinite(style.most - style.least))
        throw error(
            fmt::format("line plot: expected across >= 1, panels of 40 to 4000 pixels, curves 0.5 to 20 thick and "
                        "finite least <= most, found across {}, {} x {}, {} thick, {} to {}",
                        style.across, style.width, style.height, style.thick, style.least, style.most));
    if (!style.names.empty() && style.names.size() != static_cast<std::size_t>(curves))
        throw error(
            fmt::format("line plot: expected names of {} curves or none, found {}", curves, style.names.size()));
    const std::size_t size = static_cast<std::size_t>(steps) * static_cast<std::size_t>(curves);
    if (lines.empty() || lines.size() % size != 0 || (!discs.empty() && discs.size() != lines.size()))
        throw error(fmt::format("line plot: expected series of {} x {} = {} numbers, found {}{}", steps, curves, size,
                                lines.size(), discs.empty() ? "" : fmt::format(" and {}", discs.size())));
}

range bounds(std::span<const float> discs, std::span<const float> lines, const line_style& style) {
    if (style.least != style.most) return {style.least, style.most};
    range_of_values values;
    for (const auto& some : {discs, lines})
        for (const float value : some) values.add(static_cast<double>(value));
    return values.with_margin(0.05);
}

class panel {
public:
    panel(canvas& on, const box& outline, const range& values, int steps, double thick)
        : on_(on), outline_(outline), values_(values), steps_(steps), thick_(thick) {
        on.frame(outline, pale_ink);
    }
    void disc(int step, double value, const colour& with) {
        const point at = place(step, value);
        on_.stroke(at, at, 2.5 * thick_, with, 0.4, inside());
    }
    void line(int step, double before, double after, const colour& with) {
        on_.stroke(place(step - 1, before), place(step, after), thick_, with, 1, inside());
    }

private:
    box inside() const { return {outline_.left + 1, outline_.top + 1, outline_.right - 1, outline_.bottom - 1}; }
    // Values may be any number of panels away; the squares of the result must stay finite.
    point place(int step, double value) const {
        constexpr double far = 1e100;
        const range steps{0, static_cast<double>(steps_ - 1)};
        return {steps.place(step, outline_.left + 3, outline_.right - 3),
                std::clamp(values_.place(value, outline_.bottom - 1, outline_.top), -far, far)};
    }

    canvas& on_;
    box outline_;
    range values_;
    int steps_;
    double thick_;
};

// Draws the title and the curves' names in their colours; returns the width.
int draw_heading(canvas& on, const line_style& style) {
    on.text(gap, gap, style.title);
    int x = gap + (style.title.empty() ? 0 : text_width(style.title) + line_height);
    for (std::size_t curve = 0; curve < style.names.size(); ++curve) {
        const colour& with = class_colours[curve % class_colours.size()];
        on.fill({x, gap, x + text_height, gap + text_height}, with);
        on.text(x + text_height + gap, gap, style.names[curve]);
        x += text_height + 3 * gap + text_width(style.names[curve]);
    }
    return x;
}
int heading_width(const line_style& style) {
    constexpr int most = 4096; // anything longer is cut off
    picture nothing = make_picture(1, 1, 3);
    canvas on(nothing);
    return std::min(draw_heading(on, style), most);
}

}

picture line_plot(std::span<const float> discs, std::span<const float> lines, int steps, int curves,
                  const line_style& style) {
    check(discs, lines, steps, curves, style);
    const range values = bounds(discs, lines, style);
    const auto size = static_cast<std::size_t>(steps) * static_cast<std::size_t>(curves);
    const std::size_t count = lines.size() / size, across = std::min(count, static_cast<std::size_t>(style.across));
    const int heading = style.title.empty() && style.names.empty() ? 0 : line_height;
    const auto extent = [](std::size_t panels, int pixels) { // make_picture refuses a picture that is too large
        return static_cast<int>(std::min<std::size_t>(gap + panels * static_cast<std::size_t>(pixels + gap), 1 << 20));
    };
    picture page = make_picture(std::max(extent(across, style.width), heading > 0 ? heading_width(style) : 0),
                                heading + extent((count + across - 1) / across, style.height), 3, page_level);
    canvas on(page);
    draw_heading(on, style);
    for (std::size_t n = 0; n < count; ++n) {
        const int left = gap + static_cast<int>(n % across) * (style.width + gap);
        const int top = heading + gap + static_cast<int>(n / across) * (style.height + gap);
        panel here(on, {left, top, left + style.width, top + style.height}, values, steps, style.thick);
        const auto value = [&](std::span<const float> of, int step, int curve) {
            return static_cast<double>(of[n * size + static_cast<std::size_t>(step) * static_cast<std::size_t>(curves) +
                                          static_cast<std::size_t>(curve)]);
        };
        for (int curve = 0; curve < curves; ++curve) {
            const colour& ink_of_curve = class_colours[static_cast<std::size_t>(curve) % class_colours.size()];
            for (int step = 0; step < steps && !discs.empty(); ++step)
                if (const double y = value(discs, step, curve); std::isfinite(y)) here.disc(step, y, ink_of_curve);
            for (int step = 1; step < steps; ++step) {
                const double before = value(lines, step - 1, curve), after = value(lines, step, curve);
                if (std::isfinite(before) && std::isfinite(after)) here.line(step, before, after, ink_of_curve);
            }
        }
    }
    return page;
}

}
