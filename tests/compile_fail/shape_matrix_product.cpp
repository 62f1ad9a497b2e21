// expect: \{"in equation `extra`: `matmul` of `W` and `h`: the matrix \[5, 12\] has 12 columns, but what it
// expect: multiplies, \[8\], has 8 elements"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::parameter<"W", 5, 12> W;

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = W * h};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = W * x};
#endif

}

#include "used_everywhere.hpp"
