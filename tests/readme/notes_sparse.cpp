// For the sparse autoencoder of docs/lecture_notes.md: its equations against the formulas, and the library's model.
#include <hourglass/hourglass.hpp>
#include <readme/formulas.hpp>

namespace hg = hourglass;

// BLOCK

int main() {
    namespace library = hg::models::sparse;
    using namespace sparse;
    hg::parameters<model> theta{hg::seed = 1};
    hg::parameters<library::model<784, 1024>> same;
    formulas::copy_in_order(theta, same);

    const std::vector<float> image = formulas::image();
    const formulas::vector pixels(image.begin(), image.end());
    const auto hidden = formulas::layer(theta[hg::name<"h.weight">], theta[hg::name<"h.bias">], pixels, formulas::relu);
    const auto restored =
        formulas::layer(theta[hg::name<"xhat.weight">], theta[hg::name<"xhat.bias">], hidden, formulas::sigmoid);
    double norm = 0;
    for (double activation : hidden) norm += std::abs(activation);

    hg::function<model, hg::to<loss>> f;
    hg::function<library::model<784, 1024>, hg::to<library::loss>> g;
    const double here = f(theta, x = image, lambda = 1e-3)[loss](0);
    const double there = g(same, library::x<784> = image, library::lambda = 1e-3)[library::loss](0);
    return formulas::near(here, formulas::mean_squared_error(restored, pixels) + 1e-3 * norm) && here == there ? 0 : 1;
}
