// For the variational autoencoder of docs/lecture_notes.md: its equations against the formulas for noise that is fed,
// and against the library's model.
#include <hourglass/hourglass.hpp>
#include <readme/formulas.hpp>

namespace hg = hourglass;

// BLOCK

int main() {
    namespace library = hg::models::variational;
    using namespace variational;
    hg::parameters<model> theta{hg::seed = 1};
    theta[hg::name<"mu.bias">] = std::vector<float>(20, 1.0f); // so that the divergence is no small part of the loss
    hg::parameters<library::model<784, 400, 20>> same;
    formulas::copy_in_order(theta, same);

    using formulas::layer, formulas::relu, formulas::linear;
    const std::vector<float> image = formulas::image();
    const formulas::vector pixels(image.begin(), image.end());
    std::vector<float> drawn(20);
    for (std::size_t k = 0; k < 20; ++k) drawn[k] = static_cast<float>(k) / 10 - 1;

    const auto units = layer(theta[hg::name<"h.weight">], theta[hg::name<"h.bias">], pixels, relu);
    const auto means = layer(theta[hg::name<"mu.weight">], theta[hg::name<"mu.bias">], units, linear);
    const auto logarithms = layer(theta[hg::name<"logvar.weight">], theta[hg::name<"logvar.bias">], units, linear);
    formulas::vector latent(20);
    double negative_elbo = 0;
    for (std::size_t k = 0; k < 20; ++k) {
        const double deviation = std::exp(logarithms[k] / 2);
        latent[k] = means[k] + deviation * static_cast<double>(drawn[k]);
        negative_elbo += (means[k] * means[k] + deviation * deviation - 1) / 2 - std::log(deviation);
    }
    const auto back = layer(theta[hg::name<"hidden.weight">], theta[hg::name<"hidden.bias">], latent, relu);
    const auto mean = layer(theta[hg::name<"logits.weight">], theta[hg::name<"logits.bias">], back, formulas::sigmoid);
    for (std::size_t i = 0; i < 784; ++i)
        negative_elbo -= pixels[i] * std::log(mean[i]) + (1 - pixels[i]) * std::log(1 - mean[i]);

    hg::function<model, hg::from<x, epsilon>, hg::to<loss, elbo>> f;
    constexpr auto& noise = hg::name<"z.noise">;
    hg::function<library::model<784, 400, 20>, hg::from<library::x<784>, noise>, hg::to<library::loss>> g;
    auto out = f(theta, x = image, epsilon = drawn);
    const double here = out[loss](0);
    const double there = g(same, library::x<784> = image, noise = drawn)[library::loss](0);
    return formulas::near(here, negative_elbo) && formulas::near(there, here) && out[elbo](0) == -out[loss](0) ? 0 : 1;
}
