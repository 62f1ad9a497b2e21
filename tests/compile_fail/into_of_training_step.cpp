// expect: \{"a training step is never cut into chunks, so it takes no hg::into: read out\[symbol\]"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::trainer<net, loss, hg::sgd>;

float use(hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
#ifndef FIXED
    program train{theta};
    numbers values(100);
    train(x = images, y = targets, hg::into(loss, values));
    return values[0];
#else
    program train{theta};
    return train(x = images, y = targets)[loss];
#endif
}

}
