// Rules for matrix products.
#pragma once

#include <hourglass/passes/simplify/scales.hpp>

HOURGLASS_BEGIN
namespace simplify_rules {

constexpr bool swaps_matrix(const simplifier& s, int n) {
    return s.is_op<ops::transpose>(n) && s.at(n).type.extents.rank == 2 &&
           ops::axis_order::of(s.at(n).options).order[0] == 1;
}
// The product of these operands; a transposed operand is read transposed.
constexpr int product_of(simplifier& s, const formula& f, int a, int b) {
    ops::product_transposes transposes = ops::product_transposes::of(f.old.options);
    if (swaps_matrix(s, a)) {
        a = s.operand(a, 0);
        transposes.a = !transposes.a;
    }
    if (swaps_matrix(s, b)) {
        b = s.operand(b, 0);
        transposes.b = !transposes.b;
    }
    return s.push(f.old.op, transposes, a, b);
}
constexpr int product_of_transposed(simplifier& s, const formula& f) {
    return swaps_matrix(s, f.a) || swaps_matrix(s, f.b) ? product_of(s, f, f.a, f.b) : -1;
}
// Moves the scale of a vector out of a matrix product, if the result is not longer than the vector; else -1.
constexpr int product_of_multiple(simplifier& s, const formula& f, int a, int b) {
    if (f.old.type.batched || s.at(b).type.extents.rank != 1 || !is_scaled(s, b)) return -1;
    if (f.old.type.extents.size() > s.at(b).type.extents.size()) return -1;
    const int x = unscaled(s, b), taken = product_of_multiple(s, f, a, x);
    return scaled_as(s, b, taken >= 0 ? taken : product_of(s, f, a, x));
}
constexpr int product_of_scaled(simplifier& s, const formula& f) { return product_of_multiple(s, f, f.a, f.b); }

inline constexpr rule of_matrix_product[] = {
    {"A (x * c)", any, any, product_of_scaled}, // exact but for the sign of a zero
    {"transpose(A) B", any, any, product_of_transposed},
};

}
HOURGLASS_END
