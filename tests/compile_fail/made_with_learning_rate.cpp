// expect: `learning_rate` is bound where hg::trainer is made, which takes the parameters, hg::seed =
// expect: n and hg::threads = n: bind it where it is called"
// max-lines: 30
#include "small_model.hpp"

namespace model {

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::trainer<net, loss, hg::sgd> train{theta, hg::learning_rate = 0.5};
    auto out = train(x = images, y = targets);
    static_cast<void>(0 + out[loss]);
#else
    hg::trainer<net, loss, hg::sgd> train{theta};
    auto out = train(x = images, y = targets, hg::learning_rate = 0.5);
    static_cast<void>(0 + out[loss]);
#endif
}

}
