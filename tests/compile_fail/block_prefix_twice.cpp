// expect: in equation .*b.*: the prefix .*block.* stands for two blocks, with another graph or other symbols passed:
// give one of them another prefix
#include <hourglass/hourglass.hpp>

namespace hg = hourglass;

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::symbol<"in"> in;
inline constexpr hg::symbol<"out"> out;
inline constexpr hg::symbol<"a"> a;
inline constexpr hg::symbol<"b"> b;
inline constexpr hg::graph layer{out = tanh(hg::dense<3>(in))};

inline constexpr hg::graph model{
    a = hg::use<"block">(layer, in = x)[out],
#ifndef FIXED
    b = hg::use<"block">(layer, in = a)[out],
#else
    b = hg::use<"other">(layer, in = a)[out],
#endif
};
static_assert(hg::check<model>);
