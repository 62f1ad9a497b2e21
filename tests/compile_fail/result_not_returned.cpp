// expect: \{"the program does not return `h`: name it in hg::to<\.\.\.>"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::function<net, hg::from<x>, hg::to<code>>;

float use(hg::parameters<net>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    program run;
    auto out = run(theta, x = images);
    return out[h](0, 0);
#else
    program run;
    auto out = run(theta, x = images);
    return out[code](0, 0);
#endif
}

}
