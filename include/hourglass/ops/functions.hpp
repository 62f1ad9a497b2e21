// Elementwise functions: powers, exponentials, trigonometric and activation functions. Each is one struct that states
// its value and derivative. The derivative is written in terms of the value y if that saves keeping x.
#pragma once

#include <hourglass/math/scaled.hpp>
#include <hourglass/ops/arithmetic.hpp>

HOURGLASS_BEGIN
namespace ops {

/// x^2
struct square : elementwise<1> {
    static constexpr std::string_view name = "square";
    static constexpr bool cheap = true;
    static constexpr bool foldable = true;
    template <class V> static constexpr V forward(const V& x) { return x * x; }
    template <class H> static constexpr H derivative(H x, H, H g) { return hadamard(hadamard(g, 2), x); }
};
struct sqrt : elementwise<1> {
    static constexpr std::string_view name = "sqrt";
    template <class V> static constexpr V forward(const V& x) { return math::sqrt(x); }
    template <class H> static constexpr H derivative(H, H y, H g) { return hadamard(g, 0.5) / y; }
};
/// -1, 0 or 1; NaN is passed on.
struct sign : elementwise<1> {
    static constexpr std::string_view name = "sign";
    static constexpr bool smooth = false;
    template <class V> static constexpr V forward(const V& x) {
        return math::select(x > math::as<V>(0), math::as<V>(1), math::select(x < math::as<V>(0), math::as<V>(-1), x));
    }
};
/// The absolute value; its derivative at 0 is 0.
struct abs : elementwise<1> {
    static constexpr std::string_view name = "abs";
    static constexpr bool cheap = true;
    template <class V> static constexpr V forward(const V& x) { return math::abs(x); }
    template <class H> static constexpr H derivative(H x, H, H g) {
        return hadamard(g, apply_operation(ops::sign{}, x));
    }
};
/// e^x; in programs zero where the result would be subnormal.
struct exp : elementwise<1> {
    static constexpr std::string_view name = "exp";
    template <class V> static constexpr V forward(const V& x) { return math::exp(x); }
    template <class H> static constexpr H derivative(H, H y, H g) { return hadamard(g, y); }
};
struct log : elementwise<1> {
    static constexpr std::string_view name = "log";
    template <class V> static constexpr V forward(const V& x) { return math::log(x); }
    template <class H> static constexpr H derivative(H x, H, H g) { return g / x; }
};
struct log1p : elementwise<1> {
    static constexpr std::string_view name = "log1p";
    template <class V> static constexpr V forward(const V& x) { return math::log1p(x); }
    template <class H> static constexpr H derivative(H x, H, H g) { return g / (x + 1); }
};
struct expm1 : elementwise<1> {
    static constexpr std::string_view name = "expm1";
    template <class V> static constexpr V forward(const V& x) { return math::expm1(x); }
    // Not y + 1, which has lost its digits where y is nearly -1.
    template <class H> static constexpr H derivative(H x, H, H g) { return hadamard(g, apply_operation(exp{}, x)); }
};
struct sin : elementwise<1> {
    static constexpr std::string_view name = "sin";
    template <class V> static constexpr V forward(const V& x) { return math::sin(x); }
    template <class H> static constexpr H derivative(H x, H y, H g);
};
struct cos : elementwise<1> {
    static constexpr std::string_view name = "cos";
    template <class V> static constexpr V forward(const V& x) { return math::cos(x); }
    template <class H> static constexpr H derivative(H x, H, H g) {
        return -hadamard(g, apply_operation(ops::sin{}, x));
    }
};
template <class H> constexpr H sin::derivative(H x, H, H g) { return hadamard(g, apply_operation(ops::cos{}, x)); }
/// The derivative of pow(x, p), of order n in x and m in p, both at most 12. A derivative that is zero for every x,
/// like the third of a square, is zero at x = 0 too. For m > 0 it is zero at x = 0, and NaN for x < 0.
struct pow_slope : elementwise<4> {
    static constexpr std::string_view name = "pow_slope";
    static constexpr unsigned flat_operands = 0b0011;
    template <class V> static constexpr V forward(const V& n, const V& m, const V& x, const V& p) {
        if (is_first(n, m)) { // the one in every gradient, without a call of the long function
            const V power = math::pow(x, V(p - math::as<V>(1)));
            return math::select(p == math::as<V>(0), math::as<V>(0), V(p * power));
        }
        return any(n, m, x, p);
    }
    template <class H> static constexpr auto derivative(H n, H m, H x, H p, H, H g) {
        auto next = n + 1;
        auto in_x = hadamard(g, apply_operation(pow_slope{}, next, m, x, p));
        auto next_in_p = m + 1;
        auto in_p = hadamard(g, apply_operation(pow_slope{}, n, next_in_p, x, p));
        auto none = hadamard(g, 0);
        return std::array{none, none, in_x, in_p};
    }

private:
    template <class V> static constexpr bool is_first(const V& n, const V& m) {
        if constexpr (std::is_same_v<math::element_t<V>, V>)
            return n == V(1) && m == V(0);
        else
            return all(n == math::as<V>(1)) && all(m == math::as<V>(0));
    }
    template <class V> HOURGLASS_COLD static constexpr V any(const V& n, const V& m, const V& x, const V& p) {
        using T = math::element_t<V>;
        if constexpr (std::is_same_v<T, V>) {
            return math::pow_slope(math::order_of(static_cast<double>(n)), math::order_of(static_cast<double>(m)), x,
                                   p);
        } else { // as in math::pow, in the element type
            T order[V::size], order_in_p[V::size], base[V::size], power[V::size];
            n.store_unaligned(order);
            m.store_unaligned(order_in_p);
            x.store_unaligned(base);
            p.store_unaligned(power);
            for (std::size_t i = 0; i < V::size; ++i)
                base[i] = math::pow_slope(math::order_of(order[i]), math::order_of(order_in_p[i]), base[i], power[i]);
            return V::load_unaligned(base);
        }
    }
};
/// y log x, where y = pow(x, p): the derivative of pow in p, zero at x = 0. Its derivatives use that y is pow(x, p).
struct pow_times_log : elementwise<3> {
    static constexpr std::string_view name = "pow_times_log";
    static constexpr unsigned flat_operands = 0b100;
    template <class V> static constexpr V forward(const V& x, const V&, const V& y) {
        const V product = y * math::log(x);
        // Where y is zero and x infinite, the power outweighs the logarithm.
        return math::select(x == math::as<V>(0), math::as<V>(0), math::select(y == math::as<V>(0), y, product));
    }
    template <class H> static constexpr auto derivative(H x, H p, H, H, H g) {
        auto in_x = hadamard(g, apply_operation(pow_slope{}, 1, 1, x, p));
        auto in_p = hadamard(g, apply_operation(pow_slope{}, 0, 2, x, p));
        return std::array{in_x, in_p, hadamard(g, 0)};
    }
};
/// pow(x, p). For x < 0 only integers p have a value. At x = 0 the derivative in p and all further ones are zero.
struct pow : elementwise<2> {
    static constexpr std::string_view name = "pow";
    template <class V> static constexpr V forward(const V& x, const V& p) { return math::pow(x, p); }
    template <class H> static constexpr auto derivative(H x, H p, H y, H g) {
        auto in_x = hadamard(g, apply_operation(pow_slope{}, 1, 0, x, p));
        auto in_p = hadamard(g, apply_operation(pow_times_log{}, x, p, y));
        return std::array{in_x, in_p};
    }
};
struct tanh : elementwise<1> {
    static constexpr std::string_view name = "tanh";
    template <class V> static constexpr V forward(const V& x) { return math::tanh(x); }
    template <class H> static constexpr H derivative(H, H y, H g) {
        return hadamard(g, 1 - apply_operation(ops::square{}, y));
    }
};
/// 1 / (1 + e^-x), computed from e^-|x|, so that nothing overflows and small values keep their digits.
struct sigmoid : elementwise<1> {
    static constexpr std::string_view name = "sigmoid";
    template <class V> static constexpr V forward(const V& x) {
        const V decay = math::exp(V(-math::abs(x)));
        const V larger = math::as<V>(1) / (math::as<V>(1) + decay);
        return math::select(x < math::as<V>(0), V(decay * larger), larger);
    }
    template <class H> static constexpr H derivative(H, H y, H g) { return hadamard(g, hadamard(y, 1 - y)); }
};
/// log(1 + e^x) = max(x, 0) + log1p(e^-|x|)
struct softplus : elementwise<1> {
    static constexpr std::string_view name = "softplus";
    template <class V> static constexpr V forward(const V& x) {
        return math::select(x < math::as<V>(0), math::as<V>(0), x) + math::log1p_of_unit(math::exp(V(-math::abs(x))));
    }
    template <class H> static constexpr H derivative(H x, H, H g) {
        return hadamard(g, apply_operation(ops::sigmoid{}, x));
    }
};
/// g where y > 0, else 0: how relu passes adjoints back. One operation, so that no mask is stored.
struct gate : elementwise<2> {
    static constexpr std::string_view name = "gate";
    static constexpr bool cheap = true;
    static constexpr unsigned flat_operands = 1u << 0, zero_operands = 1u << 1;
    template <class V> static constexpr V forward(const V& y, const V& g) {
        return math::select(y > math::as<V>(0), g, math::as<V>(0));
    }
    template <class H> static constexpr auto derivative(H y, H, H, H g) {
        return std::array{hadamard(g, 0), apply_operation(gate{}, y, g)};
    }
};
/// x for x > 0, else 0; NaN is passed on. The derivative at 0 is 0.
struct relu : elementwise<1> {
    static constexpr std::string_view name = "relu";
    static constexpr bool cheap = true;
    template <class V> static constexpr V forward(const V& x) {
        return math::select(x <= math::as<V>(0), math::as<V>(0), x);
    }
    template <class H> static constexpr H derivative(H, H y, H g) { return apply_operation(gate{}, y, g); }
};
/// x for x > 0, else slope x; at 0 the derivative is the slope.
struct leaky_relu : elementwise<2> {
    static constexpr std::string_view name = "leaky_relu";
    template <class V> static constexpr V forward(const V& x, const V& slope) {
        return math::select(x <= math::as<V>(0), V(slope * x), x);
    }
    template <class H> static constexpr auto derivative(H x, H slope, H, H g) {
        return std::array{hourglass::where(x > 0, g, hadamard(g, slope)), hourglass::where(x > 0, 0, hadamard(g, x))};
    }
};
/// x for x > 0, else alpha (e^x - 1) (Clevert et al. 2015, equation 16). At 0 all derivatives are those from below; the
/// first is alpha.
struct elu : elementwise<2> {
    static constexpr std::string_view name = "elu";
    template <class V> static constexpr V forward(const V& x, const V& alpha) {
        // The branch not taken is computed too. It uses 0 in place of a large x, to stay finite.
        const V below = math::select(x > math::as<V>(0), math::as<V>(0), x);
        return math::select(x > math::as<V>(0), x, V(alpha * math::expm1(below)));
    }
    template <class H> static constexpr auto derivative(H x, H alpha, H, H g) {
        auto above = x > 0;
        auto below = hourglass::where(above, 0, x); // not min(x, 0), whose slope at 0 is half
        auto slope = hadamard(alpha, apply_operation(ops::exp{}, below));
        auto in_x = hourglass::where(above, g, hadamard(g, slope));
        auto in_alpha = hourglass::where(above, 0, hadamard(g, apply_operation(ops::expm1{}, below)));
        return std::array{in_x, in_alpha};
    }
};
/// x clamped to [-800, 800]. Beyond that e^-|x|, and anything that vanishes as fast, is zero even in double.
struct limited : elementwise<1> {
    static constexpr std::string_view name = "limited";
    static constexpr bool cheap = true;
    template <class V> static constexpr V forward(const V& x) {
        const V most = math::as<V>(800);
        return math::select(x > most, most, math::select(x < -most, V(-most), x));
    }
    template <class H> static constexpr H derivative(H x, H, H g) {
        return hadamard(g, apply_operation(abs{}, x) <= 800);
    }
};
/// x d, where d vanishes as fast as e^-|x|: zero where d is zero, even if x is infinite. So are its derivatives,
/// because d is flat where x is limited.
struct damped_product : elementwise<2> {
    static constexpr std::string_view name = "damped_product";
    static constexpr bool cheap = true;
    static constexpr unsigned zero_operands = 3u;
    template <class V> static constexpr V forward(const V& x, const V& d) {
        return math::select(d == math::as<V>(0), d, V(x * d));
    }
    template <class H> static constexpr auto derivative(H x, H d, H, H g) {
        auto in_x = hadamard(g, d);
        auto in_d = hadamard(g, apply_operation(limited{}, x));
        return std::array{in_x, in_d};
    }
};
/// The density of the standard normal distribution.
struct normal_density : elementwise<1> {
    static constexpr std::string_view name = "normal_density";
    template <class V> static constexpr V forward(const V& x) {
        return math::exp(V(x * x * math::as<V>(-0.5))) * math::as<V>(0.398942280401432677939946059934);
    }
    template <class H> static constexpr H derivative(H x, H y, H g) {
        return -hadamard(g, apply_operation(damped_product{}, x, y));
    }
};
/// The distribution function of the standard normal, (1 + erf(x / sqrt 2)) / 2.
struct normal_cdf : elementwise<1> {
    static constexpr std::string_view name = "normal_cdf";
    template <class V> static constexpr V forward(const V& x) { return math::normal_cdf(x); }
    template <class H> static constexpr H derivative(H x, H, H g) {
        return hadamard(g, apply_operation(normal_density{}, x));
    }
};
/// x with infinities replaced by the largest finite numbers; NaN is passed on. Shifting by the largest x is then safe.
struct finite : elementwise<1> {
    static constexpr std::string_view name = "finite";
    static constexpr bool cheap = true;
    static constexpr bool smooth = false; // only applied to shifts that cancel out again
    template <class V> static constexpr V forward(const V& x) {
        using T = math::element_t<V>;
        const V high = V(std::numeric_limits<T>::max());
        return math::select(x > high, high, math::select(x < -high, V(-high), x));
    }
};

}

