// expect: \{"in equation `extra`: `mu` is bound in use<\\?"b1\\?">\(\.\.\.\), but no equation of the block
// expect: uses it"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::symbol<"in"> in;
inline constexpr hg::symbol<"gain"> gain;
inline constexpr hg::symbol<"out"> out;
inline constexpr hg::graph residual{out = in + gain * tanh(dense<8>(in))};

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = hg::use<"b1">(residual, in = h, gain = beta, mu = h)[out]};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = hg::use<"b1">(residual, in = h, gain = beta)[out]};
#endif

}

#include "used_everywhere.hpp"
