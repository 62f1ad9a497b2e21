// expect: \{"in equation `a`: the equations form a cycle: `a` needs `b`, which needs `c`, which needs `a`"\}
// max-lines: 25
#include <hourglass/hourglass.hpp>

namespace hg = hourglass;

namespace model {

inline constexpr hg::input<"x", 4> x;
inline constexpr hg::symbol<"a"> a;
inline constexpr hg::symbol<"b"> b;
inline constexpr hg::symbol<"c"> c;

#ifndef FIXED
inline constexpr hg::graph net{a = tanh(b), b = exp(c), c = a + x};
#else
inline constexpr hg::graph net{a = tanh(x), b = exp(a), c = b + x};
#endif

}

static_assert(hg::check<model::net>);
