// expect: \{"the graph is not constant: declare it constexpr, and use nothing in it that is not, such as a variable,
// expect: or a function like std::sqrt or std::log of a number on some compilers: write hourglass::sqrt\(2.0\),
// expect: hourglass::log\(2.0\), which are"\}
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