// For expressions and for numbers: `hg::sqrt(2.0)` is constant with every compiler, `std::sqrt` only with GCC.
#define HOURGLASS_FUNCTION(function)                                                                                   \
    template <operand X> constexpr auto function(const X& x) { return apply_operation(ops::function{}, x); }           \
    template <number X> constexpr double function(X x) { return ops::function::forward(static_cast<double>(x)); }
HOURGLASS_FUNCTION(square)
HOURGLASS_FUNCTION(sqrt)
HOURGLASS_FUNCTION(abs)
HOURGLASS_FUNCTION(sign)
HOURGLASS_FUNCTION(exp)
HOURGLASS_FUNCTION(expm1)
HOURGLASS_FUNCTION(sin)
HOURGLASS_FUNCTION(cos)
HOURGLASS_FUNCTION(tanh)
HOURGLASS_FUNCTION(sigmoid)
HOURGLASS_FUNCTION(softplus)
HOURGLASS_FUNCTION(relu)
HOURGLASS_FUNCTION(normal_cdf)
#undef HOURGLASS_FUNCTION

/// Returns x to the power p. For x < 0 only integers p have a value; others yield NaN.
template <operand_or_number X, operand_or_number P>
requires some_operand<X, P>
constexpr auto pow(const X& x, const P& p) { return apply_operation(ops::pow{}, x, p); }
template <number X, number P> constexpr double pow(X x, P p) {
    return ops::pow::forward(static_cast<double>(x), static_cast<double>(p));
}
/// Returns x for x > 0, else slope x.
template <operand X, operand_or_number S = double> constexpr auto leaky_relu(const X& x, const S& slope = 0.01) {
    return apply_operation(ops::leaky_relu{}, x, slope);
}
/// Returns x for x > 0, else alpha (e^x - 1) (Clevert et al. 2015, equation 16).
template <operand X, operand_or_number S = double> constexpr auto elu(const X& x, const S& alpha = 1.0) {
    return apply_operation(ops::elu{}, x, alpha);
}

