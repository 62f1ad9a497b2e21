// expect: \{"these are the parameters of another graph: they hold no `W`"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

inline constexpr hg::graph other{code = dense<3>(x)};
using program = hg::function<net, hg::from<x>, hg::to<code>>;

float use([[maybe_unused]] hg::parameters<net>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::parameters<other> mine;
    program run;
    auto out = run(mine, x = images);
    return out[code](0, 0);
#else
    program run;
    auto out = run(theta, x = images);
    return out[code](0, 0);
#endif
}

}
