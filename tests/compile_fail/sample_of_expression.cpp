// expect: \{"in equation `extra`: sample, log_prob, entropy and kl are of distributions, such as normal\(mean,
// deviation\), expect: and here stands an expression"\} max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sample(mu)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sample(normal(mu, 1.0))};
#endif

}

#include "used_everywhere.hpp"
