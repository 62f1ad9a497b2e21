// The operations of particular distributions: log densities up to their norms, and divergences, of gamma, beta,
// Student's t, Laplace and von Mises distributions. Neither they nor their derivatives are differences of large
// numbers.
#pragma once

#include <hourglass/special/divergence.hpp>
#include <hourglass/special/zero_products.hpp>

HOURGLASS_BEGIN
namespace ops {

// (a - 1) / x - rate, the derivative of the gamma distribution's log density for x >= 0.
struct gamma_log_slope : elementwise<3> {
    static constexpr std::string_view name = "gamma_log_slope";
    template <class V> static constexpr V forward(const V& a, const V& rate, const V& x) {
        return math::gamma_log_slope(a, rate, x);
    }
    template <class H> static constexpr auto derivative(H a, H, H x, H, H g) {
        auto in_a = g / x;
        // At zero there is no power where its exponent is zero.
        auto without_power = a == 1;
        auto y = hourglass::where(hadamard(without_power, x == 0), 1, x);
        auto in_x = hadamard(g / y, (1 - a) / y);
        return std::array{in_a, -g, in_x};
    }
};
// The log density of the gamma distribution of shape a and the given rate at x, and stirling_remainder(0, a) more:
// minus the relative entropy of a from rate x, less log x. Minus infinity for x < 0, with a derivative of zero.
struct gamma_log_kernel : elementwise<3> {
    static constexpr std::string_view name = "gamma_log_kernel";
    template <class V> static constexpr V forward(const V& a, const V& rate, const V& x) {
        return math::gamma_log_kernel(a, rate, x);
    }
    template <class H> static constexpr auto derivative(H a, H rate, H x, H, H g) {
        auto outside = x < 0;
        auto inside = hourglass::where(outside, 0, g);
        auto y = hourglass::where(outside, 1, x);
        auto excess = apply_operation(difference_of_products{}, a, 1, rate, y);
        auto in_a = hadamard(inside, apply_operation(log_ratio_of_products{}, rate, y, a, 1));
        auto in_rate = hadamard(inside, excess / rate);
        auto in_x = hadamard(inside, apply_operation(gamma_log_slope{}, a, rate, y));
        return std::array{in_a, in_rate, in_x};
    }
};

// log((a + b) x / a): of x from the mean of the beta distribution.
struct beta_log_ratio : elementwise<3> {
    static constexpr std::string_view name = "beta_log_ratio";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& x) {
        return math::beta_log_ratio(a, b, x);
    }
    template <class H> static constexpr auto derivative(H a, H b, H x, H, H g) {
        auto share = g / (a + b);
        auto in_a = -hadamard(share, b / a);
        return std::array{in_a, share, g / x};
    }
};
// log((a + b) (1 - x) / b)
struct beta_log_ratio_of_rest : elementwise<3> {
    static constexpr std::string_view name = "beta_log_ratio_of_rest";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& x) {
        return math::beta_log_ratio_of_rest(a, b, x);
    }
    template <class H> static constexpr auto derivative(H a, H b, H x, H, H g) {
        auto share = g / (a + b);
        auto in_b = -hadamard(share, a / b);
        return std::array{share, in_b, -(g / (1 - x))};
    }
};
// (a - 1) / x - (b - 1) / (1 - x), the derivative of the beta distribution's log density: zero outside of [0, 1].
struct beta_log_slope : elementwise<3> {
    static constexpr std::string_view name = "beta_log_slope";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& x) {
        return math::beta_log_slope(a, b, x);
    }
    template <class H> static constexpr auto derivative(H a, H b, H x, H, H g) {
        auto outside = hadamard(x, 1 - x) < 0;
        auto inside = hourglass::where(outside, 0, g);
        auto in_a = inside / x;
        auto rest = 1 - x;
        auto in_b = -(inside / rest);
        // At an end the power beside it has no derivatives where its exponent is zero.
        auto without_a = a == 1;
        auto without_b = b == 1;
        auto of_x = hourglass::where(hadamard(without_a, x == 0), 1, x);
        auto of_rest = hourglass::where(hadamard(without_b, x == 1), 1, rest);
        auto of_a = hadamard(inside / of_x, (1 - a) / of_x);
        auto of_b = -hadamard(inside / of_rest, (b - 1) / of_rest);
        return std::array{in_a, in_b, of_a + of_b};
    }
};
// The log density of the beta distribution with the exponents a - 1 and b - 1 at x, and the stirling_remainder(0, .) of
// a and of b more, and that of a + b less: minus the relative entropy of (a, b) from (a + b) (x, 1 - x), less the
// logarithms of x and 1 - x. Minus infinity outside of [0, 1], with a derivative of zero.
struct beta_log_kernel : elementwise<3> {
    static constexpr std::string_view name = "beta_log_kernel";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& x) {
        return math::beta_log_kernel(a, b, x);
    }
    template <class H> static constexpr auto derivative(H a, H b, H x, H, H g) {
        auto outside = hadamard(x, 1 - x) < 0;
        auto inside = hourglass::where(outside, 0, g);
        auto y = hourglass::where(outside, 0.5, x);
        auto in_a = hadamard(inside, apply_operation(beta_log_ratio{}, a, b, y));
        auto in_b = hadamard(inside, apply_operation(beta_log_ratio_of_rest{}, a, b, y));
        return std::array{in_a, in_b, hadamard(inside, apply_operation(beta_log_slope{}, a, b, y))};
    }
};

