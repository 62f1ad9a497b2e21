// What a consumer compiles: a regression that finds the line it was given.
#include <hourglass/hourglass.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

namespace hg = hourglass;

namespace regression {

inline constexpr hg::input<"x", 1> x;
inline constexpr hg::input<"target", 1> target;
HOURGLASS_SYMBOLS(y, loss);

inline constexpr hg::graph model{
    y = hg::dense<1>(x),
    loss = mse(y, target),
};

}

int main() {
    using namespace regression;
    static_assert(HOURGLASS_VERSION >= 100);
    hg::parameters<model> theta{hg::seed = 1};
    hg::trainer<model, loss, hg::adam> train{theta};
    std::vector<float> xs, targets;
    for (int i = 0; i < 64; ++i) {
        xs.push_back(static_cast<float>(i) / 32 - 1);
        targets.push_back(3 * xs.back() - 2);
    }
    for (int step = 0; step < 2000; ++step) train(x = xs, target = targets, hg::learning_rate = 0.02);
    const float slope = theta[hg::name<"y.weight">](0, 0), offset = theta[hg::name<"y.bias">](0);
    std::printf("y = %.3f x + %.3f\n", double{slope}, double{offset});
    return std::abs(slope - 3) > 1e-3F || std::abs(offset + 2) > 1e-3F;
}
