// Products and quotients that are zero if a factor is, even if another is infinite: weights of infinite values, and
// distances in units of e^s, where e^s overflows for large s.
#pragma once

#include <hourglass/ops/functions.hpp>

HOURGLASS_BEGIN
namespace math {

/// Returns a b, and zero if a is zero, whatever b is. Meant for a b that may be infinite, and is NaN only where the
/// rest of the formula is too.
template <class V> constexpr V zero_or_product(const V& a, const V& b) {
    return select(a == as<V>(0), as<V>(0), V(a * b));
}
/// Does the same, but passes on a NaN of x.
template <class V> constexpr V weighted(const V& weight, const V& x) {
    return select(x == x, zero_or_product(weight, x), x);
}
/// Returns a / b, and zero if a is zero, whatever b is.
template <class V> constexpr V zero_or_quotient(const V& a, const V& b) {
    return select(a == as<V>(0), as<V>(0), V(a / b));
}

}

namespace ops {

/// w x, and 0 where the weight w is 0, even if x is infinite; NaN is passed on.
struct weighted : elementwise<2> {
    static constexpr std::string_view name = "weighted";
    static constexpr unsigned zero_operands = 1u;
    template <class V> static constexpr V forward(const V& w, const V& x) { return math::weighted(w, x); }
    template <class H> static constexpr auto derivative(H w, H x, H, H g) {
        auto in_w = apply_operation(weighted{}, g, x);
        return std::array{in_w, hadamard(g, w)};
    }
};
/// x / t for a temperature t. Where the gradient is zero, as softmax's is at an infinite x, so is its share for t.
struct over_temperature : elementwise<2> {
    static constexpr std::string_view name = "over_temperature";
    template <class V> static constexpr V forward(const V& x, const V& t) { return x / t; }
    template <class H> static constexpr auto derivative(H, H t, H y, H g) {
        auto share = g / t;
        return std::array{share, -apply_operation(weighted{}, share, y)};
    }
};
/// d e^s, with e^s given as e: 0 where d is 0, even if e is infinite. The derivatives are those in d and s.
struct times_exp : elementwise<3> {
    static constexpr std::string_view name = "times_exp";
    static constexpr unsigned flat_operands = 0b100, zero_operands = 1u;
    template <class V> static constexpr V forward(const V& d, const V&, const V& e) {
        return math::zero_or_product(d, e);
    }
    template <class H> static constexpr auto derivative(H, H s, H e, H y, H g) {
        auto in_d = apply_operation(times_exp{}, g, s, e);
        auto in_s = hadamard(g, y);
        return std::array{in_d, in_s, hadamard(g, 0)};
    }
};
/// d e^-s, with e^s given as e: 0 where d is 0, even if e is zero. The derivatives are those in d and s.
struct over_exp : elementwise<3> {
    static constexpr std::string_view name = "over_exp";
    static constexpr unsigned flat_operands = 0b100, zero_operands = 1u;
    template <class V> static constexpr V forward(const V& d, const V&, const V& e) {
        return math::zero_or_quotient(d, e);
    }
    template <class H> static constexpr auto derivative(H, H s, H e, H y, H g) {
        auto in_d = apply_operation(over_exp{}, g, s, e);
        auto in_s = -hadamard(g, y);
        return std::array{in_d, in_s, hadamard(g, 0)};
    }
};

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::weighted);
HOURGLASS_OPERATION(hourglass::ops::over_temperature);
HOURGLASS_OPERATION(hourglass::ops::times_exp);
HOURGLASS_OPERATION(hourglass::ops::over_exp);
