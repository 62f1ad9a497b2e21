// The deep undercomplete autoencoder: layers narrow to a code much smaller than the image and widen again, so that the
// code must capture what matters. These are its equations for any widths; examples/undercomplete.cpp trains it.
#pragma once

#include <hourglass/expr/declare.hpp>
#include <hourglass/nn/dense.hpp>
#include <hourglass/nn/losses.hpp>
#include <hourglass/program/program.hpp>

HOURGLASS_BEGIN
namespace models::undercomplete {

// clang-format off
template <int Features> inline constexpr input<"x", Features> x;

HOURGLASS_SYMBOLS(h1,         // [Outer]
                  h2,         // [Inner]
                  code,       // [Code], linear
                  h3,         // [Inner]
                  h4,         // [Outer]
                  logits,     // [Features]
                  xhat,       // [Features]
                  loss);      // mean over features of (xhat - x)^2

/// The undercomplete autoencoder: two layers down, a linear code, two layers up, mean squared error.
template <int Features, int Outer, int Inner, int Code> inline constexpr graph model{
    h1     = relu(dense<Outer>(x<Features>)),
    h2     = relu(dense<Inner>(h1)),
    code   = dense<Code>(h2),
    h3     = relu(dense<Inner>(code)),
    h4     = relu(dense<Outer>(h3)),
    logits = dense<Features>(h4),
    xhat   = sigmoid(logits),
    loss   = mse(xhat, x<Features>),
};
// clang-format on

}
HOURGLASS_END
