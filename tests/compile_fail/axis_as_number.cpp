// expect: \{"in equation `extra`: axes are named by hg::axes<0, 1>, as in sum\(x, hg::axes<0>\), not by a number:
// expect: they are those of one example, without the batch, and -1 is the last"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = softmax(h, -1)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = softmax(h, hg::axes<-1>)};
#endif

}

#include "used_everywhere.hpp"
