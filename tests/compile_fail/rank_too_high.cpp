// expect: \{"in equation `extra`: the input `e` has 7 axes, but a value has at most 6"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::input<"e", 2, 1, 1, 1, 1, 1, 3> e;
inline constexpr hg::input<"f", 2, 3> f;

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sum(e)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sum(f)};
#endif

}

#include "used_everywhere.hpp"
