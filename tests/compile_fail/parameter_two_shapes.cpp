// expect: \{"in equation `extra`: the parameter `W` is declared with two shapes, \[5, 12\] and \[4, 12\]"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::parameter<"W", 5, 12> A;
inline constexpr hg::parameter<"W", 4, 12> B;

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sum(A * x) + sum(B * x)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sum(A * x) + sum(A * x)};
#endif

}

#include "used_everywhere.hpp"
