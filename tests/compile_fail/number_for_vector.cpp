// expect: \{"`x` has the shape \[4\], but is bound to a single number"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::function<net, hg::from<x>, hg::to<code>>;

float use(hg::parameters<net>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    program run;
    auto out = run(theta, x = 1.5f);
    return out[code](0, 0);
#else
    program run;
    auto out = run(theta, x = images);
    return out[code](0, 0);
#endif
}

}
