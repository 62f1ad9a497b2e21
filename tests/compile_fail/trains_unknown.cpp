// expect: \{"hg::trains<\.\.\.> names `V`, which the graph does not have: it is no symbol, input, parameter or
// expect: noise of it"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

#ifndef FIXED
using program = hg::trainer<net, loss, hg::sgd, hg::trains<hg::name<"V">>>;
#else
using program = hg::trainer<net, loss, hg::sgd, hg::trains<hg::name<"W">>>;
#endif

float use(hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
    program train{theta};
    return train(x = images, y = targets)[loss];
}

}
