// expect: hg::per_example is an option of hg::gradient: a trainer moves parameters by one gradient of all rows
#include <hourglass/hourglass.hpp>

namespace hg = hourglass;

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::parameter<"w", 3> w;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::graph model{loss = square(dot(w, x))};

#ifndef FIXED
hg::parameters<model> theta;
hg::trainer<model, loss, hg::sgd, hg::per_example> train{theta};
#else
hg::parameters<model> theta;
hg::trainer<model, loss, hg::sgd> train{theta};
#endif
