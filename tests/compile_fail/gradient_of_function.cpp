// expect: \{"the gradient with respect to `W` is asked for, but an hg::function computes none: make it an
// expect: hg::gradient"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::function<net, hg::from<x>, hg::to<code>>;

float use(hg::parameters<net>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    program run;
    auto out = run(theta, x = images);
    return out.gradient(W)(0, 0);
#else
    hg::gradient<net, loss> run;
    auto out = run(theta, x = images, y = targets);
    return out.gradient(W)(0, 0);
#endif
}

}
