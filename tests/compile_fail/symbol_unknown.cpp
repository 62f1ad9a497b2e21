// expect: \{"in equation `extra`: the symbol `sigma` is unknown: no equation defines it, and no layer above
// expect: this one declares it"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::symbol<"sigma"> sigma;

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = exp(sigma)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = exp(logvar)};
#endif

}

#include "used_everywhere.hpp"
