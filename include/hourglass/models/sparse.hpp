// The sparse autoencoder: a hidden layer wider than the image, kept from copying it by a price on every activation.
// Here are its formulas for any widths; the training is in examples/sparse.cpp.
#pragma once

#include <hourglass/expr/graph.hpp>
#include <hourglass/nn/dense.hpp>
#include <hourglass/nn/losses.hpp>

HOURGLASS_BEGIN
namespace models::sparse {

// clang-format off
template <int Features> inline constexpr input<"x", Features> x;

inline constexpr symbol<"h">              h;                // [Hidden]
inline constexpr symbol<"logits">         logits;           // [Features]
inline constexpr symbol<"xhat">           xhat;             // [Features]
inline constexpr symbol<"reconstruction"> reconstruction;   // mean over features of (xhat - x)^2
inline constexpr symbol<"penalty">        penalty;          // ||h||_1
inline constexpr symbol<"loss">           loss;
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
