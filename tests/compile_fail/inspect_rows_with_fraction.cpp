// expect: "hg::rows is bound to something that is no whole number"
// max-lines: 30
#include "small_model.hpp"
#include <hourglass/inspect/inspect.hpp>

namespace model {

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
    hg::interpreter<net> look{theta};
#ifndef FIXED
    look(x = images, hg::rows = 2.5);
#else
    look(x = images, hg::rows = 2);
#endif
}

}
