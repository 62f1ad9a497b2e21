// expect: \{"hg::into wants `h`, which the program does not return: name it in hg::to<\.\.\.>"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::function<net, hg::from<x>, hg::to<code>>;

float use(hg::parameters<net>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    program run;
    numbers values(100);
    run(theta, x = images, hg::into(h, values));
    return values[0];
#else
    program run;
    numbers values(100);
    run(theta, x = images, hg::into(code, values));
    return values[0];
#endif
}

}
