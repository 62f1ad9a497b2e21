// expect: \{"hg::to<\.\.\.> names `nowhere`, which the graph does not have: it is no symbol, input, parameter
// expect: or noise of it"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

#ifndef FIXED
using program = hg::function<net, hg::to<nowhere>>;
#else
using program = hg::function<net, hg::to<code>>;
#endif

float use(hg::parameters<net>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    program run;
    auto out = run(theta, x = images);
    return out[nowhere](0, 0);
#else
    program run;
    auto out = run(theta, x = images);
    return out[code](0, 0);
#endif
}

}
