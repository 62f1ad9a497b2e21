// expect: \{"in equation `extra`: `concatenate` of `A` and `B`: the shapes \[2, 3\] and \[4, 3\] do not fit
// expect: along axis 1: all other axes must be equal"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::parameter<"A", 2, 3> A;
inline constexpr hg::parameter<"B", 4, 3> B;

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = concatenate<1>(A, B)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = concatenate<0>(A, B)};
#endif

}

#include "used_everywhere.hpp"
