// expect: \{"in equation `extra`: `grad` of `h` and `x`: the first has the shape \[8\], and only a single number has a
// expect: gradient: take sum\(\.\.\.\) of it, or write jacobian\(\.\.\.\)"\}
// max-lines: 25
#define COMPILE_ALL
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = grad(h, x)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = grad(sum(h), x)};
#endif

}

#include "used_everywhere.hpp"
