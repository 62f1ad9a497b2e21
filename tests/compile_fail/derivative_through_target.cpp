// expect: \{"the derivative with respect to `x` in the equation `slope` goes through `h` and so is no function of
// expect: it, but the loss is made of it, and hg::wrt<\.\.\.> names `h`: differentiate with respect to what `h` is
// expect: made of, or keep that derivative constant with stop_gradient\(\.\.\.\)"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

inline constexpr hg::symbol<"slope"> slope;
inline constexpr hg::graph with_slope{
    h = W * x,
    code = exp(h),
    slope = grad(sum(code), x),
    loss = sum(square(slope)),
};

#ifndef FIXED
using program = hg::gradient<with_slope, loss, hg::wrt<h>>;
#else
using program = hg::gradient<with_slope, loss, hg::wrt<x>>;
#endif

float use(hg::parameters<with_slope>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
    program run;
    auto out = run(theta, x = images);
    return out[loss];
}

}
