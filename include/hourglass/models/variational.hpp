// The variational autoencoder (Kingma and Welling 2013) with a Gaussian latent and Bernoulli pixels. These are its
// equations for any widths; examples/variational.cpp trains it.
#pragma once

#include <hourglass/expr/declare.hpp>
#include <hourglass/nn/dense.hpp>
#include <hourglass/probability/discrete.hpp>
#include <hourglass/probability/normal.hpp>
#include <hourglass/program/program.hpp>

HOURGLASS_BEGIN
namespace models::variational {

// clang-format off
template <int Features> inline constexpr input<"x", Features> x;

HOURGLASS_SYMBOLS(h,                  // [Hidden]
                  mu,                 // [Latent]
                  logvar,             // [Latent]
                  z,                  // [Latent]
                  hidden,             // [Hidden]
                  logits,             // [Features]
                  xhat,               // [Features], the mean of p(x|z)
                  reconstruction,     // -log p(x|z), nats per image
                  loss);              // the negative ELBO, where beta is 1
inline constexpr symbol<"kl"> divergence;              // KL(q(z|x) || p(z)), nats per image
inline constexpr scalar<"beta"> beta{1.0};              // the weight of the divergence (Higgins et al. 2017)

/// The approximate posterior q(z|x).
inline constexpr auto q = normal(mu, exp(logvar / 2));  // q(z|x)

/// The variational autoencoder: negative ELBO with a weight beta on the divergence.
template <int Features, int Hidden, int Latent> inline constexpr graph model{
    h              = relu(dense<Hidden>(x<Features>)),
    mu             = dense<Latent>(h),
    logvar         = dense<Latent>(h),
    z              = sample(q),
    hidden         = relu(dense<Hidden>(z)),
    logits         = dense<Features>(hidden),
    xhat           = sigmoid(logits),
    reconstruction = bernoulli_nll(logits, x<Features>),
    divergence     = kl(q, standard_normal),
    loss           = reconstruction + beta * divergence,
};
// clang-format on

}
HOURGLASS_END
