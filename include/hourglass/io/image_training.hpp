// The training loop of training.hpp for models of images, as the examples use it: the images come as a data::split, and
// the model as a few functions from images to numbers.
#pragma once

#include "hourglass/data/image_set.hpp"
#include "hourglass/io/training.hpp"

#include <filesystem>
#include <functional>
#include <span>

namespace hourglass::io {

/// A model of images, as functions that the training loop calls.
struct image_task : training_hooks {
    /// Sets the unit to "images".
    image_task() { unit = "images"; }

    /// Runs one training step on options.batch images, or on the rest of an epoch: count x features, row-major. Returns
    /// means over these images, from before the update.
    std::function<metrics(std::span<const float> images)> step;

    /// Returns the same terms as means over all images of a set: the test images and, if any, the validation images.
    std::function<metrics(const data::image_set& images)> evaluate;

    /// Draws pictures of the model's results on test images into a folder. Called before the training and after each
    /// epoch.
    std::function<void(const data::image_set& test, const std::filesystem::path& folder)> draw;
};

/// Trains as in training.hpp. Also throws data::error for sets that are empty, differ from their stated size, or hold
/// non-finite numbers.
training_result train(const training_options& options, const data::split& images, const image_task& what);

/// Returns the first images of a set, at most `most`, count x features.
std::span<const float> first_images(const data::image_set& set, int most);

}
