// expect: \{"in equation `run\.s`: next of `run\.s` has the shape \[3\], but `run\.s` starts with the shape
// expect: \[2\]: what is carried keeps its shape"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::symbol<"u"> u;
inline constexpr hg::symbol<"s"> s;
inline constexpr auto series = hg::reshape<4, 3>(x);
inline constexpr auto start = hg::broadcast_to<2>(0);

#ifndef FIXED
inline constexpr hg::graph cell{next(s) = tanh(dense<3>(concatenate(u, s)))};
inline constexpr hg::graph net{NINE_EQUATIONS,
                               extra = hg::scan<"run">(cell, hg::along(u = series), hg::carry(s = start))[next(s)]};
#else
inline constexpr hg::graph cell{next(s) = tanh(dense<2>(concatenate(u, s)))};
inline constexpr hg::graph net{NINE_EQUATIONS,
                               extra = hg::scan<"run">(cell, hg::along(u = series), hg::carry(s = start))[next(s)]};
#endif

}

#include "used_everywhere.hpp"
