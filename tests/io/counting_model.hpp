// What the tests of the training loop share: data of one pixel, a model that counts, and a run that a signal stops.
#pragma once

#include <hourglass/io/image_training.hpp>
#include <hourglass/io/interrupt.hpp>

#include "support/folder.hpp"

#include <csignal>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace hourglass_test {

namespace io = hourglass::io;
namespace data = hourglass::data;

inline data::split ten_images() {
    data::split all;
    all.train = {{}, {}, 10, 1, 1};
    for (int n = 0; n < 10; ++n) all.train.pixels.push_back(static_cast<float>(n));
    all.test = {{5, 5, 5, 9}, {}, 4, 1, 1};
    return all;
}

struct counting_model {
    int steps = 0, drawn = 0;
    std::map<float, int> seen;
    std::vector<std::size_t> batches;
    io::image_task task;

    counting_model() {
        task.model = "counting";
        task.step = [this](std::span<const float> batch) -> io::metrics {
            ++steps;
            batches.push_back(batch.size());
            for (const float x : batch) ++seen[x];
            return {{"loss", io::mean(batch)}, {"size", static_cast<double>(batch.size())}};
        };
        task.evaluate = [](const data::image_set& set) -> io::metrics {
            return {{"loss", io::mean(set.pixels)}, {"size", 1.0}};
        };
        task.draw = [this](const data::image_set& test, const std::filesystem::path& folder) {
            ++drawn;
            put(folder / "picture", std::to_string(test.count));
        };
        task.weights = [this] {
            return std::vector<io::tensor_record>{{"steps", {1}, std::vector<float>{static_cast<float>(steps)}}};
        };
    }
};

inline float saved_steps(const std::filesystem::path& folder) {
    return io::read_safetensors(folder / "weights.safetensors").find("steps")->f32()[0];
}

// Trains the model until a signal comes in front of a step.
inline void stop_before_step(counting_model& model, int number, const io::training_options& options,
                             const data::split& images) {
    const auto step = model.task.step;
    model.task.step = [&, step](std::span<const float> batch) {
        if (model.steps == number - 1) std::raise(SIGINT);
        return step(batch);
    };
    const io::interrupt_guard guard;
    io::train(options, images, model.task);
    CHECK(io::interrupting_signal() == SIGINT);
    CHECK(model.steps == number);
}

}
