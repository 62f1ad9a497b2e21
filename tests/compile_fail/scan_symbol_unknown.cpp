// expect: \{"in equation `extra`: the body of the scan `run` has no symbol `mu` to give: no equation of it has
// expect: this name, and nothing is passed by it"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::symbol<"u"> u;
inline constexpr hg::symbol<"s"> s;
inline constexpr auto series = hg::reshape<4, 3>(x);
inline constexpr auto start = hg::broadcast_to<2>(0);

#ifndef FIXED
inline constexpr hg::graph cell{next(s) = tanh(dense<2>(concatenate(u, s)))};
inline constexpr hg::graph net{NINE_EQUATIONS,
                               extra = hg::scan<"run">(cell, hg::along(u = series), hg::carry(s = start))[mu]};
#else
inline constexpr hg::graph cell{next(s) = tanh(dense<2>(concatenate(u, s)))};
inline constexpr hg::graph net{NINE_EQUATIONS,
                               extra = hg::scan<"run">(cell, hg::along(u = series), hg::carry(s = start))[next(s)]};
#endif

}

#include "used_everywhere.hpp"
