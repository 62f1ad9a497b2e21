// expect: \{"`x` is bound to numbers of the type double, but the program computes in float: convert them, or
// expect: choose another hg::element<\.\.\.>"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::function<net, hg::from<x>, hg::to<code>>;

float use(hg::parameters<net>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    program run;
    auto out = run(theta, x = std::vector<double>(4));
    return out[code](0, 0);
#else
    program run;
    auto out = run(theta, x = std::vector<float>(4));
    return out[code](0, 0);
#endif
}

}
