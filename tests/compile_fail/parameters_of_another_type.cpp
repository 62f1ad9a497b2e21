// expect: \{"the parameters are of the type double, but the program computes in float: give both the same
// expect: hg::element<\.\.\.>"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

using program = hg::function<net, hg::from<x>, hg::to<code>>;

float use([[maybe_unused]] hg::parameters<net>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::parameters<net, hg::element<double>> exact;
    program run;
    auto out = run(exact, x = images);
    return out[code](0, 0);
#else
    hg::parameters<net, hg::element<float>> exact;
    program run;
    auto out = run(exact, x = images);
    return out[code](0, 0);
#endif
}

}
