// expect: \{"`y` is bound to an expression, but a call binds names to numbers: put the equation into the
// expect: graph"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::trainer<net, loss, hg::sgd>;

float use(hg::parameters<net>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    program train{theta};
    auto out = train(x = images, y = tanh(code));
    return out[loss];
#else
    program train{theta};
    auto out = train(x = images, y = targets);
    return out[loss];
#endif
}

}
