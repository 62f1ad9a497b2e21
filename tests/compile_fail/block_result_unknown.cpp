// expect: \{"in equation `extra`: the block `b1` has no symbol `mu` to give: no equation of it has this
// expect: name"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::symbol<"in"> in;
inline constexpr hg::symbol<"gain"> gain;
inline constexpr hg::symbol<"out"> out;
inline constexpr hg::graph residual{out = in + gain * tanh(dense<8>(in))};

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = hg::use<"b1">(residual, in = h, gain = beta)[mu]};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = hg::use<"b1">(residual, in = h, gain = beta)[out]};
#endif

}

#include "used_everywhere.hpp"
