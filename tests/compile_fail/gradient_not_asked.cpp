// expect: \{"the program gives no gradient with respect to `h`: name it in hg::wrt<\.\.\.>"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::gradient<net, loss>;

float use(hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
#ifndef FIXED
    program run;
    auto out = run(theta, x = images, y = targets);
    return out.gradient(h)(0, 0);
#else
    program run;
    auto out = run(theta, x = images, y = targets);
    return out.gradient(W)(0, 0);
#endif
}

}
