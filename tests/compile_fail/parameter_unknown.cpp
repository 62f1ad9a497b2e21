// expect: \{"no parameter or state is named `nowhere`"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::function<net, hg::from<x>, hg::to<code>>;

float use(hg::parameters<net>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    program run;
    theta[nowhere](0, 0) = 1;
    return run(theta, x = images)[code](0, 0);
#else
    program run;
    theta[W](0, 0) = 1;
    return run(theta, x = images)[code](0, 0);
#endif
}

}