// t / (1 + w) with w = t^2 / nu: this and the three below make up the derivatives of Student's t distribution's log
// density, also where t^2 is no number any more.
struct student_t_slope : elementwise<2> {
    static constexpr std::string_view name = "student_t_slope";
    template <class V> static constexpr V forward(const V& nu, const V& t) {
        return math::student_t_square(nu, t).slope();
    }
    template <class H> static constexpr auto derivative(H nu, H t, H y, H g);
};
// w / (1 + w) with w = t^2 / nu.
struct student_t_share : elementwise<2> {
    static constexpr std::string_view name = "student_t_share";
    template <class V> static constexpr V forward(const V& nu, const V& t) {
        return math::student_t_square(nu, t).share();
    }
    template <class H> static constexpr auto derivative(H nu, H t, H y, H g);
};
// 1 / (1 + w) with w = t^2 / nu.
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
// log(1 + w) - w / (1 + w) with w = t^2 / nu, with all digits near zero.
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
// The log density of Student's t distribution at the distance d, without the terms that depend only on nu:
// -s - (nu + 1) / 2 log(1 + t^2 / nu), t = d e^-s, where the scale e^s is given as e. The derivative is in nu, d and s.
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
// log cosh x, whose derivative keeps its digits near zero: the logistic distribution's log density is made of it.
struct log_cosh : elementwise<1> {
    static constexpr std::string_view name = "log_cosh";
    template <class V> static constexpr V forward(const V& x) {
        const V size = math::abs(x);
        const V rest = math::log1p_of_unit(math::exp(V(size * math::as<V>(-2))));
        return size + (rest - math::as<V>(0.693147180559945309417232121458));
    }
    template <class H> static constexpr H derivative(H x, H, H g) { return hadamard(g, apply_operation(tanh{}, x)); }
};
// sign(t) (1 - e^-|t|), the derivative of |t| - 1 + e^-|t|, which has one itself at zero.
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
// 1 - e^-|t| (1 + |t|): what |t| - 1 + e^-|t| is less than t times its derivative.
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
// |d| - b (1 - e^(-|d| / b)): the mean distance of a Laplace variable of scale b = e^s from a place d away, less b. As
// b
// (|t| - 1 + e^-|t|), t = d / b, it has a third derivative but at d = 0, and a second one there too.
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

// The divergence of the beta distribution with a, b from that with c, d, and its derivatives in a and in c: of doubles
// in long doubles, which have more digits on x86 and ARM, since some cancel where b is far smaller than a.
template <class Op> struct of_beta_pair : elementwise<4> {
    template <class T> static constexpr T of_numbers(const T& a, const T& b, const T& c, const T& d) {
        if constexpr (std::is_same_v<T, double>)
            if (!std::is_constant_evaluated())
                return static_cast<T>(Op::value(math::beta_pair<long double>(a, b, c, d)));
        return Op::value(math::beta_pair<T>(a, b, c, d));
    }
    template <class V> static constexpr V forward(const V& a, const V& b, const V& c, const V& d) {
        return math::lane_by_lane(
            [](const auto& p, const auto& q, const auto& r, const auto& s) { return of_numbers(p, q, r, s); }, a, b, c,
            d);
    }
};
// psi'(a) - psi'(a + b), and psi' of the sum, for derivatives of the order `n`.
template <class H> constexpr H polygamma_of(int n, H x) { return apply_operation(polygamma{}, n, x); }

