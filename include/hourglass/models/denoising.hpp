// The denoising autoencoder: restores a clean image from a corrupted one. These are its equations for any widths and
// the four corruptions; examples/denoising.cpp trains it. Feeding `corrupted` removes the corruption from the program.
#pragma once

#include <hourglass/expr/declare.hpp>
#include <hourglass/nn/dense.hpp>
#include <hourglass/nn/losses.hpp>
#include <hourglass/probability/likelihoods.hpp>
#include <hourglass/program/program.hpp>
#include <hourglass/special/random.hpp>

HOURGLASS_BEGIN
namespace models::denoising {

template <int Features> inline constexpr input<"x", Features> x; // clean

// clang-format off
HOURGLASS_SYMBOLS(corrupted,     // [Features]
                  h,             // [Hidden]
                  logits,        // [Features]
                  xhat,          // [Features], restored
                  loss,          // -log p(x | logits), summed over features, in nats
                  error,         // mean over features of (xhat - x)^2
                  untouched);    // mean over features of (corrupted - x)^2: the error of doing nothing
inline constexpr scalar<"level">     level{0.5};
// clang-format on

/// The kinds of corruption; see `corrupt` for the meaning of `level` in each.
enum class corruption { gaussian, salt_and_pepper, masking, dropout };

/// Corrupts an image, in training and in evaluation. `level` is: for gaussian, the standard deviation of the added
/// noise; for salt_and_pepper, the probability that a pixel becomes black or white (equally likely); for masking, that
/// it becomes black; for dropout, that it becomes black while the others are divided by 1 - level, which keeps the
/// mean.
template <corruption Kind, operand X> constexpr auto corrupt(const X& clean) {
    if constexpr (Kind == corruption::gaussian) {
        return clean + level * normal_noise_like(clean);
    } else if constexpr (Kind == corruption::salt_and_pepper) {
        auto salt = bernoulli_noise_like(clean, 0.5);
        return where(bernoulli_noise_like(clean, level), salt, clean);
    } else if constexpr (Kind == corruption::masking) {
        return clean * bernoulli_noise_like(clean, 1 - level);
    } else {
        return mask_and_rescale(clean, level);
    }
}

// clang-format off
/// The denoising autoencoder: one hidden layer, Bernoulli loss.
template <corruption Kind, int Features, int Hidden> inline constexpr graph model{
    corrupted = corrupt<Kind>(x<Features>),
    h         = relu(dense<Hidden>(corrupted)),
    logits    = dense<Features>(h),
    xhat      = sigmoid(logits),
    loss      = bernoulli_nll(logits, x<Features>),
    error     = mse(xhat, x<Features>),
    untouched = mse(corrupted, x<Features>),
};
// clang-format on

}
HOURGLASS_END
