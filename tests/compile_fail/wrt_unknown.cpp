// expect: \{"hg::wrt<\.\.\.> names `nowhere`, which the graph does not have: it is no symbol, input, parameter
// expect: or noise of it"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

#ifndef FIXED
using program = hg::gradient<net, loss, hg::wrt<nowhere>>;
#else
using program = hg::gradient<net, loss, hg::wrt<W>>;
#endif

float use(hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
#ifndef FIXED
    program run;
    auto out = run(theta, x = images, y = targets);
    return out.gradient(nowhere)(0, 0) + out[loss];
#else
    program run;
    auto out = run(theta, x = images, y = targets);
    return out.gradient(W)(0, 0) + out[loss];
#endif
}

}
