// expect: \{"in equation `extra`: `jvp` of `x` and `mu`: the direction has the shape \[3\],
// expect: but needs that of what it moves, \[12\]"\}
// max-lines: 25
#define COMPILE_ALL
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = jvp(h, x, mu)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = jvp(h, x, x)};
#endif

}

#include "used_everywhere.hpp"
