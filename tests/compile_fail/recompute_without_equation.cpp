// expect: \{"hg::recompute<\.\.\.> names `x`, which has no equation, so there is nothing to compute once more"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

#ifndef FIXED
using program = hg::gradient<net, loss, hg::recompute<x>>;
#else
using program = hg::gradient<net, loss, hg::recompute<code>>;
#endif

float use(const hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
    program slope;
    return slope(theta, x = images, y = targets)[loss];
}

}
