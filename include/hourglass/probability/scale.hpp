// Scales of distributions: which ones have an exactly known logarithm, and the gap of the ratio of two scales, from
// which divergences are built. The families are in other headers.
#pragma once

#include <hourglass/probability/distribution.hpp>
#include <hourglass/special/divergence.hpp>

HOURGLASS_BEGIN
namespace ops {

// Positive parameters whose logarithm is known without rounding: exp(s), and the number 1.
constexpr bool is_one(const auto& p) {
    const auto& at = p.written.at();
    return at.op->kind == operation_kind::literal && at.options.number == 1;
}
constexpr bool has_exact_log(const auto& p) { return p.as_exp || is_one(p); }
constexpr auto exact_log(const auto& p) { return p.as_exp ? p.written : p.written.convert(0.0); }
// r - 1 - log r, where r = a / b. Not negative, and accurate if a is close to b.
constexpr auto gap_of_ratio(const auto& a, const auto& b) {
    if (has_exact_log(a) && has_exact_log(b)) {
        auto of_a = exact_log(a);
        return apply_operation(expm1_minus{}, of_a - exact_log(b));
    }
    auto numerator = a.value();
    return apply_operation(itakura_saito{}, numerator, b.value());
}

}

HOURGLASS_END
