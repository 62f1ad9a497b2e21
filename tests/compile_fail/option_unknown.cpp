// expect: hg::adam is no option of hg::function, which takes hg::from, hg::to, hg::max_rows,
// expect: hg::element, hg::training and hg::arena_inside"
// max-lines: 30
#include "small_model.hpp"

namespace model {

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::function<net, hg::to<code>, hg::adam, int> run;
    auto out = run(theta, x = images);
    static_cast<void>(out[code](0, 0));
#else
    hg::function<net, hg::to<code>> run;
    auto out = run(theta, x = images);
    static_cast<void>(out[code](0, 0));
#endif
}

}
