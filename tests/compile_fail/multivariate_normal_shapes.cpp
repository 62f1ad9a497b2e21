// expect: in equation `extra`: `multivariate_normal` of `mu` and `scale`: it takes a mean of the shape \[n\] and a
// expect: lower triangular scale of the shape \[n, n\], not \[3\] and \[2, 2\]"
// max-lines: 25
#include "ten_equations.hpp"

#include <hourglass/probability/distributions.hpp>

namespace model {

inline constexpr hg::parameter<"scale", 2, 2> scale;
#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sample(multivariate_normal(mu, scale))};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sample(multivariate_normal(hg::slice<0, 2>(mu), scale))};
#endif

}

#include "used_everywhere.hpp"
