// Queries on the numbers in formulas, made before the compiler computes with them: whether a result stays finite, since
// a constant expression must not overflow, and whether two numbers may be replaced by their product.
#pragma once

#include <limits>

#include <hourglass/ir/trace.hpp>
#include <hourglass/ops/functions.hpp>
#include <hourglass/passes/simplify/by_operation.hpp>

HOURGLASS_BEGIN
namespace literal_numbers {

inline constexpr double largest = std::numeric_limits<double>::max();
constexpr double size_of(double x) { return x < 0 ? -x : x; }
constexpr bool product_is_finite(double x, double y) {
    return size_of(y) <= 1 ? size_of(x) <= largest : size_of(x) <= largest / size_of(y);
}
constexpr bool quotient_is_finite(double x, double y) {
    return y != 0 && (size_of(y) >= 1 ? size_of(x) <= largest : size_of(x) <= largest * size_of(y));
}
constexpr bool square_is_finite(double x, double) { return product_is_finite(x, x); }
constexpr bool sum_is_finite(double x, double y) { return size_of(x) <= largest / 2 && size_of(y) <= largest / 2; }
// Operations whose result may be infinite when no operand is.
inline constexpr known_of_operation<bool (*)(double, double)> list_of_finite[] = {
    known_of<ops::add>(&sum_is_finite),          known_of<ops::subtract>(&sum_is_finite),
    known_of<ops::multiply>(&product_is_finite), known_of<ops::square>(&square_is_finite),
    known_of<ops::divide>(&quotient_is_finite),
};
inline constexpr by_operation finite_results(list_of_finite);
// Ask this before folding: a constant expression must not overflow.
constexpr bool stays_finite(const node& n, double x, double y) {
    if (!(size_of(x) <= largest && size_of(y) <= largest)) return false;
    const int known = finite_results.find(n.op->id);
    return known < 0 || finite_results[known](x, y);
}
// Whether x is harmless as a factor, in float too; one that is not may itself become zero or infinite.
constexpr bool is_ordinary(double x) { return size_of(x) >= 0x1p-100 && size_of(x) <= 0x1p100; }
// Whether c, as a scale of summands, makes none smaller.
constexpr bool makes_nothing_smaller(double c) { return size_of(c) >= 1 && is_ordinary(c); }
// Whether dividing by x and multiplying by its inverse give the same bits.
constexpr bool is_power_of_two(double x) {
    if (!is_ordinary(x)) return false;
    if (x < 0) x = -x;
    while (x > 1) x *= 0.5;
    while (x < 1) x *= 2;
    return x == 1;
}

}
HOURGLASS_END
