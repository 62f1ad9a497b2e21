// expect: \{"in equation `extra`: `reshape` of `x`: the result has 7 axes, but a value has at most 6"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = reshape<1, 1, 1, 1, 1, 1, 12>(x)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = reshape<1, 1, 1, 1, 1, 12>(x)};
#endif

}

#include "used_everywhere.hpp"
