// expect: \{"in equation `extra`: `laplace` is a symbol, an input or a parameter, and is called
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

HOURGLASS_SYMBOLS(laplace);

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sample(laplace(mu, 1.0))};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sample(hg::laplace(mu, 1.0))};
#endif

}

#include "used_everywhere.hpp"
