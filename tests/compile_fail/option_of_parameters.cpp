// expect: hg::max_rows is no option of hg::parameters, which takes hg::element"
// max-lines: 30
#include "small_model.hpp"

namespace model {

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::parameters<net, hg::max_rows<8>> other;
    static_cast<void>(other[W](0, 0));
#else
    hg::parameters<net, hg::element<double>> other;
    static_cast<void>(other[W](0, 0));
#endif
}

}
