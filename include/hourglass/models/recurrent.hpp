// A recurrent autoencoder of series (Srivastava et al. 2015): a gated recurrent unit reads a series step by step, and a
// code is computed from its last state; another unit writes the series from the code, last step first. These are its
// equations for any sizes; examples/recurrent.cpp trains it.
#pragma once

#include <hourglass/expr/declare.hpp>
#include <hourglass/nn/dense.hpp>
#include <hourglass/nn/losses.hpp>
#include <hourglass/program/program.hpp>

HOURGLASS_BEGIN
namespace models::recurrent {

template <int Steps, int Sensors> inline constexpr input<"x", Steps, Sensors> x;

// clang-format off
HOURGLASS_SYMBOLS(u,             // the input of a step
                  s,             // [Units], its state
                  reset,         // [Units], how much of the state the candidate sees
                  keep,          // [Units], how much of the state stays
                  candidate);    // [Units]

/// A gated recurrent unit (Cho et al. 2014, equations 5 to 8).
template <int Units> inline constexpr graph unit{
    reset     = sigmoid(dense<Units>(concatenate(u, s))),
    keep      = sigmoid(dense<Units>(concatenate(u, s))),
    candidate = tanh(dense<Units>(concatenate(u, reset * s))),
    next(s)   = keep * s + (1 - keep) * candidate,
};

HOURGLASS_SYMBOLS(summary,     // [Units], the reader's state after the last step
                  code,        // [Latent]
                  written,     // [Steps, Units], the writer's states
                  xhat,        // [Steps, Sensors]
                  loss);       // mean over steps and sensors of (xhat - x)^2
template <int Sensors, int Units> inline constexpr parameter<"W_out", Sensors, Units> W_out;
template <int Sensors> inline constexpr parameter<"b_out", Sensors> b_out;

/// The recurrent autoencoder: reader, linear code, writer, mean squared error.
template <int Steps, int Sensors, int Units, int Latent> inline constexpr graph model{
    summary = scan<"reader">(unit<Units>, along(u = x<Steps, Sensors>), carry(s = broadcast_to<Units>(0)))[last(s)],
    code    = dense<Latent>(summary),
    written = scan<"writer">(unit<Units>, steps<Steps>, backwards, carry(s = tanh(dense<Units>(code))), u = code)[next(s)],
    xhat    = matmul(written, transpose(W_out<Sensors, Units>)) + b_out<Sensors>,
    loss    = mse(xhat, x<Steps, Sensors>),
};
// clang-format on

}
HOURGLASS_END