// In c: what psi(c) - psi(c + d) is above psi(a) - psi(a + b).
struct beta_divergence_in_second : of_beta_pair<beta_divergence_in_second> {
    static constexpr std::string_view name = "beta_divergence_in_second";
    static constexpr auto value(const auto& pair) { return pair.slope_of_second(); }
    template <class H> static constexpr auto derivative(H a, H b, H c, H d, H, H g) {
        auto of_first = polygamma_of(1, a + b);
        auto of_second = polygamma_of(1, c + d);
        auto in_a = hadamard(g, of_first - polygamma_of(1, a));
        auto in_b = hadamard(g, of_first);
        auto in_c = hadamard(g, polygamma_of(1, c) - of_second);
        return std::array{in_a, in_b, in_c, -hadamard(g, of_second)};
    }
};
// In a: psi'(a + b) ((c - a) + (d - b)) - psi'(a) (c - a).
struct beta_divergence_in_first : of_beta_pair<beta_divergence_in_first> {
    static constexpr std::string_view name = "beta_divergence_in_first";
    static constexpr auto value(const auto& pair) { return pair.slope_of_first(); }
    template <class H> static constexpr auto derivative(H a, H b, H c, H d, H, H g) {
        auto both = a + b;
        auto more_a = c - a;
        auto more = more_a + (d - b);
        auto of_both = polygamma_of(1, both);
        auto curvature = of_both - polygamma_of(1, a);
        auto of_more = hadamard(polygamma_of(2, both), more) - of_both;
        auto of_a = hadamard(polygamma_of(2, a), more_a) - polygamma_of(1, a);
        auto in_a = hadamard(g, of_more - of_a);
        auto in_b = hadamard(g, of_more);
        auto in_c = hadamard(g, curvature);
        return std::array{in_a, in_b, in_c, hadamard(g, of_both)};
    }
};
// The divergence of the beta distribution with the exponents a - 1 and b - 1 from that with c - 1 and d - 1.
struct beta_divergence : of_beta_pair<beta_divergence> {
    static constexpr std::string_view name = "beta_divergence";
    static constexpr auto value(const auto& pair) { return pair.divergence(); }
    template <class H> static constexpr auto derivative(H a, H b, H c, H d, H, H g) {
        auto in_a = hadamard(g, apply_operation(beta_divergence_in_first{}, a, b, c, d));
        auto in_b = hadamard(g, apply_operation(beta_divergence_in_first{}, b, a, d, c));
        auto in_c = hadamard(g, apply_operation(beta_divergence_in_second{}, a, b, c, d));
        return std::array{in_a, in_b, in_c, hadamard(g, apply_operation(beta_divergence_in_second{}, b, a, d, c))};
    }
};

// sin((x - mu) / 2), also where x - mu is near a whole turn.
struct sine_of_half : elementwise<2> {
    static constexpr std::string_view name = "sine_of_half";
    template <class V> static constexpr V forward(const V& x, const V& mu) {
        return math::lane_by_lane([](const auto& y, const auto& m) { return math::sine_of_half(y, m); }, x, mu);
    }
    template <class H> static constexpr auto derivative(H x, H mu, H, H g) {
        auto half = hadamard(x - mu, 0.5);
        auto share = hadamard(g, hadamard(apply_operation(cos{}, half), 0.5));
        return std::array{share, -share};
    }
};
// I_1(y) / I_0(y) - I_1(x) / I_0(x), also where y is near x.
struct bessel_ratio_difference : elementwise<2> {
    static constexpr std::string_view name = "bessel_ratio_difference";
    template <class V> static constexpr V forward(const V& y, const V& x) {
        return math::lane_by_lane([](const auto& v, const auto& u) { return math::bessel_divergence(1, v, u); }, y, x);
    }
    template <class H> static constexpr auto derivative(H y, H x, H, H g) {
        auto in_y = hadamard(g, apply_operation(log_bessel_i0e{}, 2, y));
        return std::array{in_y, -hadamard(g, apply_operation(log_bessel_i0e{}, 2, x))};
    }
};
// log I_0(y) less its tangent at x, log I_0(x) + I_1(x) / I_0(x) (y - x): not negative. For x, y >= 0.
struct bessel_divergence : elementwise<2> {
    static constexpr std::string_view name = "bessel_divergence";
    template <class V> static constexpr V forward(const V& y, const V& x) {
        return math::lane_by_lane([](const auto& v, const auto& u) { return math::bessel_divergence(0, v, u); }, y, x);
    }
    template <class H> static constexpr auto derivative(H y, H x, H, H g) {
        auto in_y = hadamard(g, apply_operation(bessel_ratio_difference{}, y, x));
        auto curvature = hadamard(g, apply_operation(log_bessel_i0e{}, 2, x));
        return std::array{in_y, hadamard(curvature, x - y)};
    }
};

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::gamma_log_slope);
HOURGLASS_OPERATION(hourglass::ops::gamma_log_kernel);
HOURGLASS_OPERATION(hourglass::ops::beta_log_ratio);
HOURGLASS_OPERATION(hourglass::ops::beta_log_ratio_of_rest);
HOURGLASS_OPERATION(hourglass::ops::beta_log_slope);
HOURGLASS_OPERATION(hourglass::ops::beta_log_kernel);
HOURGLASS_OPERATION(hourglass::ops::student_t_slope);
HOURGLASS_OPERATION(hourglass::ops::student_t_share);
HOURGLASS_OPERATION(hourglass::ops::student_t_rest);
HOURGLASS_OPERATION(hourglass::ops::student_t_gap);
HOURGLASS_OPERATION(hourglass::ops::student_t_log_kernel);
HOURGLASS_OPERATION(hourglass::ops::log_cosh);
HOURGLASS_OPERATION(hourglass::ops::laplace_slope);
HOURGLASS_OPERATION(hourglass::ops::laplace_scale_slope);
HOURGLASS_OPERATION(hourglass::ops::laplace_distance);
HOURGLASS_OPERATION(hourglass::ops::beta_divergence_in_second);
HOURGLASS_OPERATION(hourglass::ops::beta_divergence_in_first);
HOURGLASS_OPERATION(hourglass::ops::beta_divergence);
HOURGLASS_OPERATION(hourglass::ops::sine_of_half);
HOURGLASS_OPERATION(hourglass::ops::bessel_ratio_difference);
HOURGLASS_OPERATION(hourglass::ops::bessel_divergence);
