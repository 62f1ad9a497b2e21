// expect: "hg::element<int> is no type to compute in: programs and their parameters take float or
// expect: double"
// max-lines: 30
#include "small_model.hpp"

namespace model {

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::parameters<net, hg::element<int>> whole;
    hg::function<net, hg::to<code>, hg::element<int>> run;
    auto out = run(whole, x = images);
    static_cast<void>(out[code](0, 0));
#else
    hg::parameters<net, hg::element<float>> whole;
    hg::function<net, hg::to<code>, hg::element<float>> run;
    auto out = run(whole, x = images);
    static_cast<void>(out[code](0, 0));
#endif
}

}
