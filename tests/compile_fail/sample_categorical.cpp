// expect: \{"in equation `extra`: `sample` of `logits`: a categorical draw has no reparameterised form, so no
// expect: gradient would reach its logits\. Choose an estimator: sample\(q, straight_through\), sample\(q,
// expect: relaxed\(temperature\)\), or score_function\(loss, log_prob\(q, z\)\) of z = draw\(q\); or use the
// expect: mean, softmax\(logits\)"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sample(categorical(logits))};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sample(categorical(logits), hg::straight_through)};
#endif

}

#include "used_everywhere.hpp"
