// The denoising autoencoder (Vincent et al. 2008), 784-512-784: restores a clean image from a corrupted one.
//
//     corrupted = x + level * eps             or another corruption
//     h = relu(W corrupted + b)
//     logits = W h + b
//     loss = -log p(x | logits)               Bernoulli, summed over pixels: the target is clean
//
// The model is defined in <hourglass/models/denoising.hpp>. This program trains it and compares it with doing nothing.
#include <hourglass/io/command_line.hpp>
#include <hourglass/io/image_grid.hpp>
#include <hourglass/models/denoising.hpp>
#include <hourglass/optim/rules.hpp>
#include <hourglass/program/program.hpp>
#include <hourglass/storage/save.hpp>

#include <memory>
#include <stdexcept>

#include <fmt/format.h>

namespace hg = hourglass;
namespace io = hourglass::io;

namespace denoising {

using namespace hg::models::denoising;

template <corruption Kind> inline constexpr auto& autoencoder = model<Kind, 784, 512>;
inline constexpr auto& x = hg::models::denoising::x<784>;

// The programs are fed corrupted images, which removes the corruption from them: one graph then serves all four.
inline constexpr auto& network = autoencoder<corruption::gaussian>;
using trainer = hg::trainer<network, loss, hg::adam, hg::from<x, corrupted>, hg::max_rows<128>>;
using evaluation = hg::function<network, hg::from<x, corrupted>, hg::to<loss, error, untouched>>;
using restorer = hg::function<network, hg::from<corrupted>, hg::to<xhat>>;

// A separate program for the corruption. `first` is the number of the first image; each number has its own noise.
using corruptor = std::function<std::vector<float>(std::span<const float> clean, std::uint64_t first)>;

// Training images are numbered from 0 in order of use, test images from here on: no run gets that far.
inline constexpr std::uint64_t first_test_image = std::uint64_t{1} << 40;

template <corruption Kind> corruptor make_corruptor(std::uint64_t seed, double chosen_level, int threads) {
    using program = hg::function<autoencoder<Kind>, hg::from<x>, hg::to<corrupted>>;
    auto apply = std::make_shared<program>(hg::seed = seed, hg::threads = threads);
    return [=](std::span<const float> clean, std::uint64_t first) {
        std::vector<float> result(clean.size());
        (*apply)(x = clean, level = chosen_level, hg::first_example = first, hg::into(corrupted, result));
        return result;
    };
}

corruptor corruptor_named(const std::string& name, std::uint64_t seed, double chosen_level, int threads) {
    if (name == "gaussian") return make_corruptor<corruption::gaussian>(seed, chosen_level, threads);
    if (name == "salt_and_pepper") return make_corruptor<corruption::salt_and_pepper>(seed, chosen_level, threads);
    if (name == "masking") return make_corruptor<corruption::masking>(seed, chosen_level, threads);
    if (name == "dropout") return make_corruptor<corruption::dropout>(seed, chosen_level, threads);
    throw std::invalid_argument("there is no corruption " + name);
}

void run(const io::training_options& chosen, const hg::data::split& images, const std::string& name,
         double chosen_level) {
    hg::parameters<network> theta{hg::seed = chosen.seed};
    trainer train{theta, hg::threads = chosen.threads};
    evaluation evaluate{hg::threads = chosen.threads};
    restorer restore{hg::threads = chosen.threads};

    // Training images get new noise every time, test images the same noise after every epoch.
    const corruptor corrupt = corruptor_named(name, chosen.seed, chosen_level, chosen.threads);
    std::uint64_t seen = 0;
    double error_after = 0, error_before = 0;

    io::image_task task;
    task.model = "denoising";
    task.step = [&](std::span<const float> batch) -> io::metrics {
        auto out = train(x = batch, corrupted = corrupt(batch, seen), hg::learning_rate = chosen.learning_rate);
        seen += static_cast<std::uint64_t>(out.rows());
        return {{"loss", out[loss]}};
    };
    task.evaluate = [&](const hg::data::image_set& set) -> io::metrics {
        std::vector<float> total(static_cast<std::size_t>(set.count)), after(total.size()), before(total.size());
        evaluate(theta, x = set.pixels, corrupted = corrupt(set.pixels, first_test_image), hg::into(loss, total),
                 hg::into(error, after), hg::into(untouched, before));
        error_after = io::mean(after);
        error_before = io::mean(before);
        return {{"loss", io::mean(total)}};
    };
    task.draw = [&](const hg::data::image_set& test, const std::filesystem::path& folder) {
        const std::span<const float> clean = io::first_images(test, 30);
        const std::vector<float> noisy = corrupt(clean, first_test_image);
        std::vector<float> restored(clean.size());
        restore(theta, corrupted = noisy, hg::into(xhat, restored));
        io::write_png(folder / "restored.png",
                      io::comparison_grid({clean, noisy, restored}, 28, 28,
                                          {.across = 3,
                                           .zoom = 3,
                                           .placed = io::arrangement::beside,
                                           .title = "test images: clean, " + name + " noise, restored"}));
        restore(theta, corrupted = clean, hg::into(xhat, restored)); // without corruption
        io::write_png(
            folder / "reconstructions.png",
            io::comparison_grid({clean, restored}, 28, 28, {.title = "clean test images and their reconstructions"}));
    };
    hg::store_with(task, theta, train);
    task.resumed = [&](std::uint64_t images) { seen = images; };
    task.remark = [&] {
        return fmt::format("mean squared error of the restored test images {:.4f}, of doing nothing {:.4f}",
                           error_after, error_before);
    };
    io::train(chosen, images, task);
}

}

int main(int argc, char** argv) {
    std::string corruption = "gaussian";
    double level = hg::models::denoising::level.initial;
    io::command_line line({
        .model = "denoising",
        .about = "trains a denoising autoencoder, 784-512-784, and shows clean, corrupted and restored images.",
        .examples = {"hourglass-denoising                      # Fashion-MNIST where it is installed, else shapes",
                     "hourglass-denoising --corruption salt_and_pepper --level 0.3",
                     "hourglass-denoising --corruption masking --epochs 3 --out /tmp/masking"},
    });
    line.choice("--corruption", corruption, "How to corrupt the images",
                {"gaussian", "salt_and_pepper", "masking", "dropout"});
    line.number("--level", level, "gaussian: the standard deviation; others: the fraction of pixels affected", 0, 0.99);
    return line.run(argc, argv, [&](const io::training_options& chosen, const hg::data::split& images) {
        denoising::run(chosen, images, corruption, level);
    });
}
