// expect: \{"in equation `extra`: the sequence for `run\.t` has the shape \[3, 4\], so 3 steps, but the scan
// expect: `run` has 4, as `run\.u` says"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::symbol<"u"> u;
inline constexpr hg::symbol<"s"> s;
inline constexpr auto series = hg::reshape<4, 3>(x);
inline constexpr auto start = hg::broadcast_to<2>(0);

#ifndef FIXED
inline constexpr hg::symbol<"t"> t;
inline constexpr hg::graph cell{next(s) = tanh(dense<2>(concatenate(u, t, s)))};
inline constexpr hg::graph net{
    NINE_EQUATIONS,
    extra = hg::scan<"run">(cell, hg::along(u = series, t = hg::reshape<3, 4>(x)), hg::carry(s = start))[next(s)]};
#else
inline constexpr hg::symbol<"t"> t;
inline constexpr hg::graph cell{next(s) = tanh(dense<2>(concatenate(u, t, s)))};
inline constexpr hg::graph net{NINE_EQUATIONS, extra = hg::scan<"run">(cell, hg::along(u = series, t = 2 * series),
                                                                       hg::carry(s = start))[next(s)]};
#endif

}

#include "used_everywhere.hpp"
