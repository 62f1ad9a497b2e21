// expect: \{"in equation `extra`: the units of a layer are known while compiling: write dense<3>\(x\) for
// expect: dense\(x, 3\)"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = dense(h, 3)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = hg::dense<3>(h)};
#endif

}

#include "used_everywhere.hpp"
