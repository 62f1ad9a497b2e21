// expect: an expression of a model is neither true nor false while the model is written: for a choice between
// expect: values write where\(condition, a, b\), for `and` of two conditions min\(a, b\), for `or` max\(a,
// expect: b\), for `not` 1 - a
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = h > 0 && h < 1};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = min(h > 0, h < 1)};
#endif

}

#include "used_everywhere.hpp"
