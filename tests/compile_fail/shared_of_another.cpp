// expect: in equation `extra`: `shared`: it takes an operand that draws noise: normal_noise_like\(x\)
// expect: bernoulli_noise_like\(x, p\), mask_and_rescale\(x, p\), dropout\(x, p\), sample\(q\) of a distribution q
// expect: draw\(q\) of a discrete one, gumbel_softmax\(logits, temperature\)
// max-lines: 25
#include "ten_equations.hpp"

namespace model {

#ifndef FIXED
inline constexpr hg::graph net{NINE_EQUATIONS, extra = hg::shared(tanh(h))};
#else
inline constexpr hg::graph net{NINE_EQUATIONS, extra = hg::shared(hg::bernoulli_noise_like(h, 0.5))};
#endif

}

#include "used_everywhere.hpp"
