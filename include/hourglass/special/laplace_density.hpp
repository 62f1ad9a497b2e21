// Operations of Laplace and logistic distributions: log densities and divergences. Neither they nor their derivatives
// are computed as differences of large numbers.
#pragma once

#include <hourglass/math/divergence.hpp>
#include <hourglass/special/zero_products.hpp>

HOURGLASS_BEGIN
namespace ops {

/// log cosh x, whose derivative keeps its digits near zero. Part of the logistic distribution's log density.
struct log_cosh : elementwise<1> {
    static constexpr std::string_view name = "log_cosh";
    template <class V> static constexpr V forward(const V& x) {
        const V size = math::abs(x);
        const V rest = math::log1p_of_unit(math::exp(V(size * math::as<V>(-2))));
        return size + (rest - math::as<V>(0.693147180559945309417232121458));
    }
    template <class H> static constexpr H derivative(H x, H, H g) { return hadamard(g, apply_operation(tanh{}, x)); }
};
/// sign(t) (1 - e^-|t|): the derivative of |t| - 1 + e^-|t|. It has a derivative even at zero.
struct laplace_slope : elementwise<1> {
    static constexpr std::string_view name = "laplace_slope";
    template <class V> static constexpr V forward(const V& t) {
        const V size = -math::expm1(V(-math::abs(t)));
        return math::select(t < math::as<V>(0), V(-size), size);
    }
    template <class H> static constexpr H derivative(H t, H, H g) {
        return hadamard(g, apply_operation(exp{}, -apply_operation(abs{}, t)));
    }
};
/// 1 - e^-|t| (1 + |t|): t times the derivative of |t| - 1 + e^-|t|, minus that function.
struct laplace_scale_slope : elementwise<1> {
    static constexpr std::string_view name = "laplace_scale_slope";
    template <class V> static constexpr V forward(const V& t) { // e^-u (e^u - 1 - u), which is 1 beyond 40
        const V size = math::abs(t), most = math::as<V>(40), u = math::select(size > most, most, size);
        return math::exp(V(-u)) * math::expm1_minus(u);
    }
    template <class H> static constexpr H derivative(H t, H, H g) {
        auto decay = apply_operation(exp{}, -apply_operation(abs{}, t));
        return hadamard(g, hadamard(t, decay));
    }
};
/// |d| - b (1 - e^(-|d| / b)): the mean distance of a Laplace variable of scale b = e^s from a point d away, minus b.
/// Written as b (|t| - 1 + e^-|t|), t = d / b, it has a third derivative except at d = 0, and a second one there too.
struct laplace_distance : elementwise<3> {
    static constexpr std::string_view name = "laplace_distance";
    static constexpr unsigned flat_operands = 0b100;
    template <class V> static constexpr V forward(const V& d, const V&, const V& b) {
        const V size = math::abs(d), t = math::zero_or_quotient(size, b);
        const V part = math::zero_or_product(math::expm1_minus(V(-t)), b);
        return math::select(t > V(std::numeric_limits<math::element_t<V>>::max()), size, part);
    }
    template <class H> static constexpr auto derivative(H d, H s, H b, H, H g) {
        auto t = apply_operation(over_exp{}, d, s, b);
        auto in_d = apply_operation(weighted{}, apply_operation(laplace_slope{}, t), g);
        auto of_scale = apply_operation(weighted{}, apply_operation(laplace_scale_slope{}, t), g);
        auto in_s = -apply_operation(weighted{}, of_scale, b);
        return std::array{in_d, in_s, hadamard(g, 0)};
    }
};

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::log_cosh);
HOURGLASS_OPERATION(hourglass::ops::laplace_slope);
HOURGLASS_OPERATION(hourglass::ops::laplace_scale_slope);
HOURGLASS_OPERATION(hourglass::ops::laplace_distance);
