// The picture of a run's losses: where the curves lie, in which colours, and records that are unusual.
#include <hourglass/io/loss_curves.hpp>
#include <hourglass/io/scatter.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace io = hourglass::io;

namespace {

using colour = std::array<std::uint8_t, 3>;

colour colour_at(const io::picture& p, int x, int y) {
    const auto at = 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(p.width) + static_cast<std::size_t>(x));
    return {p.pixels[at], p.pixels[at + 1], p.pixels[at + 2]};
}

// The heights at which a column has a colour, below the legend.
std::vector<int> heights(const io::picture& p, int x, const colour& of) {
    std::vector<int> found;
    for (int y = 64; y < p.height; ++y)
        if (colour_at(p, x, y) == of) found.push_back(y);
    return found;
}
bool has(const io::picture& p, const colour& of) {
    for (int y = 0; y < p.height; ++y)
        for (int x = 0; x < p.width; ++x)
            if (colour_at(p, x, y) == of) return true;
    return false;
}

io::run_record falling(int epochs, bool validates) {
    io::run_record record{.model = "model"};
    for (int n = 1; n <= epochs; ++n) {
        record.epochs.push_back({n, {{"loss", 1.0 / n}}, {{"loss", 1.0 / n + 0.5}}, 1});
        if (validates) record.epochs.back().validation = {{"loss", 1.0 / n + 1}};
    }
    return record;
}

}

TEST_CASE("each part of the data has a curve of its own; a higher loss lies higher") {
    const io::picture p = io::loss_curves(falling(20, true));
    const int middle = p.width / 2;
    std::array<int, 3> at{};
    for (std::size_t part = 0; part < 3; ++part) {
        const auto found = heights(p, middle, io::class_colours[part]);
        REQUIRE(!found.empty());
        at[part] = found.front();
        CHECK(found.back() - found.front() <= 4); // one curve
        const auto earlier = heights(p, middle / 2, io::class_colours[part]);
        REQUIRE(!earlier.empty());
        CHECK(earlier.front() < found.front()); // it falls
    }
    CHECK(at[0] > at[2]);
    CHECK(at[2] > at[1]);
    CHECK(has(p, io::class_colours[1]));
    CHECK(!has(io::loss_curves(falling(20, false)), io::class_colours[1]));
}

TEST_CASE("a panel for each term; the best epoch of the loss has a ring") {
    io::run_record record = falling(3, false);
    const io::picture one = io::loss_curves(record);
    for (io::epoch_metrics& epoch : record.epochs) epoch.train.push_back({"kl", 2});
    const io::picture two = io::loss_curves(record);
    CHECK(two.height == one.height);
    CHECK(two.width > 1.9 * one.width);
    for (io::epoch_metrics& epoch : record.epochs) epoch.train.push_back({"reconstruction", 2});
    const io::picture three = io::loss_curves(record);
    CHECK(three.width == two.width);
    CHECK(three.height > 1.7 * two.height);
    record.best_epoch = 3;
    record.best_loss = record.epochs[2].test[0].value;
    CHECK(io::loss_curves(record).pixels != three.pixels);
}

TEST_CASE("no epoch, one epoch, losses of any magnitude, and names in any language are drawn") {
    CHECK(io::loss_curves({.model = "model"}).height > 50);
    CHECK(has(io::loss_curves(falling(1, false)), io::class_colours[0]));
    constexpr double most = std::numeric_limits<double>::max(), tiny = std::numeric_limits<double>::denorm_min();
    for (const auto& [first, second] :
         {std::pair{most, -most}, {tiny, 0.0}, {1e15, 0.1}, {0.0, 0.0}, {-1e300, 1e300}}) {
        io::run_record record{.model = "модель \x01\x7f~"};
        record.epochs = {{1, {{"потеря", first}}, {}, 1}, {2, {{"потеря", second}}, {}, 1}};
        CHECK(has(io::loss_curves(record), io::class_colours[0]));
    }
}

TEST_CASE("of many terms the first are drawn") {
    io::run_record record = falling(1, false);
    for (int n = 0; n < 400; ++n) record.epochs[0].train.push_back({"term " + std::to_string(n), 1});
    CHECK(io::loss_curves(record).height < 5000);
}

TEST_CASE("numbers beside an axis are whole, however long they are") {
    // Nothing is drawn at the left edge of the picture, nor between two panels.
    for (const auto& [low, high] :
         {std::pair{1.2e-5, 3.9e-5}, {-1.29e5, -1.25e5}, {-1e300, 1e300}, {1e17, 1e17 + 64}}) {
        io::run_record record{.model = "m"};
        record.epochs = {{1, {{"a", low}, {"b", low}}, {}, 1}, {2, {{"a", high}, {"b", high}}, {}, 1}};
        const io::picture p = io::loss_curves(record);
        for (const int x : {15, 16 + 480 + 8})
            for (int y = 64; y < p.height; ++y) CHECK(colour_at(p, x, y) == colour{255, 255, 255});
    }
}
