// expect: \{"in equation `extra`: `bernoulli_nll` of `mu` and `x`: the shapes \[3\] and \[12\] do not broadcast
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = bernoulli_nll(mu, x)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = bernoulli_nll(logits, x)};
#endif

}

#include "used_everywhere.hpp"
