// expect: "hg::trainer has two update rules, hg::adam and hg::sgd, but takes one"
// max-lines: 30
#include "small_model.hpp"

namespace model {

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::trainer<net, loss, hg::adam, hg::sgd> train{theta};
    auto out = train(x = images, y = targets);
    static_cast<void>(0 + out[loss]);
#else
    hg::trainer<net, loss, hg::adam> train{theta};
    auto out = train(x = images, y = targets);
    static_cast<void>(0 + out[loss]);
#endif
}

}
