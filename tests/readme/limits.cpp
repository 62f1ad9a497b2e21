// For the block of docs/limits.md that has too many rows: a regression.
#include <hourglass/hourglass.hpp>

#include <cstdio>
#include <vector>

namespace hg = hourglass;

inline constexpr hg::input<"x", 8> x;
inline constexpr hg::input<"target", 1> target;
HOURGLASS_SYMBOLS(y, loss);

inline constexpr hg::graph net{
    y = hg::dense<1>(relu(hg::dense<32>(x))),
    loss = mse(y, target),
};

int main() {
    // BLOCK
}
