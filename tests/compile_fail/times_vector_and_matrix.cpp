// expect: \{"in equation `extra`: `\*` of `h` and `W`: a vector \[8\] times a matrix \[8, 5\] could be meant
// expect: in several ways: write transpose\(matrix\) \* vector or matmul\(vector, matrix\) for the matrix
// expect: product, or hadamard\(a, b\) for the elementwise product"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::parameter<"W", 8, 5> W;

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = h * W};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = transpose(W) * h};
#endif

}

#include "used_everywhere.hpp"
