// expect: \{"in equation `extra`: `jacobian` of `h` and `z`: the first does not depend on the second, or by no way that
// expect: has a derivative, so it is zero everywhere"\}
// max-lines: 25
#define COMPILE_ALL
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = jacobian(h, z)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = jacobian(h, x)};
#endif

}

#include "used_everywhere.hpp"
