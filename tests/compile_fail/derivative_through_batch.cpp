// expect: \{"in equation `extra`: `grad` of an expression and `x`: the first has a value for each example,
// expect: on which the second acts through other examples too: differentiate batch_sum\(\.\.\.\) of it,
// expect: or keep what is taken over the batch constant with stop_gradient\(\.\.\.\)"\}
// max-lines: 25
#define COMPILE_ALL
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = grad(sum(h - batch_mean(h)), x)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = grad(sum(h - stop_gradient(batch_mean(h))), x)};
#endif

}

#include "used_everywhere.hpp"
