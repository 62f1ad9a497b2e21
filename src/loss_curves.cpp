#include "hourglass/io/loss_curves.hpp"

#include "canvas.hpp"
#include "hourglass/io/scatter.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace hourglass::io {
namespace {

constexpr int across = 2, panel_width = 480, panel_height = 300, margin = 16, heading = margin + 2 * line_height;
constexpr std::size_t most_terms = 24; // among more, a reader does not find the one of interest

struct part {
    const char* name;
    std::vector<metric> epoch_metrics::*of;
};
constexpr std::array<part, 3> parts{
    {{"training", &epoch_metrics::train}, {"validation", &epoch_metrics::validation}, {"test", &epoch_metrics::test}}};

const metric* find(const std::vector<metric>& metrics, const std::string& name) {
    const auto at = std::find_if(metrics.begin(), metrics.end(), [&](const metric& m) { return m.name == name; });
    return at == metrics.end() ? nullptr : &*at;
}

// The terms in order of first occurrence.
std::vector<std::string> terms_of(const run_record& record) {
    std::vector<std::string> names;
    for (const epoch_metrics& epoch : record.epochs)
        for (const part& p : parts)
            for (const metric& m : epoch.*(p.of))
                if (std::find(names.begin(), names.end(), m.name) == names.end()) names.push_back(m.name);
    return names;
}

bool has(const run_record& record, const part& p) {
    return std::any_of(record.epochs.begin(), record.epochs.end(),
                       [&](const epoch_metrics& epoch) { return !(epoch.*(p.of)).empty(); });
}

void draw_legend(canvas& on, const run_record& record, std::size_t left_out) {
    std::string title =
        fmt::format("{}, {} epoch{}", record.model, record.epochs.size(), record.epochs.size() == 1 ? "" : "s");
    if (left_out > 0) title += fmt::format(", {} more terms", left_out);
    on.text(margin, margin, title);
    int x = margin;
    const int y = margin + line_height;
    for (std::size_t n = 0; n < parts.size(); ++n)
        if (has(record, parts[n])) {
            on.fill({x, y + 5, x + 24, y + 8}, class_colours[n]);
            on.text(x + 32, y, parts[n].name);
            x += 32 + text_width(parts[n].name) + line_height;
        }
}

void draw_term(canvas& on, const box& panel, const run_record& record, const std::string& term) {
    range_of_values values, epochs;
    for (const epoch_metrics& epoch : record.epochs) {
        epochs.add(epoch.epoch);
        for (const part& p : parts)
            if (const metric* found = find(epoch.*(p.of), term)) values.add(found->value);
    }
    const range x = epochs.with_margin(0.03), y = values.with_margin(0.05);
    const box inside = inside_of_axes({panel.left, panel.top + line_height - 16, panel.right, panel.bottom}, y);
    on.text(inside.left, panel.top, term);
    draw_axes(on, inside, x, y, ticks::whole_numbers);
    const auto place = [&](int epoch, double value) {
        return point{x.place(epoch, inside.left, inside.right), y.place(value, inside.bottom, inside.top)};
    };
    for (std::size_t n = 0; n < parts.size(); ++n) {
        std::optional<point> before;
        for (const epoch_metrics& epoch : record.epochs) {
            const metric* found = find(epoch.*(parts[n].of), term);
            if (found == nullptr) continue;
            const point here = place(epoch.epoch, found->value);
            on.stroke(before.value_or(here), here, before ? 2 : 4, class_colours[n], 1, inside);
            before = here;
            if (epoch.epoch == record.best_epoch && found->value == record.best_loss) {
                on.stroke(here, here, 11, class_colours[n], 1, inside);
                on.stroke(here, here, 6, {255, 255, 255}, 1, inside);
            }
        }
    }
}

}

picture loss_curves(const run_record& record) {
    std::vector<std::string> terms = terms_of(record);
    const std::size_t left_out = terms.size() > most_terms ? terms.size() - most_terms : 0;
    terms.resize(terms.size() - left_out);
    const int columns = std::clamp(static_cast<int>(terms.size()), 1, across);
    const int rows = std::max(1, (static_cast<int>(terms.size()) + across - 1) / across);
    picture page =
        make_picture(margin + columns * (panel_width + margin), heading + rows * (panel_height + margin), 3, 255);
    canvas on(page);
    if (record.epochs.empty()) {
        on.text(margin, margin, record.model + ": no epoch is complete yet");
        return page;
    }
    draw_legend(on, record, left_out);
    for (std::size_t n = 0; n < terms.size(); ++n) {
        const int left = margin + static_cast<int>(n) % across * (panel_width + margin);
        const int top = heading + static_cast<int>(n) / across * (panel_height + margin);
        draw_term(on, {left, top, left + panel_width, top + panel_height}, record, terms[n]);
    }
    return page;
}

}
