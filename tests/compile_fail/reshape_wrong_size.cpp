// expect: \{"in equation `extra`: `reshape` of `x`: it cannot make \[3, 5\] \(15 elements\) of \[12\] \(12
// expect: elements\)"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = reshape<3, 5>(x)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = reshape<3, 4>(x)};
#endif

}

#include "used_everywhere.hpp"
