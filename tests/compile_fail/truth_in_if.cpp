// expect: an expression of a model is neither true nor false while the model is written: for a choice between
// expect: values write where\(condition, a, b\), for `and` of two conditions min\(a, b\), for `or` max\(a,
// expect: b\), for `not` 1 - a
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

constexpr auto leaky(const auto& value) {
    if (value > 0) return 1.0 * value;
    return 0.1 * value;
}

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = leaky(h)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = where(h > 0, h, 0.1 * h)};
#endif

}

#include "used_everywhere.hpp"
