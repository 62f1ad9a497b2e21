// expect: hg::wrt is no option of hg::trainer, which takes hg::from, hg::to, hg::trains,
// expect: hg::recompute, an update rule, hg::max_rows, hg::element and hg::sum_rows"
// max-lines: 30
#include "small_model.hpp"

namespace model {

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::trainer<net, loss, hg::sgd, hg::wrt<W>> train{theta};
    auto out = train(x = images, y = targets);
    static_cast<void>(0 + out[loss]);
#else
    hg::trainer<net, loss, hg::sgd, hg::trains<W>> train{theta};
    auto out = train(x = images, y = targets);
    static_cast<void>(0 + out[loss]);
#endif
}

}
