// expect: \{"in equation `extra`: `jvp` of `x` and a number: the direction has the shape \[\], but needs that of
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = jvp(h, x, 1.0)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = jvp(loss, beta, 1.0)};
#endif

}

#include "used_everywhere.hpp"
