// expect: \{"in equation `m`: next of `m` has the shape \[8\], but `m` has the shape \[3\]"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::state<"m", 3> m{0.0};

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, next(m) = batch_mean(h)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, next(m) = batch_mean(mu)};
#endif

}

#include "used_everywhere.hpp"
