// expect: "the parameters are given where the program is made, but they are the first argument of
// expect: each call"
// max-lines: 30
#include "small_model.hpp"

namespace model {

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::function<net, hg::to<code>> run{theta};
    auto out = run(theta, x = images);
    static_cast<void>(out[code](0, 0));
#else
    hg::function<net, hg::to<code>> run;
    auto out = run(theta, x = images);
    static_cast<void>(out[code](0, 0));
#endif
}

}
