// For blocks of docs/language.md that call programs of its first model.
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/inspect.hpp>

#include <cstdio>
#include <vector>

namespace hg = hourglass;

namespace basic {

inline constexpr hg::input<"x", 784> x;
inline constexpr hg::parameter<"W_e", 32, 784> W_e;
inline constexpr hg::parameter<"b_e", 32> b_e;
inline constexpr hg::parameter<"b_d", 784> b_d;
HOURGLASS_SYMBOLS(z, xhat, loss);

inline constexpr hg::graph model{
    z = sigmoid(W_e * x + b_e),
    xhat = sigmoid(transpose(W_e) * z + b_d),
    loss = mse(xhat, x),
};

}

void calls(const std::vector<float>& images) {
    using namespace basic;
    // BLOCK
}
