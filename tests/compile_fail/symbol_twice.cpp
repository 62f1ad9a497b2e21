// expect: \{"in equation `mu`: `mu` is defined twice, by the equations number 2 and 10: give one of them
// expect: another name"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, mu = relu(h)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = relu(h)};
#endif

}

#include "used_everywhere.hpp"
