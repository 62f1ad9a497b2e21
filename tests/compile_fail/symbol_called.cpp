// expect: \{"in equation `extra`: `abs` is a symbol, an input or a parameter, and is called like a
// expect: function: where it has the name of a function in C\+\+, write hourglass::abs\(...\) for the function
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

HOURGLASS_SYMBOLS(abs);

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = abs(h)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = hg::abs(h)};
#endif

}

#include "used_everywhere.hpp"
