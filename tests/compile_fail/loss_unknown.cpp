// expect: \{"hg::gradient<\.\.\.> names `nowhere`, which the graph does not have: it is no symbol, input,
// expect: parameter or noise of it"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

#ifndef FIXED
using program = hg::gradient<net, nowhere>;
#else
using program = hg::gradient<net, loss>;
#endif

float use(hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
    program run;
    auto out = run(theta, x = images, y = targets);
    return out.gradient(W)(0, 0);
}

}
