// expect: \{"the derivative with respect to `x` in the equation `slope` goes through `h`, which hg::from<\.\.\.> feeds
// expect: and so cuts from it: differentiate with respect to `h`, or feed what it is made of"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

inline constexpr hg::symbol<"slope"> slope;
inline constexpr hg::graph with_slope{
    h = W * x,
    code = exp(h),
    slope = grad(sum(code), x),
};

#ifndef FIXED
using program = hg::function<with_slope, hg::from<h>, hg::to<slope>>;
#else
using program = hg::function<with_slope, hg::from<x>, hg::to<slope>>;
#endif

float use(hg::parameters<with_slope>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
    program run;
#ifndef FIXED
    auto out = run(theta, h = targets);
#else
    auto out = run(theta, x = images);
#endif
    return out[slope](0, 0);
}

}
