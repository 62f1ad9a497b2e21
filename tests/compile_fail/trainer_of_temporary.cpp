// expect: "the parameters that hg::trainer is made with are a temporary, but it goes on using them:
// expect: give them a name"
// max-lines: 30
#include "small_model.hpp"

namespace model {

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::trainer<net, loss, hg::sgd> train{hg::parameters<net>{hg::seed = 1}};
    auto out = train(x = images, y = targets);
    static_cast<void>(0 + out[loss]);
#else
    hg::trainer<net, loss, hg::sgd> train{theta};
    auto out = train(x = images, y = targets);
    static_cast<void>(0 + out[loss]);
#endif
}

}
