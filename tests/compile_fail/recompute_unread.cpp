// expect: \{"hg::recompute<\.\.\.> names `loss`, which the gradient of the loss `loss` never reads: it takes symbols
// expect: that the loss is made of"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

#ifndef FIXED
using program = hg::gradient<net, loss, hg::recompute<loss>>;
#else
using program = hg::gradient<net, loss, hg::recompute<code>>;
#endif

float use(const hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
    program slope;
    return slope(theta, x = images, y = targets)[loss];
}

}
