// For the denoising autoencoder of docs/lecture_notes.md: the four kinds of noise do what their comments say, and are
// the library's own; the loss compares with the clean image.
#include <hourglass/hourglass.hpp>
#include <readme/formulas.hpp>

namespace hg = hourglass;

// BLOCK

// 784 x 100 pixels of 0.5 with this noise, of the library and of the page: two draws of the same distribution.
template <const auto& Noise, hg::models::denoising::corruption Kind> bool noise_is(auto expected) {
    namespace library = hg::models::denoising;
    hg::function<denoising::model<Noise>, hg::to<denoising::corrupted>> f{hg::seed = 1};
    hg::function<library::model<Kind, 784, 512>, hg::to<library::corrupted>> g{hg::seed = 2};
    const std::vector<float> clean(784 * 100, 0.5f);
    bool good = true;
    const auto compare = [&](auto view) {
        double mean = 0, square = 0, black = 0, white = 0;
        for (float pixel : view) {
            mean += static_cast<double>(pixel) / 78400;
            square += static_cast<double>(pixel) * static_cast<double>(pixel) / 78400;
            black += (pixel == 0) / 78400.0;
            white += (pixel == 1) / 78400.0;
        }
        const double found[]{mean, square - mean * mean, black, white};
        for (std::size_t i = 0; i < 4; ++i) good = good && std::abs(found[i] - expected[i]) < 0.01;
    };
    compare(f(denoising::x = clean)[denoising::corrupted]);
    compare(g(library::x<784> = clean)[library::corrupted]);
    return good;
}

int main() {
    using namespace denoising;
    using kind = hg::models::denoising::corruption;
    using numbers = std::vector<double>; // mean, variance, the shares of black and of white pixels
    bool good = noise_is<gaussian, kind::gaussian>(numbers{0.5, 0.25, 0, 0}) &&
                noise_is<salt_and_pepper, kind::salt_and_pepper>(numbers{0.5, 0.125, 0.25, 0.25}) &&
                noise_is<masking, kind::masking>(numbers{0.25, 0.0625, 0.5, 0}) &&
                noise_is<dropped, kind::dropout>(numbers{0.5, 0.25, 0.5, 0.5});

    hg::parameters<model<gaussian>> theta{hg::seed = 1};
    const std::vector<float> clean = formulas::image(), noisy(784, 0.25f);
    const auto hidden = formulas::layer(theta[hg::name<"h.weight">], theta[hg::name<"h.bias">],
                                        formulas::vector(784, 0.25), formulas::relu);
    const auto restored =
        formulas::layer(theta[hg::name<"xhat.weight">], theta[hg::name<"xhat.bias">], hidden, formulas::sigmoid);
    hg::function<model<gaussian>, hg::from<x, corrupted>, hg::to<loss>> f;
    const double here = f(theta, x = clean, corrupted = noisy)[loss](0);
    good = good &&
           formulas::near(here, formulas::mean_squared_error(restored, formulas::vector(clean.begin(), clean.end())));
    return good ? 0 : 1;
}
