// expect: \{"hg::trains<\.\.\.> names `h`, which is no parameter, so it cannot be trained"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

#ifndef FIXED
using program = hg::trainer<net, loss, hg::sgd, hg::trains<h>>;
#else
using program = hg::trainer<net, loss, hg::sgd, hg::trains<W>>;
#endif

float use(hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
    program train{theta};
    return train(x = images, y = targets)[loss];
}

}
