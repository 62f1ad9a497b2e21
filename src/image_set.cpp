#include "hourglass/data/image_set.hpp"

#include <cstddef>

#include <fmt/format.h>

namespace hourglass::data {

void hold_out(split& images, int count) {
    image_set &train = images.train, &held = images.validation;
    if (count < 1 || count >= train.count)
        throw error(fmt::format("validation: expected to hold out 1 to {} of {} training images, found {}",
                                train.count - 1, train.count, count));
    const auto kept = static_cast<std::size_t>(train.count - count);
    const auto pixels = static_cast<std::ptrdiff_t>(kept * static_cast<std::size_t>(train.features()));
    held = {
        {train.pixels.begin() + pixels, train.pixels.end()}, {}, count, train.rows, train.columns, train.class_names};
    train.pixels.resize(static_cast<std::size_t>(pixels));
    if (!train.labels.empty()) {
        held.labels.assign(train.labels.begin() + static_cast<std::ptrdiff_t>(kept), train.labels.end());
        train.labels.resize(kept);
    }
    train.count -= count;
}

}
