// expect: \{"in equation `W`: next of `W`, which is a parameter: only an hg::state has a next value"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::parameter<"W", 3> W;
inline constexpr hg::state<"m", 3> m{0.0};

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, next(W) = 0.9 * W};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, next(m) = 0.9 * W};
#endif

}

#include "used_everywhere.hpp"
