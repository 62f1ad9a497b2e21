// expect: \{"in equation `extra`: `\*` of `A` and `B`: the shapes \[2, 3\] and \[3, 4\] could be meant in
// expect: several ways: write matmul\(a, b\) for the matrix product, with transpose\(\.\.\.\) where it is
// expect: needed, or hadamard\(a, b\) for the elementwise product"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::parameter<"A", 2, 3> A;
inline constexpr hg::parameter<"B", 3, 4> B;

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = A * B};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = matmul(A, B)};
#endif

}

#include "used_everywhere.hpp"
