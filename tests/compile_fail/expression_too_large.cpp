// expect: \{"in equation `extra`: its expression has more than 500 operations, or more than 100 inside one
// expect: another, as a sum of so many terms has: give parts of it names, as equations of their own, which are
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

template <int Times, class X> constexpr auto doubled(const X& x) {
    if constexpr (Times == 0)
        return x;
    else
        return doubled<Times - 1>(x * sigmoid(x));
}

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = doubled<40>(h)};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = doubled<3>(h)};
#endif

}

#include "used_everywhere.hpp"
