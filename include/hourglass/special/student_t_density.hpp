// The log density of Student's t distribution without its norm, which is in special/stirling.hpp. Neither it nor its
// derivatives are computed as differences of large numbers.
#pragma once

#include <hourglass/math/density.hpp>
#include <hourglass/special/zero_products.hpp>

HOURGLASS_BEGIN
namespace ops {

/// t / (1 + w) with w = t^2 / nu. This and the next three form the derivatives of Student's t distribution's log
/// density, even where t^2 overflows.
struct student_t_slope : elementwise<2> {
    static constexpr std::string_view name = "student_t_slope";
    template <class V> static constexpr V forward(const V& nu, const V& t) {
        return math::student_t_square(nu, t).slope();
    }
    template <class H> static constexpr auto derivative(H nu, H t, H y, H g);
};
/// w / (1 + w) with w = t^2 / nu.
struct student_t_share : elementwise<2> {
    static constexpr std::string_view name = "student_t_share";
    template <class V> static constexpr V forward(const V& nu, const V& t) {
        return math::student_t_square(nu, t).share();
    }
    template <class H> static constexpr auto derivative(H nu, H t, H y, H g);
};
/// 1 / (1 + w) with w = t^2 / nu.
struct student_t_rest : elementwise<2> {
    static constexpr std::string_view name = "student_t_rest";
    template <class V> static constexpr V forward(const V& nu, const V& t) {
        return math::student_t_square(nu, t).rest();
    }
    template <class H> static constexpr auto derivative(H nu, H t, H y, H g) {
        auto rest = hadamard(g / nu, y);
        auto in_nu = hadamard(rest, apply_operation(student_t_share{}, nu, t));
        auto twice = hadamard(apply_operation(student_t_slope{}, nu, t), 2);
        return std::array{in_nu, -hadamard(rest, twice)};
    }
};
template <class H> constexpr auto student_t_share::derivative(H nu, H t, H y, H g) {
    auto rest = hadamard(g / nu, apply_operation(student_t_rest{}, nu, t));
    auto in_nu = -hadamard(rest, y);
    auto twice = hadamard(apply_operation(student_t_slope{}, nu, t), 2);
    return std::array{in_nu, hadamard(rest, twice)};
}
template <class H> constexpr auto student_t_slope::derivative(H nu, H t, H y, H g) {
    auto share = apply_operation(student_t_share{}, nu, t);
    auto rest = apply_operation(student_t_rest{}, nu, t);
    auto in_nu = hadamard(g / nu, hadamard(y, share));
    return std::array{in_nu, hadamard(g, hadamard(rest, rest - share))};
}
/// log(1 + w) - w / (1 + w) with w = t^2 / nu, with all digits near zero.
struct student_t_gap : elementwise<2> {
    static constexpr std::string_view name = "student_t_gap";
    template <class V> static constexpr V forward(const V& nu, const V& t) {
        return math::student_t_square(nu, t).gap();
    }
    template <class H> static constexpr auto derivative(H nu, H t, H, H g) {
        auto share = apply_operation(student_t_share{}, nu, t);
        auto scaled = hadamard(g / nu, share);
        auto in_nu = -hadamard(scaled, share);
        auto twice = hadamard(apply_operation(student_t_slope{}, nu, t), 2);
        return std::array{in_nu, hadamard(scaled, twice)};
    }
};
/// The log density of Student's t distribution at distance d, without the terms that depend only on nu: -s - (nu + 1) /
/// 2 log(1 + t^2 / nu), t = d e^-s, with the scale e^s given as e. The derivatives are those in nu, d and s.
struct student_t_log_kernel : elementwise<4> {
    static constexpr std::string_view name = "student_t_log_kernel";
    static constexpr unsigned flat_operands = 0b1000;
    template <class V> static constexpr V forward(const V& nu, const V& d, const V& s, const V& e) {
        return math::student_t_log_kernel(nu, d, s, e);
    }
    template <class H> static constexpr auto derivative(H nu, H d, H s, H e, H, H g) {
        auto t = apply_operation(over_exp{}, d, s, e);
        auto share = apply_operation(student_t_share{}, nu, t);
        auto of_square = hadamard(nu, share);
        auto in_s = hadamard(g, of_square - apply_operation(student_t_rest{}, nu, t));
        auto more = 1 / nu + 1;
        auto slope = hadamard(g, hadamard(more, apply_operation(student_t_slope{}, nu, t)));
        auto in_d = -apply_operation(over_exp{}, slope, s, e);
        auto gap = apply_operation(student_t_gap{}, nu, t);
        auto in_nu = hadamard(g, hadamard(share / nu - gap, 0.5));
        return std::array{in_nu, in_d, in_s, hadamard(g, 0)};
    }
};

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::student_t_slope);
HOURGLASS_OPERATION(hourglass::ops::student_t_share);
HOURGLASS_OPERATION(hourglass::ops::student_t_rest);
HOURGLASS_OPERATION(hourglass::ops::student_t_gap);
HOURGLASS_OPERATION(hourglass::ops::student_t_log_kernel);
