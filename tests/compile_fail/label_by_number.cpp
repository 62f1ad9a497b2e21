// expect: \{"in equation `extra`: `categorical` of `mu` and `label`: a value has a number for each class along its last
// expect: axis, 1 for the one that is meant \(one-hot\), so it ends in 3, and here has the shape \[1\]"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

inline constexpr hg::input<"label", 1> label;
inline constexpr hg::input<"one_hot", 3> one_hot;

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = cross_entropy(mu, label)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = cross_entropy(mu, one_hot)};
#endif

}

#include "used_everywhere.hpp"
