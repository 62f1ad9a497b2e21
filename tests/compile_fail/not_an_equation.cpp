// expect: \{"entry number 10 of the graph is no equation: write symbol = expression"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra == relu(h)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = relu(h)};
#endif

}

#include "used_everywhere.hpp"
