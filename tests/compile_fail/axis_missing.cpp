// expect: \{"in equation `extra`: `reduction` of `h`: axis 1 does not exist in the shape \[8\]"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sum(h, hg::axes<1>)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sum(h, hg::axes<0>)};
#endif

}

#include "used_everywhere.hpp"
