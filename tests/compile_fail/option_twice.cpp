// expect: "hg::max_rows is given twice"
// max-lines: 30
#include "small_model.hpp"

namespace model {

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::function<net, hg::to<code>, hg::max_rows<64>, hg::max_rows<32>> run;
    auto out = run(theta, x = images);
    static_cast<void>(out[code](0, 0));
#else
    hg::function<net, hg::to<code>, hg::max_rows<64>> run;
    auto out = run(theta, x = images);
    static_cast<void>(out[code](0, 0));
#endif
}

}
