// expect: \{"in equation `extra`: `dense<5>` of `grid`: it needs a vector, not the shape \[3, 4\]: take
// expect: reshape<12>\(\.\.\.\) of it first; the number of rows of a batch is no part of a shape"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::input<"grid", 3, 4> grid;

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = dense<5>(grid)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = dense<5>(reshape<12>(grid))};
#endif

}

#include "used_everywhere.hpp"
