// The sparse autoencoder: a hidden layer wider than the image, kept from copying it by a price on every activation.
// Here are its formulas for any widths; the training is in examples/sparse.cpp.
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
inline constexpr scalar<"lambda">         lambda{1e-4};     // the price of an activation; a run-time number

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
