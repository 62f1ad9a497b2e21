// expect: \{"in equation `extra`: the scalar `rate` is declared with two defaults, 0\.25 and 3"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::scalar<"rate"> rate{0.25};
inline constexpr hg::scalar<"rate"> other{3};

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = rate * h + other * h};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = rate * h + rate * h};
#endif

}

#include "used_everywhere.hpp"
