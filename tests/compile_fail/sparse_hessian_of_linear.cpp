// expect: \{"in equation `extra`: `sparse_hessian` of an expression and `x`: the first is linear in every element of
// expect: the second, so there are no second derivatives but zeros"\}
// max-lines: 25
#define COMPILE_ALL
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sparse_hessian(3 * sum(x), x)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sparse_hessian(3 * sum(square(x)), x)};
#endif

}

#include "used_everywhere.hpp"
