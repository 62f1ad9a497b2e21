// The denoising autoencoder: fed a corrupted image, it is asked for the clean one. Here are its formulas for any widths
// and the four corruptions; the training is in examples/denoising.cpp. Feeding `corrupted` cuts the corruption off.
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

enum class corruption { gaussian, salt_and_pepper, masking, dropout };

// What a level means: gaussian, the standard deviation of what is added; the others, the probability with which a pixel
// becomes black or white (each as likely); becomes black; becomes black while the others are divided by 1 - level,
// which keeps the mean. All act in evaluation as in training.
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
