// The training loop of training.hpp for models of images, as every example uses it: data::split has the images, and the
// model is a handful of functions from images to numbers.
#pragma once

#include "hourglass/data/image_set.hpp"
#include "hourglass/io/training.hpp"

#include <filesystem>
#include <functional>
#include <span>

namespace hourglass::io {

struct image_task : training_hooks {
    image_task() { unit = "images"; }

    // One training step on options.batch images, or what is left of an epoch: count x features, row-major. Answers the
    // means over these images, from before the update.
    std::function<metrics(std::span<const float> images)> step;

    // The same terms, as means over all images of a set: the test images and, where there are some, those for
    // validation.
    std::function<metrics(const data::image_set& images)> evaluate;

    // Writes pictures of what the model does with test images into a folder; called before the training and after each
    // epoch.
    std::function<void(const data::image_set& test, const std::filesystem::path& folder)> draw;
};

// Trains as training.hpp has it. Throws data::error besides, for sets that are empty, of another size than they say, or
// hold numbers that are not finite.
training_result train(const training_options& options, const data::split& images, const image_task& what);

// The first images of a set, at most so many, count x features.
std::span<const float> first_images(const data::image_set& set, int most);

}
