// expect: \{"hg::from<\.\.\.> names `nowhere`, which the graph does not have: it is no symbol, input,
// expect: parameter or noise of it"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

#ifndef FIXED
using program = hg::function<net, hg::from<nowhere>, hg::to<code>>;
#else
using program = hg::function<net, hg::from<h>, hg::to<code>>;
#endif

float use(hg::parameters<net>& theta, const numbers& images, [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    program run;
    auto out = run(theta, nowhere = images);
    return out[code](0, 0);
#else
    program run;
    auto out = run(theta, h = images);
    return out[code](0, 0);
#endif
}

}
