// The deep undercomplete autoencoder, 784-128-64-32-64-128-784:
//
//     h1   = relu(W1 x + b1)      h3     = relu(W4 code + b4)
//     h2   = relu(W2 h1 + b2)     h4     = relu(W5 h3 + b5)
//     code = W3 h2 + b3           logits = W6 h4 + b6
//     loss = mean (sigmoid(logits) - x)^2
//
// The model is defined in <hourglass/models/undercomplete.hpp>. This program trains it.
#include <hourglass/io/command_line.hpp>
#include <hourglass/io/image_grid.hpp>
#include <hourglass/models/undercomplete.hpp>
#include <hourglass/optim/rules.hpp>
#include <hourglass/program/program.hpp>
#include <hourglass/storage/save.hpp>

namespace hg = hourglass;
namespace io = hourglass::io;

namespace undercomplete {

using namespace hg::models::undercomplete;

inline constexpr auto& autoencoder = model<784, 128, 64, 32>;
inline constexpr auto& x = hg::models::undercomplete::x<784>;

using trainer = hg::trainer<autoencoder, loss, hg::adam, hg::max_rows<128>>;
using evaluation = hg::function<autoencoder, hg::from<x>, hg::to<loss>>;
using reconstructor = hg::function<autoencoder, hg::from<x>, hg::to<xhat>>;

void run(const io::training_options& chosen, const hg::data::split& images) {
    hg::parameters<autoencoder> theta{hg::seed = chosen.seed};
    trainer train{theta, hg::threads = chosen.threads};
    evaluation evaluate{hg::threads = chosen.threads};
    reconstructor reconstruct{hg::threads = chosen.threads};

    io::image_task task;
    task.model = "undercomplete";
    task.step = [&](std::span<const float> batch) -> io::metrics {
        auto out = train(x = batch, hg::learning_rate = chosen.learning_rate);
        return {{"loss", out[loss]}};
    };
    task.evaluate = [&](const hg::data::image_set& set) -> io::metrics {
        std::vector<float> losses(static_cast<std::size_t>(set.count));
        evaluate(theta, x = set.pixels, hg::into(loss, losses));
        return {{"loss", io::mean(losses)}};
    };
    task.draw = [&](const hg::data::image_set& test, const std::filesystem::path& folder) {
        const std::span<const float> originals = io::first_images(test, 50);
        std::vector<float> restored(originals.size());
        reconstruct(theta, x = originals, hg::into(xhat, restored));
        io::write_png(folder / "reconstructions.png",
                      io::comparison_grid({originals, restored}, 28, 28,
                                          {.title = "test images above, their reconstructions below"}));
    };
    hg::store_with(task, theta, train);
    io::train(chosen, images, task);
}

}

int main(int argc, char** argv) {
    io::command_line line({
        .model = "undercomplete",
        .about = "trains a deep undercomplete autoencoder, 784-128-64-32 and back.",
        .examples = {"hourglass-undercomplete                  # Fashion-MNIST where it is installed, else shapes",
                     "hourglass-undercomplete --epochs 3 --out /tmp/undercomplete"},
    });
    return line.run(argc, argv, undercomplete::run);
}
