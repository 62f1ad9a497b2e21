// expect: \{"the loss `code` has the shape \[3\], but a loss is a single number for each example: take
// expect: sum\(\.\.\.\) or mean\(\.\.\.\) of it"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

#ifndef FIXED
using program = hg::trainer<net, code, hg::adam>;
#else
using program = hg::trainer<net, loss, hg::adam>;
#endif

float use(hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
#ifndef FIXED
    program train{theta};
    auto out = train(x = images, y = targets);
    return out[code](0, 0);
#else
    program train{theta};
    auto out = train(x = images, y = targets);
    return out[loss];
#endif
}

}
