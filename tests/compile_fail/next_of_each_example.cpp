// expect: \{"in equation `m`: next of `m` differs between examples, but there is one state for all of them:
// expect: take batch_mean or batch_sum of it"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::state<"m", 8> m{0.0};

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, next(m) = 0.9 * m + 0.1 * h};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, next(m) = 0.9 * m + 0.1 * batch_mean(h)};
#endif

}

#include "used_everywhere.hpp"
