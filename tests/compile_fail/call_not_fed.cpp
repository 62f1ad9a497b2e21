// expect: \{"`h` is bound in the call, but the program computes it: to feed it, name it in hg::from<\.\.\.>"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::function<net, hg::from<x>, hg::to<code>>;

float use(hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
#ifndef FIXED
    program run;
    auto out = run(theta, x = images, h = targets);
    return out[code](0, 0);
#else
    hg::function<net, hg::from<h>, hg::to<code>> run;
    auto out = run(theta, h = targets);
    return out[code](0, 0);
#endif
}

}
