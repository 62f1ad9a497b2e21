// The sparse autoencoder, 784-1024-784: wider than the image, with a penalty on activations.
//
//     h = relu(W x + b)
//     logits = W h + b
//     loss = mean (sigmoid(logits) - x)^2 + lambda ||h||_1
//
// The model is defined in <hourglass/models/sparse.hpp>. This program trains it and shows its features.
#include <hourglass/io/command_line.hpp>
#include <hourglass/io/image_grid.hpp>
#include <hourglass/models/sparse.hpp>
#include <hourglass/optim/rules.hpp>
#include <hourglass/program/program.hpp>
#include <hourglass/storage/save.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace hg = hourglass;
namespace io = hourglass::io;

namespace sparse {

using namespace hg::models::sparse;

inline constexpr int units = 1024;
inline constexpr auto& autoencoder = model<784, units>;
inline constexpr auto& x = hg::models::sparse::x<784>;

using trainer = hg::trainer<autoencoder, loss, hg::adam, hg::max_rows<128>>;
using evaluation = hg::function<autoencoder, hg::from<x>, hg::to<loss, reconstruction, penalty, h>>;
using reconstructor = hg::function<autoencoder, hg::from<x>, hg::to<xhat>>;

// How active each unit is on a set of images.
struct activity {
    int images = 0;
    std::vector<double> sum = std::vector<double>(units); // of activations
    std::vector<int> count = std::vector<int>(units);     // of images on which the unit is active

    explicit activity(std::span<const float> activations) : images(static_cast<int>(activations.size() / units)) {
        for (std::size_t i = 0; i < activations.size(); ++i) {
            sum[i % units] += static_cast<double>(activations[i]);
            count[i % units] += activations[i] > 0;
        }
    }
    std::string text() const {
        const auto ever = units - std::count(count.begin(), count.end(), 0);
        const double active = std::accumulate(count.begin(), count.end(), 0.0) / images;
        return fmt::format("{:.1f} of {} units are active on a test image, {} of them on any", active, units, ever);
    }
};

// Pictures of the busiest units: their columns of the decoder's matrix, each scaled to its largest weight.
std::vector<float> features(const hg::parameters<autoencoder>& theta, const activity& seen, int how_many) {
    std::vector<int> order(units);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](int a, int b) { // the first of equals comes first
        return std::pair(-seen.sum[static_cast<std::size_t>(a)], a) <
               std::pair(-seen.sum[static_cast<std::size_t>(b)], b);
    });
    const auto weight = theta[hg::name<"logits.weight">]; // [784, units]
    std::vector<float> pictures;
    for (int k = 0; k < how_many; ++k) {
        float largest = 0;
        for (int i = 0; i < 784; ++i)
            largest = std::max(largest, std::abs(weight(i, order[static_cast<std::size_t>(k)])));
        for (int i = 0; i < 784; ++i)
            pictures.push_back(largest > 0 ? weight(i, order[static_cast<std::size_t>(k)]) / largest : 0);
    }
    return pictures;
}

void run(const io::training_options& chosen, const hg::data::split& images, double price) {
    hg::parameters<autoencoder> theta{hg::seed = chosen.seed};
    trainer train{theta, hg::threads = chosen.threads};
    evaluation evaluate{hg::threads = chosen.threads};
    reconstructor reconstruct{hg::threads = chosen.threads};
    std::vector<float> activations;

    io::image_task task;
    task.model = "sparse";
    task.step = [&](std::span<const float> batch) -> io::metrics {
        auto out = train(x = batch, lambda = price, hg::learning_rate = chosen.learning_rate);
        return {{"loss", out[loss]}, {"reconstruction", out[reconstruction]}, {"penalty", out[penalty]}};
    };
    task.evaluate = [&](const hg::data::image_set& set) -> io::metrics {
        std::vector<float> total(static_cast<std::size_t>(set.count)), error(total.size()), norm(total.size());
        activations.resize(total.size() * units); // of the set evaluated last: the test images
        evaluate(theta, x = set.pixels, lambda = price, hg::into(loss, total), hg::into(reconstruction, error),
                 hg::into(penalty, norm), hg::into(h, activations));
        return {{"loss", io::mean(total)}, {"reconstruction", io::mean(error)}, {"penalty", io::mean(norm)}};
    };
    task.draw = [&](const hg::data::image_set& test, const std::filesystem::path& folder) {
        const std::span<const float> originals = io::first_images(test, 50);
        std::vector<float> restored(originals.size());
        reconstruct(theta, x = originals, hg::into(xhat, restored));
        io::write_png(folder / "reconstructions.png",
                      io::comparison_grid({originals, restored}, 28, 28,
                                          {.title = "test images above, their reconstructions below"}));
        io::write_png(folder / "features.png",
                      io::image_grid(features(theta, activity(activations), 100), 28, 28,
                                     {.scale = io::scaling::symmetric,
                                      .title = "what the 100 busiest units paint: white adds, black takes away"}));
    };
    hg::store_with(task, theta, train);
    task.remark = [&] { return activity(activations).text(); };
    io::train(chosen, images, task);
}

}

int main(int argc, char** argv) {
    double lambda = hg::models::sparse::lambda.initial;
    io::command_line line({
        .model = "sparse",
        .about = "trains a sparse autoencoder, 784-1024-784, and shows the features that it learns.",
        .examples = {"hourglass-sparse                         # Fashion-MNIST where it is installed, else shapes",
                     "hourglass-sparse --lambda 1e-3           # fewer active units",
                     "hourglass-sparse --epochs 3 --out /tmp/sparse"},
    });
    line.number("--lambda", lambda, "The weight of the penalty ||h||_1 in the loss", 0, 1000);
    return line.run(argc, argv, [&](const io::training_options& chosen, const hg::data::split& images) {
        sparse::run(chosen, images, lambda);
    });
}
