// expect: \{"in equation `code`: `h` is used before its equation: move the equation of `h` above this one"\}
// max-lines: 25
#include <hourglass/hourglass.hpp>

namespace hg = hourglass;

namespace model {

inline constexpr hg::input<"x", 4> x;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"code"> code;

#ifndef FIXED
inline constexpr hg::graph net{code = tanh(h), h = dense<5>(x)};
#else
inline constexpr hg::graph net{h = dense<5>(x), code = tanh(h)};
#endif

}

static_assert(hg::check<model::net>);
