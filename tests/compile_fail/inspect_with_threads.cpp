// expect: "hg::threads is bound where hg::interpreter is made, which takes parameters, a trainer`s
// expect: state and hg::seed = n"
// max-lines: 30
#include "small_model.hpp"
#include <hourglass/inspect/inspect.hpp>

namespace model {

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::interpreter<net> look{theta, hg::threads = 2};
    look(x = images);
    static_cast<void>(look[code](0, 0));
#else
    hg::interpreter<net> look{theta, hg::seed = 2};
    look(x = images);
    static_cast<void>(look[code](0, 0));
#endif
}

}
