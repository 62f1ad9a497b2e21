// For the basic autoencoder of docs/lecture_notes.md: its equations against the formulas, and the library's model.
#include <hourglass/hourglass.hpp>
#include <readme/formulas.hpp>

namespace hg = hourglass;

// BLOCK

int main() {
    namespace library = hg::models::basic;
    using namespace basic;
    hg::parameters<model> theta{hg::seed = 1};
    theta[b_e] = std::vector<float>(32, 0.3f); // vectors start at zero
    theta[b_d] = std::vector<float>(784, -0.2f);
    hg::parameters<library::model<784, 32>> same;
    formulas::copy_in_order(theta, same);

    const std::vector<float> image = formulas::image();
    const formulas::vector pixels(image.begin(), image.end());
    const auto code = formulas::layer(theta[W_e], theta[b_e], pixels, formulas::sigmoid);
    const auto restored = formulas::layer(theta[W_d], theta[b_d], code, formulas::sigmoid);

    hg::function<model, hg::to<loss>> f;
    hg::function<library::model<784, 32>, hg::to<library::loss>> g;
    const double here = f(theta, x = image)[loss](0), there = g(same, library::x<784> = image)[library::loss](0);
    return formulas::near(here, formulas::mean_squared_error(restored, pixels)) && here == there ? 0 : 1;
}
