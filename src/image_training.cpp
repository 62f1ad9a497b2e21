#include "hourglass/io/image_training.hpp"

#include "hourglass/data/batches.hpp"
#include "hourglass/data/finite.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace hourglass::io {

training_result train(const training_options& options, const data::split& images, const image_task& what) {
    data::check_images(images.train, "training");
    data::check_images(images.test, "test");
    const bool validates = images.validation.count > 0;
    if (validates) data::check_images(images.validation, "validation");

    data::row_buffer<float> rows(std::min(options.batch, images.train.count), images.train.features());
    std::span<const float> batch;
    training_task task{what};
    task.examples = images.train.count;
    task.step = [&](std::span<const int> chosen) {
        batch = rows.gather(images.train.pixels, chosen);
        return what.step(batch);
    };
    if (validates) task.validate = [&] { return what.evaluate(images.validation); };
    task.test = [&] { return what.evaluate(images.test); };
    task.draw = [&](const std::filesystem::path& folder) { what.draw(images.test, folder); };
    task.latest_batch = [&] {
        float largest = 0;
        for (const float x : batch) largest = std::max(largest, std::abs(x));
        return fmt::format("whose magnitudes go up to {:g} in these images", largest);
    };
    return train(options, task);
}

std::span<const float> first_images(const data::image_set& set, int most) {
    const auto count = static_cast<std::size_t>(std::min(most, set.count));
    return std::span(set.pixels).first(count * static_cast<std::size_t>(set.features()));
}

}
