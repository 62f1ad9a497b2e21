// The names of the ways in which a parameter may start, as values that a model can hold; program/initialise.hpp draws
// the numbers.
#pragma once

#include <hourglass/config.hpp>

HOURGLASS_BEGIN

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
    double scale = 0; // the constant; the half-width of uniform; the deviation of normal; the gain of the others
    int fan_in = 0;   // 0: the last extent
    constexpr bool operator==(const initialiser&) const = default;
};

constexpr initialiser constant(double value) { return {initialiser::rule::constant, value}; }
constexpr initialiser uniform_between(double half_width) { return {initialiser::rule::uniform, half_width}; }
constexpr initialiser normal_with(double deviation) { return {initialiser::rule::normal, deviation}; }
constexpr initialiser orthogonal(double gain = 1) { return {initialiser::rule::orthogonal, gain}; }

inline constexpr initialiser zeros = constant(0);
inline constexpr initialiser ones = constant(1);
// U(-1/sqrt(fan_in), 1/sqrt(fan_in)): what PyTorch's linear layer starts from.
inline constexpr initialiser fan_in_uniform{initialiser::rule::fan_in_uniform, 1};
// Glorot and Bengio 2010, equation 16; He et al. 2015, equation 10; LeCun et al. 1998, section 4.6.
inline constexpr initialiser glorot_uniform{initialiser::rule::glorot_uniform, 1};
inline constexpr initialiser glorot_normal{initialiser::rule::glorot_normal, 1};
inline constexpr initialiser he_uniform{initialiser::rule::he_uniform, 1};
inline constexpr initialiser he_normal{initialiser::rule::he_normal, 1};
inline constexpr initialiser lecun_uniform{initialiser::rule::lecun_uniform, 1};
inline constexpr initialiser lecun_normal{initialiser::rule::lecun_normal, 1};

HOURGLASS_END
