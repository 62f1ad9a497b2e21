// The sparse autoencoder: a hidden layer wider than the image, with a penalty on activations that keeps it from copying
// its input. These are its equations for any widths; examples/sparse.cpp trains it.
#pragma once

#include <hourglass/expr/declare.hpp>
#include <hourglass/nn/dense.hpp>
#include <hourglass/nn/losses.hpp>
#include <hourglass/program/program.hpp>

HOURGLASS_BEGIN
namespace models::sparse {

// clang-format off
template <int Features> inline constexpr input<"x", Features> x;

HOURGLASS_SYMBOLS(h,                  // [Hidden]
                  logits,             // [Features]
                  xhat,               // [Features]
                  reconstruction,     // mean over features of (xhat - x)^2
                  penalty,            // ||h||_1
                  loss);
inline constexpr scalar<"lambda">         lambda{1e-4};     // the weight of the penalty; a run-time number

/// The sparse autoencoder: mean squared error plus lambda times the L1 norm of the hidden layer.
template <int Features, int Hidden> inline constexpr graph model{
    h              = relu(dense<Hidden>(x<Features>)),
    logits         = dense<Features>(h),
    xhat           = sigmoid(logits),
    reconstruction = mse(xhat, x<Features>),
    penalty        = l1(h),
    loss           = reconstruction + lambda * penalty,
};
// clang-format on

}
HOURGLASS_END
