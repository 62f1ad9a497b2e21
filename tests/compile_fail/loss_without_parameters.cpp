// expect: \{"the loss `loss` depends on no parameter, so there is nothing to train"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

#ifndef FIXED
using program = hg::trainer<net, loss, hg::sgd, hg::from<h>>;
#else
using program = hg::trainer<net, loss, hg::sgd>;
#endif

float use(hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
#ifndef FIXED
    program train{theta};
    return train(h = images, y = targets)[loss];
#else
    program train{theta};
    return train(x = images, y = targets)[loss];
#endif
}

}
