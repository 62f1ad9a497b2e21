// expect: \{"the parameters are of the type double, but the trainer computes in float: give both the same
// expect: hg::element<\.\.\.>"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::trainer<net, loss, hg::sgd>;

float use([[maybe_unused]] hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
#ifndef FIXED
    hg::parameters<net, hg::element<double>> exact;
    program train{exact};
    return train(x = images, y = targets)[loss];
#else
    program train{theta};
    return train(x = images, y = targets)[loss];
#endif
}

}
