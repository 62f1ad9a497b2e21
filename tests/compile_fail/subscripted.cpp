// expect: \{"in equation `extra`: x\[0\] is not a part of a tensor: write slice<0, 1>\(x\) for elements 0 to 1
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = h[0]};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = hg::slice<0, 1>(h)};
#endif

}

#include "used_everywhere.hpp"
