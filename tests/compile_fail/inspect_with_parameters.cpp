// expect: "the parameters are given where the interpreter is made, not where it is called"
// max-lines: 30
#include "small_model.hpp"
#include <hourglass/inspect/inspect.hpp>

namespace model {

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::interpreter<net> look;
    look(theta, x = images);
    static_cast<void>(look[code](0, 0));
#else
    hg::interpreter<net> look{theta};
    look(x = images);
    static_cast<void>(look[code](0, 0));
#endif
}

}
