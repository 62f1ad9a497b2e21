// expect: \{"in equation `b`: the prefix `block` is used twice, for blocks that differ in their equations or in what is
// expect: passed to them: give one of them another prefix"\}
// max-lines: 25
#include <hourglass/hourglass.hpp>

namespace hg = hourglass;

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::symbol<"in"> in;
inline constexpr hg::symbol<"out"> out;
inline constexpr hg::symbol<"a"> a;
inline constexpr hg::symbol<"b"> b;
inline constexpr hg::graph layer{out = tanh(hg::dense<3>(in))};

inline constexpr hg::graph model{
    a = hg::use<"block">(layer, in = 2.0 * x)[out],
#ifndef FIXED
    b = hg::use<"block">(layer, in = 3.0 * x)[out],
#else
    b = hg::use<"block">(layer, in = 2.0 * x)[out] + hg::use<"other">(layer, in = 3.0 * x)[out],
#endif
};
static_assert(hg::check<model>);
