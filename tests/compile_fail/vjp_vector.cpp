// expect: \{"in equation `extra`: `vjp` of `h` and `x`: the vector has the shape \[12\], but needs that of what is
// expect: differentiated, \[8\]"\}
// max-lines: 25
#define COMPILE_ALL
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = vjp(h, x, x)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = vjp(h, x, h)};
#endif

}

#include "used_everywhere.hpp"
