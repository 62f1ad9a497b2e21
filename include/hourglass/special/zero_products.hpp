// Products and quotients that are zero where a factor is, though another be infinite: weights of what is infinite, and
// distances in units of e^s, where e^s of a large s is no number any more.
#pragma once

#include <hourglass/ops/functions.hpp>

HOURGLASS_BEGIN
namespace math {

// a b, where a zero a makes zero whatever b is: for a b that may be infinite, and NaN only where the rest of a formula
// is NaN too. In `weighted` NaN is handed on.
template <class V> constexpr V zero_or_product(const V& a, const V& b) {
    return select(a == as<V>(0), as<V>(0), V(a * b));
}
template <class V> constexpr V weighted(const V& weight, const V& x) {
    return select(x == x, zero_or_product(weight, x), x);
}
// a / b, where a zero a makes zero in the same way.
template <class V> constexpr V zero_or_quotient(const V& a, const V& b) {
    return select(a == as<V>(0), as<V>(0), V(a / b));
}

}

namespace ops {

// w x, and 0 where the weight w is 0, though x be infinite; NaN is handed on.
struct weighted : elementwise<2> {
    static constexpr std::string_view name = "weighted";
    static constexpr unsigned zero_operands = 1u;
    template <class V> static constexpr V forward(const V& w, const V& x) { return math::weighted(w, x); }
    template <class H> static constexpr auto derivative(H w, H x, H, H g) {
        auto in_w = apply_operation(weighted{}, g, x);
        return std::array{in_w, hadamard(g, w)};
    }
};
// x / t of a temperature t: where a gradient is zero, as softmax's is at an infinite x, so is what t gets of it.
struct over_temperature : elementwise<2> {
    static constexpr std::string_view name = "over_temperature";
    template <class V> static constexpr V forward(const V& x, const V& t) { return x / t; }
    template <class H> static constexpr auto derivative(H, H t, H y, H g) {
        auto share = g / t;
        return std::array{share, -apply_operation(weighted{}, share, y)};
    }
};
// d e^s, where e^s is given as e: 0 where d is 0, though e be infinite. The derivative is in d and s.
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
// d e^-s, where e^s is given as e: 0 where d is 0, though e be zero. The derivative is in d and s.
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
