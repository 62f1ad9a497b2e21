// expect: \{"the program that is called is a temporary, and what it returns lies in its memory: give the
// expect: program a name"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::trainer<net, loss, hg::sgd>;

float use(hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
#ifndef FIXED
    auto out = program{theta}(x = images, y = targets);
    return out[loss];
#else
    program train{theta};
    auto out = train(x = images, y = targets);
    return out[loss];
#endif
}

}
