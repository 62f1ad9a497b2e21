// expect: \{"in equation `extra`: `sparse_hessian` of `h` and `x`: the first has the shape \[8\], and only a single
// expect: number has a Hessian: take sum\(\.\.\.\) of it, or write sparse_jacobian\(\.\.\.\)"\}
// max-lines: 25
#define COMPILE_ALL
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sparse_hessian(h, x)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sparse_hessian(sum(h), x)};
#endif

}

#include "used_everywhere.hpp"
