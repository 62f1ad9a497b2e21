// expect: "an argument of the type int is given where hg::parameters is made, which takes hg::seed = n"
// max-lines: 30
#include "small_model.hpp"

namespace model {

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::parameters<net> other{7};
    static_cast<void>(other[W](0, 0));
#else
    hg::parameters<net> other{hg::seed = 7};
    static_cast<void>(other[W](0, 0));
#endif
}

}
