// A variational autoencoder in nine equations: a test adds a tenth, `extra`, with its mistake, so that what the
// compiler says is seen at the size of a real model. `used_everywhere.hpp` holds what a user's code does with it.
#pragma once

#include <vector>

#include <hourglass/hourglass.hpp>

namespace hg = hourglass;

namespace model {

inline constexpr hg::input<"x", 12> x;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"mu"> mu;
inline constexpr hg::symbol<"logvar"> logvar;
inline constexpr hg::symbol<"z"> z;
inline constexpr hg::symbol<"decoded"> decoded;
inline constexpr hg::symbol<"logits"> logits;
inline constexpr hg::symbol<"reconstruction"> reconstruction;
inline constexpr hg::symbol<"kl"> divergence;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::symbol<"extra"> extra;
inline constexpr hg::scalar<"beta"> beta{1.0};

inline constexpr auto q = normal(mu, exp(logvar / 2));

// clang-format off
#define NINE_EQUATIONS \
    h = tanh(dense<8>(x)), mu = dense<3>(h), logvar = dense<3>(h), z = sample(q), decoded = tanh(dense<8>(z)), \
    logits = dense<12>(decoded), reconstruction = bernoulli_nll(logits, x), divergence = kl(q, hg::standard_normal), \
    loss = reconstruction + beta * divergence
// clang-format on

}
