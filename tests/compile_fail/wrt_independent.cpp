// expect: \{"the loss `error` does not depend on `beta`, so it has no derivative with respect to it"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

#ifndef FIXED
using program = hg::gradient<net, error, hg::wrt<beta>>;
#else
using program = hg::gradient<net, loss, hg::wrt<beta>>;
#endif

float use(hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
    program run;
    auto out = run(theta, x = images, y = targets);
    return out.gradient(beta);
}

}
