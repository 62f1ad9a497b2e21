// Curves are drawn by the distance of each pixel near them to the nearest point of the curve.
#include "hourglass/io/line_plot.hpp"

#include "hourglass/io/scatter.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace hourglass::io {
namespace {

constexpr int gap = 8;
constexpr std::uint8_t page_level = 255, frame_level = 200;

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
    const std::size_t size = static_cast<std::size_t>(steps) * static_cast<std::size_t>(curves);
    if (lines.empty() || lines.size() % size != 0 || (!discs.empty() && discs.size() != lines.size()))
        throw error(fmt::format("line plot: expected series of {} x {} = {} numbers, found {}{}", steps, curves, size,
                                lines.size(), discs.empty() ? "" : fmt::format(" and {}", discs.size())));
}

// The finite values and a margin, which changes a number of any magnitude.
std::pair<double, double> edges(std::span<const float> discs, std::span<const float> lines) {
    double least = std::numeric_limits<double>::infinity(), most = -least;
    for (const auto& values : {discs, lines})
        for (const float value : values)
            if (std::isfinite(value)) {
                least = std::min(least, static_cast<double>(value));
                most = std::max(most, static_cast<double>(value));
            }
    if (!(least <= most)) least = most = 0;
    const double margin = most > least ? 0.05 * (most - least) : std::max(1.0, 0.01 * std::abs(least));
    return {least - margin, most + margin};
}

struct point {
    double x = 0, y = 0;
};

class panel {
    picture& page_;
    int left_, top_;
    const line_style& style_;
    int steps_;

public:
    panel(picture& page, int left, int top, const line_style& style, int steps)
        : page_(page), left_(left), top_(top), style_(style), steps_(steps) {
        for (int x = 0; x < style.width; ++x)
            for (int y = 0; y < style.height; ++y)
                if (x == 0 || y == 0 || x + 1 == style.width || y + 1 == style.height)
                    for (int c = 0; c < 3; ++c) at(x, y)[c] = frame_level;
    }
    // Values may lie any number of panels away; squares of what is answered are finite.
    point place(int step, double value) const {
        constexpr double far = 1e100;
        const double from_top = (style_.most - value) / (style_.most - style_.least);
        return {3 + (style_.width - 6) * static_cast<double>(step) / (steps_ - 1),
                (style_.height - 1) * std::clamp(from_top, -far, far)};
    }
    // Everything within half the thickness of the line from a to b.
    void draw(point a, point b, double thick, const std::array<std::uint8_t, 3>& colour, double opacity) {
        const double reach = thick / 2 + 1;
        if (!cut(a, b, -2 * reach, style_.height + 2 * reach)) return;
        const int first = static_cast<int>(std::floor(std::min(a.x, b.x) - reach)),
                  last = static_cast<int>(std::ceil(std::max(a.x, b.x) + reach));
        const int high = static_cast<int>(std::floor(std::min(a.y, b.y) - reach)),
                  low = static_cast<int>(std::ceil(std::max(a.y, b.y) + reach));
        const double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
        for (int y = std::max(high, 1); y <= std::min(low, style_.height - 2); ++y)
            for (int x = std::max(first, 1); x <= std::min(last, style_.width - 2); ++x) {
                const double px = x + 0.5 - a.x, py = y + 0.5 - a.y;
                const double along = length > 0 ? std::clamp((px * dx + py * dy) / length, 0.0, 1.0) : 0;
                const double distance = std::hypot(px - along * dx, py - along * dy);
                const double share = opacity * std::clamp(thick / 2 + 0.5 - distance, 0.0, 1.0);
                for (std::size_t c = 0; c < 3; ++c) {
                    std::uint8_t& level = at(x, y)[c];
                    level = static_cast<std::uint8_t>(std::lround(level + (colour[c] - level) * share));
                }
            }
    }

private:
    // Leaves of a line what lies between two heights; false where that is nothing.
    static bool cut(point& a, point& b, double top, double bottom) {
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
    std::uint8_t* at(int x, int y) {
        const auto row = static_cast<std::size_t>(top_ + y) * static_cast<std::size_t>(page_.width);
        return &page_.pixels[3 * (row + static_cast<std::size_t>(left_ + x))];
    }
};

}

picture line_plot(std::span<const float> discs, std::span<const float> lines, int steps, int curves,
                  const line_style& style) {
    check(discs, lines, steps, curves, style);
    line_style used = style;
    if (style.least == style.most) std::tie(used.least, used.most) = edges(discs, lines);
    const auto size = static_cast<std::size_t>(steps) * static_cast<std::size_t>(curves);
    const std::size_t count = lines.size() / size, across = std::min(count, static_cast<std::size_t>(used.across));
    const auto extent = [](std::size_t panels, int pixels) { // one that is too large is refused by make_picture
        return static_cast<int>(std::min<std::size_t>(gap + panels * static_cast<std::size_t>(pixels + gap), 1 << 20));
    };
    picture page =
        make_picture(extent(across, used.width), extent((count + across - 1) / across, used.height), 3, page_level);
    for (std::size_t n = 0; n < count; ++n) {
        panel here(page, gap + static_cast<int>(n % across) * (used.width + gap),
                   gap + static_cast<int>(n / across) * (used.height + gap), used, steps);
        const auto value = [&](std::span<const float> of, int step, int curve) {
            return static_cast<double>(of[n * size + static_cast<std::size_t>(step) * static_cast<std::size_t>(curves) +
                                          static_cast<std::size_t>(curve)]);
        };
        for (int curve = 0; curve < curves; ++curve) {
            const auto& colour = class_colours[static_cast<std::size_t>(curve) % class_colours.size()];
            for (int step = 0; step < steps && !discs.empty(); ++step)
                if (const double y = value(discs, step, curve); std::isfinite(y)) {
                    const point p = here.place(step, y);
                    here.draw(p, p, 2.5 * used.thick, colour, 0.4);
                }
            for (int step = 1; step < steps; ++step) {
                const double before = value(lines, step - 1, curve), after = value(lines, step, curve);
                if (std::isfinite(before) && std::isfinite(after))
                    here.draw(here.place(step - 1, before), here.place(step, after), used.thick, colour, 1);
            }
        }
    }
    return page;
}

}
