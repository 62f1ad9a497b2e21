// expect: \{"in equation `b1\.out`: the symbol `b1\.h` is unknown: no equation defines it, and nothing is bound to it;
// the expect: block does not see the equation `h` outside of it unless it is passed: use<\.\.\.>\(\.\.\., h = h\)"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::symbol<"in"> in;
inline constexpr hg::symbol<"out"> out;
inline constexpr hg::graph residual{out = in + tanh(dense<3>(h))};

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = hg::use<"b1">(residual, in = mu)[out]};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = hg::use<"b1">(residual, in = mu, h = h)[out]};
#endif

}

#include "used_everywhere.hpp"
