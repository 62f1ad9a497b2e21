// expect: \{"the loss `hits` has no derivative with respect to any parameter, so there is nothing to train:
// expect: `greater` in the equation `hits` lets no gradient through"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

inline constexpr hg::symbol<"hits"> hits;
inline constexpr hg::graph counted{code = tanh(W * x), hits = sum(code > y), error = squared_error(code, y)};

#ifndef FIXED
using program = hg::trainer<counted, hits, hg::adam>;
#else
using program = hg::trainer<counted, error, hg::adam, hg::to<hits>>;
#endif

float use(hg::parameters<counted>& theta, const numbers& images, const numbers& targets) {
    program train{theta};
    auto out = train(x = images, y = targets, hg::learning_rate = 1e-3);
#ifndef FIXED
    return out[hits];
#else
    return out[error] + out[hits](0);
#endif
}

}
