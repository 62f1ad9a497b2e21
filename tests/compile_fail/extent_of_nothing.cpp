// expect: \{"in equation `extra`: the parameter `W` has the shape \[-5, 12\], but every extent is at least 1"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::parameter<"W", -5, 12> W;
inline constexpr hg::parameter<"V", 5, 12> V;

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = W * x};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = V * x};
#endif

}

#include "used_everywhere.hpp"
