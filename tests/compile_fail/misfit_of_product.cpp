// expect: \{"in equation `extra`: `add` of an expression and `W`: the shapes \[5\] and \[5, 3\] do not
// expect: the \[5\] is the matrix product of \[5, 3\] and \[3\]: hadamard\(a, b\) multiplies element by element
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::parameter<"W", 5, 3> W;

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = W * mu + W};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = hadamard(W, mu) + W};
#endif

}

#include "used_everywhere.hpp"
