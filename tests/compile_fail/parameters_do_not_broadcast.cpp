// expect: in equation `extra`: `gamma` of `mu` and `h`: parameters of the shapes \[3\] and \[8\] do not broadcast"
// max-lines: 25
#include "ten_equations.hpp"

#include <hourglass/probability/distributions.hpp>

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sample(gamma(exp(mu), exp(h)))};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sample(gamma(exp(mu), exp(logvar)))};
#endif

}

#include "used_everywhere.hpp"
