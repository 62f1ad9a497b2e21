// expect: "an argument of the type hg::sgd is given where hg::trainer is made, which takes the
// expect: parameters, hg::seed = n and hg::threads = n"
// max-lines: 30
#include "small_model.hpp"

namespace model {

// The sentence is 128 characters long, of which Clang would make a list of numbers.

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::trainer<net, loss, hg::sgd> train{theta, hg::sgd{}, "anything"};
    auto out = train(x = images, y = targets);
    static_cast<void>(0 + out[loss]);
#else
    hg::trainer<net, loss, hg::sgd> train{theta, hg::seed = 1};
    auto out = train(x = images, y = targets);
    static_cast<void>(0 + out[loss]);
#endif
}

}
