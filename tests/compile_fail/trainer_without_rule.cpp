// expect: \{"the trainer has no update rule: name one, such as hg::adam or hg::sgd, or one of your own"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

#ifndef FIXED
using program = hg::trainer<net, loss>;
#else
using program = hg::trainer<net, loss, hg::adam>;
#endif

float use(hg::parameters<net>& theta, const numbers& images, const numbers& targets) {
    program train{theta};
    return train(x = images, y = targets, hg::learning_rate = 0.1)[loss];
}

}
