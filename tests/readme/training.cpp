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

inline int training(const std::vector<float>& features, const std::vector<float>& prices,
                    const std::vector<float>& held_out_features, const std::vector<float>& held_out_prices) {
    using namespace regression;
    // BLOCK
    return 0;
}

// Prices that are a sum of the features, so that there is something to learn.
inline std::vector<float> prices_of(const std::vector<float>& features) {
    std::vector<float> prices(features.size() / 8);
    for (std::size_t i = 0; i < features.size(); ++i) prices[i / 8] += features[i] / 8;
    return prices;
}

int main() {
    std::vector<float> features(5000 * 8), held_out(200 * 8);
    for (std::size_t i = 0; i < features.size(); ++i) features[i] = static_cast<float>(i * i % 101) / 50 - 1;
    for (std::size_t i = 0; i < held_out.size(); ++i) held_out[i] = static_cast<float>(i * i % 103) / 51 - 1;
    return training(features, prices_of(features), held_out, prices_of(held_out));
}
