// For the undercomplete autoencoder of docs/lecture_notes.md: its equations against the formulas, and the library's
// model.
#include <hourglass/hourglass.hpp>
#include <readme/formulas.hpp>

namespace hg = hourglass;

// BLOCK

int main() {
    namespace library = hg::models::undercomplete;
    using namespace undercomplete;
    hg::parameters<model> theta{hg::seed = 1};
    hg::parameters<library::model<784, 128, 64, 32>> same;
    formulas::copy_in_order(theta, same);

    using formulas::layer, formulas::relu, formulas::linear;
    const std::vector<float> image = formulas::image();
    const formulas::vector pixels(image.begin(), image.end());
    auto t = layer(theta[hg::name<"h1.weight">], theta[hg::name<"h1.bias">], pixels, relu);
    t = layer(theta[hg::name<"h2.weight">], theta[hg::name<"h2.bias">], t, relu);
    t = layer(theta[hg::name<"z.weight">], theta[hg::name<"z.bias">], t, linear);
    t = layer(theta[hg::name<"h3.weight">], theta[hg::name<"h3.bias">], t, relu);
    t = layer(theta[hg::name<"h4.weight">], theta[hg::name<"h4.bias">], t, relu);
    t = layer(theta[hg::name<"xhat.weight">], theta[hg::name<"xhat.bias">], t, formulas::sigmoid);

    hg::function<model, hg::to<loss>> f;
    hg::function<library::model<784, 128, 64, 32>, hg::to<library::loss>> g;
    const double here = f(theta, x = image)[loss](0), there = g(same, library::x<784> = image)[library::loss](0);
    return formulas::near(here, formulas::mean_squared_error(t, pixels)) && here == there ? 0 : 1;
}
