// expect: \{"the program that is called is a temporary, and what it returns lies in its memory: give the
// expect: program a name"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::function<net, hg::from<x>, hg::to<code>>;

float use(hg::parameters<net>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    auto out = program{}(theta, x = images);
    return out[code](0, 0);
#else
    program run;
    auto out = run(theta, x = images);
    return out[code](0, 0);
#endif
}

}
