// For blocks of docs/runs.md: a regression on a table, trained by the library's loop.
#include <hourglass/data/batches.hpp>
#include <hourglass/hourglass.hpp>
#include <hourglass/io/training.hpp>
#include <hourglass/storage/save.hpp>

#include <span>
#include <vector>

namespace hg = hourglass;

namespace regression {

inline constexpr hg::input<"x", 8> x;
inline constexpr hg::input<"y"> y;
HOURGLASS_SYMBOLS(h, predicted, loss);

inline constexpr hg::graph model{
    h = relu(hg::dense<32>(x)),
    predicted = hg::dense<1>(h),
    loss = mse(predicted, y),
};

}

int training(const std::vector<float>& features, const std::vector<float>& prices,
             const std::vector<float>& held_out_features, const std::vector<float>& held_out_prices) {
    using namespace regression;
    // BLOCK
    return 0;
}
