// expect: \{"the scalar `beta` is bound to something that is no number"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::trainer<net, loss, hg::sgd>;

float use(hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
#ifndef FIXED
    program train{theta};
    auto out = train(x = images, y = targets, beta = images);
    return out[loss];
#else
    program train{theta};
    auto out = train(x = images, y = targets, beta = images[0]);
    return out[loss];
#endif
}

}
