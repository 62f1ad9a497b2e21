#include "hourglass/io/image_grid.hpp"

#include "canvas.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace hourglass::io {
namespace {

using image_series = std::span<const std::span<const float>>;

struct grey_scale {
    double zero;  // the value of black
    double range; // from black to white

    std::uint8_t operator()(double value) const {
        const double level = (value - zero) / range;
        if (!(level > 0)) return 0; // also for NaN
        return level >= 1 ? 255 : static_cast<std::uint8_t>(std::lround(level * 255.0));
    }
};

grey_scale scale_for(image_series series, const grid_style& style) {
    if (style.scale == scaling::unit) return {0.0, 1.0};
    float limit = style.limit;
    if (limit == 0)
        for (const auto& images : series)
            for (const float value : images)
                if (std::isfinite(value)) limit = std::max(limit, std::abs(value));
    if (limit == 0) limit = 1; // all zero: mid-grey
    return {-double{limit}, 2 * double{limit}};
}

int images_in(image_series series, int rows, int columns, const grid_style& style) {
    if (rows < 1 || columns < 1 || rows > 4096 || columns > 4096)
        throw error(fmt::format("image grid: expected images of 1 x 1 to 4096 x 4096, found {} x {}", rows, columns));
    if (style.across < 0 || style.zoom < 0 || style.zoom > 64 || style.gap < 0 || style.group_gap < 0 ||
        style.gap > 1000 || style.group_gap > 1000 || !(style.limit >= 0) || std::isinf(style.limit))
        throw error(
            fmt::format("image grid: expected across >= 0, zoom in 0..64, gaps in 0..1000 and a finite limit >= 0, "
                        "found across {}, zoom {}, gaps {} and {}, limit {}",
                        style.across, style.zoom, style.gap, style.group_gap, style.limit));
    const std::size_t size = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
    if (series.empty() || series.front().empty()) throw error("image grid: expected at least 1 image, found none");
    for (std::size_t i = 0; i < series.size(); ++i) {
        if (series[i].size() % size != 0)
            throw error(fmt::format("image grid: expected whole images of {} x {} = {} numbers, found {} numbers", rows,
                                    columns, size, series[i].size()));
        if (series[i].size() != series.front().size())
            throw error(fmt::format("image grid: expected {} images in series {}, as in series 0, found {}",
                                    series.front().size() / size, i, series[i].size() / size));
    }
    const std::size_t count = series.front().size() / size;
    if (count > 1'000'000) throw error(fmt::format("image grid: expected at most 1000000 images, found {}", count));
    return static_cast<int>(count);
}

// Positions of images along one axis: `groups` groups of `inner` images of `extent` pixels, with gaps between and
// around.
struct axis {
    std::int64_t groups, inner, extent, gap, group_gap;

    std::int64_t group_extent() const { return inner * extent + (inner - 1) * gap; }
    std::int64_t margin() const { return inner > 1 ? group_gap : gap; }
    std::int64_t total() const { return groups * (group_extent() + margin()) + margin(); }
    std::int64_t at(std::int64_t group, std::int64_t image) const {
        return margin() + group * (group_extent() + margin()) + image * (extent + gap);
    }
};

picture lay_out(image_series series, int rows, int columns, const grid_style& style) {
    const int count = images_in(series, rows, columns, style);
    const int members = static_cast<int>(series.size());
    const bool above = style.placed == arrangement::above;
    const int high = above ? members : 1;
    const int wide = above ? 1 : members;

    int across = style.across;
    if (across == 0) { // a square picture: across * wide * columns is about down * high * rows
        const double ratio = static_cast<double>(high) * rows / (static_cast<double>(wide) * columns);
        across = static_cast<int>(std::ceil(std::sqrt(count * ratio)));
    }
    across = std::clamp(across, 1, count);
    const int down = (count + across - 1) / across;

    int zoom = style.zoom;
    if (zoom == 0) {
        const std::int64_t longer = std::max(std::int64_t{across} * wide * columns, std::int64_t{down} * high * rows);
        zoom = static_cast<int>(std::clamp<std::int64_t>(1000 / longer, 1, 8));
    }
    const axis x{across, wide, std::int64_t{columns} * zoom, style.gap, style.group_gap};
    const axis y{down, high, std::int64_t{rows} * zoom, style.gap, style.group_gap};
    const int heading = style.title.empty() ? 0 : line_height;
    constexpr std::int64_t most = 1 << 20; // make_picture refuses more with a message, provided that it fits an int
    const std::int64_t title = style.title.empty() ? 0 : text_width(style.title) + 2 * x.margin();
    picture page = make_picture(static_cast<int>(std::min(std::max(x.total(), title), most)),
                                static_cast<int>(std::min(heading + y.total(), most)), 1, style.separator);
    const colour light{230, 230, 230};
    canvas(page).text(static_cast<int>(x.margin()), (line_height - text_height) / 2 + 1, style.title,
                      style.separator < 128 ? light : ink);

    const grey_scale grey = scale_for(series, style);
    const std::size_t size = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
    for (int n = 0; n < count; ++n)
        for (int member = 0; member < members; ++member) {
            const auto image =
                series[static_cast<std::size_t>(member)].subspan(static_cast<std::size_t>(n) * size, size);
            const std::int64_t left = x.at(n % across, above ? 0 : member);
            const std::int64_t top = heading + y.at(n / across, above ? member : 0);
            for (std::int64_t row = 0; row < y.extent; ++row)
                for (std::int64_t column = 0; column < x.extent; ++column)
                    page.pixels[static_cast<std::size_t>((top + row) * page.width + left + column)] =
                        grey(image[static_cast<std::size_t>((row / zoom) * columns + column / zoom)]);
        }
    return page;
}

}

picture image_grid(std::span<const float> images, int rows, int columns, const grid_style& style) {
    return lay_out(image_series(&images, 1), rows, columns, style);
}

picture comparison_grid(std::initializer_list<std::span<const float>> series, int rows, int columns,
                        const grid_style& style) {
    return lay_out(image_series(series.begin(), series.size()), rows, columns, style);
}

picture comparison_grid(image_series series, int rows, int columns, const grid_style& style) {
    return lay_out(series, rows, columns, style);
}

}
