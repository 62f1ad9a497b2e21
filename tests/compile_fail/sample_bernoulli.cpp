// expect: \{"in equation `extra`: `sample` of `logits`: a Bernoulli draw has no reparameterised form, so no
// expect: gradient would reach its logits: use its mean, sigmoid\(logits\), or say that none is wanted:
// expect: bernoulli_noise_like\(logits, stop_gradient\(sigmoid\(logits\)\)\)"\}
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sample(bernoulli(logits))};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = sigmoid(logits)};
#endif

}

#include "used_everywhere.hpp"
