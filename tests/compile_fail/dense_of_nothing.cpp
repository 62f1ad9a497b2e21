// expect: \{"in equation `extra`: `dense<0>` of `x`: it needs at least one unit"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = dense<0>(x)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = dense<1>(x)};
#endif

}

#include "used_everywhere.hpp"
