// expect: \{"the call does not bind `y`, which the program needs"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::gradient<net, loss>;

float use(hg::parameters<net>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    program run;
    auto out = run(theta, x = images);
    return out[loss];
#else
    program run;
    auto out = run(theta, x = images, y = targets);
    return out[loss];
#endif
}

}
