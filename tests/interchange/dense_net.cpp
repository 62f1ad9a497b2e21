// A small net of dense layers, for interchange.py: writes its weights, or reads somebody's, and prints its outputs.
//
//     dense_net save FILE      the weights of seed 7
//     dense_net load FILE      the file's, and what was left out on standard error
//
// Standard output: one row of outputs for each row of inputs.
#include <hourglass/nn/dense.hpp>
#include <hourglass/ops/functions.hpp>
#include <hourglass/program/program.hpp>
#include <hourglass/storage/save.hpp>

#include <cstdio>
#include <string_view>
#include <vector>

namespace hg = hourglass;

namespace net {

inline constexpr hg::input<"x", 4> x;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"y"> y;

inline constexpr hg::graph model{
    h = relu(hg::dense<3>(x)),
    y = hg::dense<2>(h),
};

}

int main(int argc, char** argv) {
    const std::string_view what = argc == 3 ? argv[1] : "";
    if (what != "save" && what != "load") return 2;
    hg::parameters<net::model> theta{hg::seed = 7};
    try {
        if (what == "save")
            hg::save(argv[2], theta);
        else
            for (const auto& tensor : hg::load(argv[2], theta).left_out)
                std::fprintf(stderr, "%s %s\n", tensor.name.c_str(), tensor.dtype.c_str());
    } catch (const hg::io::error& reason) {
        std::fprintf(stderr, "%s\n", reason.what());
        return 1;
    }
    std::vector<float> inputs; // as interchange.py makes them
    for (int i = 0; i < 20; ++i) inputs.push_back(static_cast<float>(i * 7 % 11) / 8 - 0.5F);
    hg::function<net::model, hg::from<net::x>, hg::to<net::y>> run;
    const auto out = run(theta, net::x = inputs);
    for (int row = 0; row < 5; ++row)
        std::printf("%.9g %.9g\n", static_cast<double>(out[net::y](row, 0)), static_cast<double>(out[net::y](row, 1)));
    return 0;
}
