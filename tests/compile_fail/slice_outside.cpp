// expect: \{"in equation `extra`: `slice` of `x`: elements 4 to 13 \(not included\) of axis 0 do not lie in
// expect: the shape \[12\]"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = slice<4, 13>(x)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = slice<4, 12>(x)};
#endif

}

#include "used_everywhere.hpp"
