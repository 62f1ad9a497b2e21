// expect: \{"in equation `extra`: `extra` is computed from itself: what is carried from one training step to
// expect: the next is an hg::state, written by next\(\.\.\.\)"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = tanh(extra + h)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = tanh(1 + h)};
#endif

}

#include "used_everywhere.hpp"
