// expect: \{"the parameters are const, but a trainer writes them"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::trainer<net, loss, hg::sgd>;

float use([[maybe_unused]] hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
#ifndef FIXED
    const hg::parameters<net> fixed;
    program train{fixed};
    return train(x = images, y = targets)[loss];
#else
    hg::parameters<net> fixed;
    program train{fixed};
    return train(x = images, y = targets)[loss];
#endif
}

}
