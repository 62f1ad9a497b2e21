// expect: hg::per_example asks for the gradient of each row, but the loss .*loss.* has no batch axis
#include <hourglass/hourglass.hpp>

namespace hg = hourglass;

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::parameter<"w", 3> w;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::graph model{loss = l2(w)};

#ifndef FIXED
hg::gradient<model, loss, hg::per_example> g;
#else
hg::gradient<model, loss> g;
#endif
