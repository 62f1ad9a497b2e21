// expect: \{"in equation `extra`: `kl` of `mu` and `mu`: no closed form of the divergence of logistic from normal is
// expect: known here: with an equation z = sample\(q\), log_prob\(q, z\) - log_prob\(p, z\) estimates it, and its mean
// expect: over draws is it"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = kl(logistic(mu, 1), normal(mu, 1))};
#else
inline constexpr auto other = logistic(mu, 1);
inline constexpr hg::graph net{NINE_EQUATIONS, extra = log_prob(other, z) - log_prob(normal(mu, 1), z)};
#endif

}

#include "used_everywhere.hpp"
