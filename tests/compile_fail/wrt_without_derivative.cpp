// expect: \{"the loss `error` has no derivative with respect to `W`: `stop_gradient` in the equation `code` lets
// expect: no gradient through"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

inline constexpr hg::parameter<"V", 3, 3> V;
inline constexpr hg::graph frozen{code = V * stop_gradient(tanh(W * x)), error = squared_error(code, y)};

#ifndef FIXED
using program = hg::gradient<frozen, error, hg::wrt<V, W>>;
#else
using program = hg::gradient<frozen, error, hg::wrt<V>>;
#endif

float use(hg::parameters<frozen>& theta, const numbers& images, const numbers& targets) {
    program run;
    auto out = run(theta, x = images, y = targets);
#ifndef FIXED
    return out.gradient(V)(0, 0) + out.gradient(W)(0, 0);
#else
    return out.gradient(V)(0, 0);
#endif
}

}
