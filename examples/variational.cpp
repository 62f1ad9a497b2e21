// The variational autoencoder (Kingma and Welling 2013), 784-400-20-400-784:
//
//     h = relu(W x + b)                       the encoder: q(z|x) = normal(mu, sigma), sigma = exp(logvar / 2)
//     mu = W h + b,  logvar = W h + b
//     z = mu + sigma * eps                    eps drawn from normal(0, 1)
//     logits = W relu(W z + b) + b            the decoder: p(x|z) = bernoulli(sigmoid(logits))
//     loss = -log p(x|z) + KL(q(z|x) || normal(0, 1)) = -ELBO
//
// The model is defined in <hourglass/models/variational.hpp>. This program trains it and draws new images.
#include <hourglass/io/command_line.hpp>
#include <hourglass/io/image_grid.hpp>
#include <hourglass/io/projection.hpp>
#include <hourglass/io/scatter.hpp>
#include <hourglass/models/variational.hpp>
#include <hourglass/optim/rules.hpp>
#include <hourglass/program/program.hpp>
#include <hourglass/storage/save.hpp>

namespace hg = hourglass;
namespace io = hourglass::io;

namespace variational {

using namespace hg::models::variational;

inline constexpr int latent = 20;
inline constexpr auto& vae = model<784, 400, latent>;
inline constexpr auto& x = hg::models::variational::x<784>;

using trainer = hg::trainer<vae, loss, hg::adam, hg::max_rows<128>>;
using evaluation = hg::function<vae, hg::from<x>, hg::to<reconstruction, divergence>>;
using encoder = hg::function<vae, hg::from<x>, hg::to<mu>>;
using decoder = hg::function<vae, hg::from<z>, hg::to<xhat>>;

inline constexpr hg::graph prior{z = hg::normal_noise<latent>()}; // p(z)

void run(const io::training_options& chosen, const hg::data::split& images, double beta_weight) {
    hg::parameters<vae> theta{hg::seed = chosen.seed};
    trainer train{theta, hg::seed = chosen.seed, hg::threads = chosen.threads};
    evaluation evaluate{hg::seed = chosen.seed, hg::threads = chosen.threads};
    encoder encode{hg::threads = chosen.threads};
    decoder decode{hg::threads = chosen.threads};
    hg::function<prior, hg::to<z>> draw_codes{hg::seed = chosen.seed};

    io::image_task task;
    task.model = "variational";
    task.step = [&](std::span<const float> batch) -> io::metrics {
        auto out = train(x = batch, beta = beta_weight, hg::learning_rate = chosen.learning_rate);
        return {{"negative_elbo", out[reconstruction] + out[divergence]},
                {"reconstruction", out[reconstruction]},
                {"kl", out[divergence]}};
    };
    task.evaluate = [&](const hg::data::image_set& set) -> io::metrics {
        std::vector<float> nll(static_cast<std::size_t>(set.count)), kl(nll.size());
        evaluate(theta, x = set.pixels, hg::into(reconstruction, nll), hg::into(divergence, kl));
        return {
            {"negative_elbo", io::mean(nll) + io::mean(kl)}, {"reconstruction", io::mean(nll)}, {"kl", io::mean(kl)}};
    };
    task.draw = [&](const hg::data::image_set& test, const std::filesystem::path& folder) {
        const std::span<const float> originals = io::first_images(test, 50);
        std::vector<float> codes(originals.size() / 784 * latent), restored(originals.size());
        encode(theta, x = originals, hg::into(mu, codes));
        decode(theta, z = codes, hg::into(xhat, restored));
        io::write_png(folder / "reconstructions.png",
                      io::comparison_grid({originals, restored}, 28, 28,
                                          {.title = "test images above, their reconstructions below"}));

        // The same codes after every epoch, to show how the images emerge.
        auto samples = decode(theta, z = draw_codes(hg::rows = 100)[z]);
        io::write_png(folder / "samples.png",
                      io::image_grid(samples[xhat], 28, 28, {.title = "drawn by the decoder from codes of the prior"}));

        std::vector<float> means(static_cast<std::size_t>(test.count * latent));
        encode(theta, x = test.pixels, hg::into(mu, means));
        io::write_png(folder / "latent.png",
                      io::scatter(io::onto_a_plane(means, latent), test.labels,
                                  {.title = "codes of the test images, along their two principal axes",
                                   .names = test.class_names}));
    };
    hg::store_with(task, theta, train);
    io::train(chosen, images, task);
}

}

int main(int argc, char** argv) {
    double beta = 1;
    io::command_line line({
        .model = "variational",
        .about = "trains a variational autoencoder, 784-400-20-400-784, and draws new images with it.",
        .examples = {"hourglass-variational                    # Fashion-MNIST where it is installed, else shapes",
                     "hourglass-variational --epochs 3 --out /tmp/variational",
                     "hourglass-variational --beta 4           # codes closer to the prior, blurrier images"},
    });
    line.number("--beta", beta, "The weight of the KL divergence in training; 1 is the ELBO", 0, 1000);
    return line.run(argc, argv, [&](const io::training_options& chosen, const hg::data::split& images) {
        variational::run(chosen, images, beta);
    });
}
