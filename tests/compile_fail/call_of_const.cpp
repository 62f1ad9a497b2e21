// expect: "the program that is called is const, but a call writes into its memory: declare it without
// expect: const"
// max-lines: 30
#include "small_model.hpp"

namespace model {

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    const hg::function<net, hg::to<code>> run;
    auto out = run(theta, x = images);
    static_cast<void>(out[code](0, 0));
#else
    hg::function<net, hg::to<code>> run;
    auto out = run(theta, x = images);
    static_cast<void>(out[code](0, 0));
#endif
}

}
