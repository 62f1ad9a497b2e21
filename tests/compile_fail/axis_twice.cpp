// expect: \{"in equation `extra`: `reduction` of `W`: axis 0 of the shape \[5, 12\] is named twice"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::parameter<"W", 5, 12> W;

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sum(W, hg::axes<0, 0>)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sum(W, hg::axes<0>)};
#endif

}

#include "used_everywhere.hpp"
