// For blocks of docs/saving.md: a model with a layer, in a program that saves it.
#include <hourglass/hourglass.hpp>
#include <hourglass/storage/save.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace hg = hourglass;

namespace basic {

inline constexpr hg::input<"x", 784> x;
HOURGLASS_SYMBOLS(h, xhat, loss);

inline constexpr hg::graph model{
    h = relu(hg::dense<400>(x)),
    xhat = hg::dense<784>(h),
    loss = mse(xhat, x),
};

}

inline void saving(const std::vector<float>& images) {
    using namespace basic;
    static_cast<void>(images);
    // BLOCK
}

int main() {
    const hg::parameters<basic::model> some;
    hg::save("older.safetensors", some);
    saving(std::vector<float>(2 * 784, 0.5F));
}
