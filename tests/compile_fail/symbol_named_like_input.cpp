// expect: \{"in equation `x`: `x` has an equation, but is the name of an input too: give one of them another
// expect: name"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::symbol<"x"> other;

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, other = relu(h)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = relu(h)};
#endif

}

#include "used_everywhere.hpp"
