// expect: \{"the function returns nothing: name symbols in hg::to<\.\.\.>"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

#ifndef FIXED
using program = hg::function<net, hg::from<x>>;
#else
using program = hg::function<net, hg::from<x>, hg::to<code>>;
#endif

float use(hg::parameters<net>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
    program run;
    auto out = run(theta, x = images);
    return out[code](0, 0);
}

}
