// expect: \{"in equation `run\.s`: noise is drawn in the body of a scan, where it would be the same in all
// expect: steps: draw it outside, for all steps at once, as in eps = normal_noise<T, n>\(\), and pass it
// expect: along\(\.\.\.\)"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::symbol<"u"> u;
inline constexpr hg::symbol<"s"> s;
inline constexpr auto series = hg::reshape<4, 3>(x);
inline constexpr auto start = hg::broadcast_to<2>(0);

#ifndef FIXED
inline constexpr hg::graph cell{next(s) = tanh(dense<2>(concatenate(u, s))) + hg::normal_noise_like(s)};
inline constexpr hg::graph net{NINE_EQUATIONS,
                               extra = hg::scan<"run">(cell, hg::along(u = series), hg::carry(s = start))[next(s)]};
#else
inline constexpr hg::symbol<"eps"> eps;
inline constexpr hg::graph cell{next(s) = tanh(dense<2>(concatenate(u, s))) + eps};
inline constexpr hg::graph net{NINE_EQUATIONS,
                               extra = hg::scan<"run">(cell, hg::along(u = series, eps = hg::normal_noise<4, 2>()),
                                                       hg::carry(s = start))[next(s)]};
#endif

}

#include "used_everywhere.hpp"
