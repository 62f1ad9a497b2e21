// expect: \{"the graph is not constant: it uses a function that is not constexpr on this compiler, such as std::sqrt or
// expect: std::log of a number: write hourglass::sqrt\(2.0\), hourglass::log\(2.0\), which are"\}
// max-errors: 2
// max-lines: 45
#include "ten_equations.hpp"

namespace model {

inline double root_of_two() { return 1.414; }

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = h / root_of_two()};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = h / hg::sqrt(2.0)};
#endif

}

#include "used_everywhere.hpp"
