// The autoencoder in its simplest form: one layer down to a code, one layer back up, mean squared error. These are its
// equations for any widths; examples/basic.cpp trains it and shows its results.
#pragma once

#include <hourglass/expr/declare.hpp>
#include <hourglass/nn/losses.hpp>
#include <hourglass/program/program.hpp>

HOURGLASS_BEGIN
namespace models::basic {

// clang-format off
template <int Features> inline constexpr input<"x", Features> x;
template <int Features, int Code> inline constexpr parameter<"W_e", Code, Features> W_e;
template <int Features, int Code> inline constexpr parameter<"W_d", Features, Code> W_d;
template <int Code> inline constexpr parameter<"b_e", Code> b_e;
template <int Features> inline constexpr parameter<"b_d", Features> b_d;

HOURGLASS_SYMBOLS(z,        // [Code]
                  xhat,     // [Features]
                  loss);    // mean over features of (xhat - x)^2

/// The basic autoencoder: z = sigmoid(W_e x + b_e), xhat = sigmoid(W_d z + b_d).
template <int Features, int Code> inline constexpr graph model{
    z    = sigmoid(W_e<Features, Code> * x<Features> + b_e<Code>),
    xhat = sigmoid(W_d<Features, Code> * z + b_d<Features>),
    loss = mse(xhat, x<Features>),
};
// clang-format on

}
HOURGLASS_END
