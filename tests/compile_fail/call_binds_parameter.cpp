// expect: \{"`W` is a parameter, and cannot be bound in a call: write it through the parameters,
// expect: theta\[\.\.\.\]"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::function<net, hg::from<x>, hg::to<code>>;

float use(hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
#ifndef FIXED
    program run;
    auto out = run(theta, x = images, W = targets);
    return out[code](0, 0);
#else
    program run;
    theta[W](0, 0) = targets[0];
    auto out = run(theta, x = images);
    return out[code](0, 0);
#endif
}

}
