// expect: \{"in equation `extra`: `add` of `logits` and `mu`: the shapes \[12\] and \[3\] do not broadcast:
// expect: axes are matched from the last, and must be equal or 1"\}
// max-lines: 25
#define COMPILE_ALL
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = logits + mu};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = logits + x};
#endif

}

#include "used_everywhere.hpp"
