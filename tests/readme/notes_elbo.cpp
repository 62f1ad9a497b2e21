// For the program of docs/lecture_notes.md that draws the ELBO as it is written: the names of the model before it.
#include <hourglass/hourglass.hpp>

#include <cstdio>
#include <vector>

namespace hg = hourglass;

inline constexpr hg::input<"x", 784> x;
HOURGLASS_SYMBOLS(h, mu, logvar, sigma, epsilon, z, logits);
inline constexpr hg::symbol<"ELBO"> elbo;
inline constexpr auto q = normal(mu, sigma);
inline constexpr auto p = bernoulli(logits);

// BLOCK
