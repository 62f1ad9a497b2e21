// expect: \{"in equation `x`: `x` is an input, and only a symbol can stand on the left of an equation: what it
// expect: is comes from outside the graph"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, x = relu(h)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = relu(h)};
#endif

}

#include "used_everywhere.hpp"