// Composite, as functions must be that use an operand twice: else the layers and noise in it would be made twice.
namespace ops {
struct gelu {
    constexpr auto build(auto x) const {
        return apply_operation(damped_product{}, x, apply_operation(normal_cdf{}, x));
    }
};
struct silu {
    constexpr auto build(auto x) const { return apply_operation(damped_product{}, x, apply_operation(sigmoid{}, x)); }
};
}

/// Returns x Phi(x), the exact form (Hendrycks and Gimpel 2016).
template <operand X> constexpr auto gelu(const X& x) { return apply_operation(ops::gelu{}, x); }
/// Returns x sigmoid(x), also called swish.
template <operand X> constexpr auto silu(const X& x) { return apply_operation(ops::silu{}, x); }

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::square);
HOURGLASS_OPERATION(hourglass::ops::sqrt);
HOURGLASS_OPERATION(hourglass::ops::abs);
HOURGLASS_OPERATION(hourglass::ops::sign);
HOURGLASS_OPERATION(hourglass::ops::exp);
HOURGLASS_OPERATION(hourglass::ops::log);
HOURGLASS_OPERATION(hourglass::ops::log1p);
HOURGLASS_OPERATION(hourglass::ops::expm1);
HOURGLASS_OPERATION(hourglass::ops::sin);
HOURGLASS_OPERATION(hourglass::ops::cos);
HOURGLASS_OPERATION(hourglass::ops::pow);
HOURGLASS_OPERATION(hourglass::ops::pow_slope);
HOURGLASS_OPERATION(hourglass::ops::pow_times_log);
HOURGLASS_OPERATION(hourglass::ops::tanh);
HOURGLASS_OPERATION(hourglass::ops::sigmoid);
HOURGLASS_OPERATION(hourglass::ops::softplus);
HOURGLASS_OPERATION(hourglass::ops::gate);
HOURGLASS_OPERATION(hourglass::ops::relu);
HOURGLASS_OPERATION(hourglass::ops::leaky_relu);
HOURGLASS_OPERATION(hourglass::ops::elu);
HOURGLASS_OPERATION(hourglass::ops::limited);
HOURGLASS_OPERATION(hourglass::ops::damped_product);
HOURGLASS_OPERATION(hourglass::ops::normal_density);
HOURGLASS_OPERATION(hourglass::ops::normal_cdf);
HOURGLASS_OPERATION(hourglass::ops::finite);
