// expect: \{"in equation `extra`: a part of a tensor is slice<0, 1>\(x\), elements 0 to 1 \(not included\) of the first
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
