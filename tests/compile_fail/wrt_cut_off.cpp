// expect: \{"the loss `loss` does not depend on `W`, so it has no derivative with respect to it \(what
// expect: hg::from<\.\.\.> names is cut from its equation\)"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

#ifndef FIXED
using program = hg::gradient<net, loss, hg::from<h, y>, hg::wrt<W>>;
#else
using program = hg::gradient<net, loss, hg::from<h, y>, hg::wrt<h>>;
#endif

float use(hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
#ifndef FIXED
    program run;
    auto out = run(theta, h = images, y = targets);
    return out.gradient(W)(0, 0);
#else
    program run;
    auto out = run(theta, h = images, y = targets);
    return out.gradient(h)(0, 0);
#endif
}

}
