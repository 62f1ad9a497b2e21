// expect: in equation `extra`: `dropout` of `h`: it drops with a probability of 0 or more and less than 1, not 1"
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = dropout(h, 1)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = dropout(h, 0.5)};
#endif

}

#include "used_everywhere.hpp"
