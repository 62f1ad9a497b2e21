// What a consumer of the compiled part builds: parameters through a file, and a picture.
#include <hourglass/hourglass.hpp>
#include <hourglass/io/line_plot.hpp>
#include <hourglass/storage/save.hpp>

#include <cstdio>
#include <vector>

namespace hg = hourglass;

namespace small {

inline constexpr hg::input<"x", 3> x;
HOURGLASS_SYMBOLS(y);
inline constexpr hg::graph model{y = hg::dense<2>(x)};

}

int main() {
    hg::parameters<small::model> theta{hg::seed = 1}, back{hg::seed = 2};
    hg::save("weights.safetensors", theta);
    hg::load("weights.safetensors", back);
    hg::io::write_png("line.png", hg::io::line_plot({}, std::vector<float>{1, 3, 2}, 3, 1));
    const auto name = hg::name<"y.weight">;
    std::puts("saved and loaded");
    return theta[name](1, 2) != back[name](1, 2);
}
