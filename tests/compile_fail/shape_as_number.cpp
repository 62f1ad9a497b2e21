// expect: \{"in equation `extra`: shapes are known while compiling: write reshape<3, 4>\(x\) for reshape\(x, 3, 4\)"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = reshape(x, 3, 4)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = hg::reshape<3, 4>(x)};
#endif

}

#include "used_everywhere.hpp"
