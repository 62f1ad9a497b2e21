// How a parameter starts, as values that a model can hold. program/initialise.hpp draws the numbers.
#pragma once

#include <hourglass/config.hpp>

HOURGLASS_BEGIN

/// How the first values of a parameter are drawn.
struct initialiser {
    enum class rule {
        constant,
        uniform,
        normal,
        glorot_uniform,
        glorot_normal,
        he_uniform,
        he_normal,
        lecun_uniform,
        lecun_normal,
        fan_in_uniform,
        orthogonal
    } kind = rule::constant;
    double scale = 0; ///< the constant, half-width of uniform, standard deviation of normal, or gain of the others
    int fan_in = 0;   ///< inputs of each output; 0: the product of all extents but the first
    constexpr bool operator==(const initialiser&) const = default;
};

/// Every element is `value`.
constexpr initialiser constant(double value) { return {initialiser::rule::constant, value}; }
/// U(-half_width, half_width).
constexpr initialiser uniform_between(double half_width) { return {initialiser::rule::uniform, half_width}; }
/// N(0, deviation^2).
constexpr initialiser normal_with(double deviation) { return {initialiser::rule::normal, deviation}; }
/// Orthonormal rows, or orthonormal columns if there are more rows than columns, times `gain` (Saxe et al. 2014).
constexpr initialiser orthogonal(double gain = 1) { return {initialiser::rule::orthogonal, gain}; }

/// Every element is 0.
inline constexpr initialiser zeros = constant(0);
/// Every element is 1.
inline constexpr initialiser ones = constant(1);
/// U(-1/sqrt(fan_in), 1/sqrt(fan_in)), as in PyTorch's linear layer.
inline constexpr initialiser fan_in_uniform{initialiser::rule::fan_in_uniform, 1};
/// Uniform with half-width sqrt(6 / (fan_in + fan_out)); Glorot and Bengio 2010, equation 16.
inline constexpr initialiser glorot_uniform{initialiser::rule::glorot_uniform, 1};
/// Normal with variance 2 / (fan_in + fan_out); Glorot and Bengio 2010.
inline constexpr initialiser glorot_normal{initialiser::rule::glorot_normal, 1};
/// Uniform with half-width sqrt(6 / fan_in); He et al. 2015.
inline constexpr initialiser he_uniform{initialiser::rule::he_uniform, 1};
/// Normal with variance 2 / fan_in; He et al. 2015, equation 10.
inline constexpr initialiser he_normal{initialiser::rule::he_normal, 1};
/// Uniform with half-width sqrt(3 / fan_in); LeCun et al. 1998, section 4.6.
inline constexpr initialiser lecun_uniform{initialiser::rule::lecun_uniform, 1};
/// Normal with variance 1 / fan_in; LeCun et al. 1998, section 4.6.
inline constexpr initialiser lecun_normal{initialiser::rule::lecun_normal, 1};

HOURGLASS_END
