// Functions of a Bernoulli distribution's logit l, where sigmoid(l) is the probability of 1: loss, entropy, divergence
// and their derivatives. Each is one operation, which keeps its digits at both ends and takes its limit at infinite
// logits. All are computed from e^-|l|, which does not overflow and is never subtracted from 1.
#pragma once

#include <hourglass/math/divergence.hpp>
#include <hourglass/special/zero_products.hpp>

HOURGLASS_BEGIN
namespace math {

/// Returns the Bernoulli divergence of the logit l <= 0 from m. With q = sigmoid(l), d = m - l and u = q (e^d - 1) it
/// is log(1 + u) - q d. Near d = 0 it is computed as q (e^d - 1 - d) - (u - log(1 + u)), whose second term is at most
/// half of the first.
template <class V> constexpr V bernoulli_divergence(const V& l, const V& m) {
    const V zero = as<V>(0), one = as<V>(1);
    const V d = select(l == m, zero, V(m - l));
    const V e = math::exp(l), rest = one / (one + e), q = e * rest; // 1 - q and q
    const V near_d = select(abs(d) <= one, d, zero);
    const V near = q * expm1_minus(near_d) + log1p_minus_near_zero(V(q * math::expm1(near_d)));
    // q e^d is e^m (1 - q), which is finite where e^d is not.
    const V low = select(m > one, one, m);
    const V far =
        math::log1p(select(d > zero, V((math::exp(low) - e) * rest), V(q * math::expm1(d)))) - zero_or_product(q, d);
    // For large m: the cross entropy, softplus(-m) + (1 - q) m, minus the entropy.
    const V high = select(m > one, m, one);
    const V cross = log1p_of_unit(math::exp(V(-high))) + high * rest - (log1p_of_unit(e) - zero_or_product(q, l));
    const V beyond = select(m > one, cross, far);
    return select(abs(d) <= one, near, select(d > one, beyond, far));
}

}

namespace ops {

// The two probabilities of a logit: the smaller one, and the larger one, which may round to 1.
template <class V> struct logit_probabilities {
    V smaller, larger;
    constexpr explicit logit_probabilities(const V& l) : smaller(math::exp(V(-math::abs(l)))), larger() {
        larger = math::as<V>(1) / (math::as<V>(1) + smaller);
        smaller = smaller * larger;
    }
};

/// sigmoid(l) sigmoid(-l), the variance: the derivative of sigmoid, with all its digits at both ends.
struct logit_variance : elementwise<1> {
    static constexpr std::string_view name = "logit_variance";
    template <class V> static constexpr V forward(const V& l) {
        const logit_probabilities<V> p(l);
        return p.smaller * p.larger;
    }
    template <class H> static constexpr H derivative(H l, H y, H g) {
        auto tilt = apply_operation(ops::tanh{}, hadamard(l, 0.5));
        return -hadamard(g, hadamard(y, tilt));
    }
};
/// sigmoid(l) - t, without cancellation where t is 1: the derivative of logit_loss.
struct logit_error : elementwise<2> {
    static constexpr std::string_view name = "logit_error";
    template <class V> static constexpr V forward(const V& l, const V& t) {
        const V e = math::exp(V(-math::abs(l)));
        const V smaller = e / (math::as<V>(1) + e);
        return math::select(l > math::as<V>(0), V((math::as<V>(1) - t) - smaller), V(smaller - t));
    }
    template <class H> static constexpr auto derivative(H l, H, H, H g) {
        auto variance = apply_operation(logit_variance{}, l);
        return std::array{hadamard(g, variance), -g};
    }
};
/// -log p(t) for t in [0, 1], where sigmoid(l) is the probability of 1: log(1 + e^-|l|) + |l| |t - [l > 0]|, exact at
/// both ends. At an infinite l it is 0 where t agrees, else infinite.
struct logit_loss : elementwise<2> {
    static constexpr std::string_view name = "logit_loss";
    template <class V> static constexpr V forward(const V& l, const V& t) {
        const V size = math::abs(l);
        const V missed = math::select(l > math::as<V>(0), V(math::as<V>(1) - t), t);
        return math::zero_or_product(missed, size) + math::log1p_of_unit(math::exp(V(-size)));
    }
    template <class H> static constexpr auto derivative(H l, H t, H, H g) {
        auto error = apply_operation(logit_error{}, l, t);
        auto in_l = hadamard(g, error);
        return std::array{in_l, -hadamard(g, l)};
    }
};
/// (l - m) sigmoid(l) sigmoid(-l), and zero at an infinite l, where the variance is zero. Part of the derivatives of
/// entropy and divergence.
struct logit_moment : elementwise<2> {
    static constexpr std::string_view name = "logit_moment";
    template <class V> static constexpr V forward(const V& l, const V& m) {
        const V gap = math::select(l == m, math::as<V>(0), V(l - m));
        return math::zero_or_product(logit_variance::forward(l), gap);
    }
    template <class H> static constexpr auto derivative(H l, H, H y, H g) {
        auto variance = apply_operation(logit_variance{}, l);
        auto tilt = apply_operation(ops::tanh{}, hadamard(l, 0.5));
        auto slope = variance - hadamard(y, tilt);
        auto in_l = hadamard(g, slope);
        return std::array{in_l, -hadamard(g, variance)};
    }
};
/// The entropy, -p log p - (1 - p) log(1 - p) with p = sigmoid(l): log(1 + e^-|l|) + |l| sigmoid(-|l|).
struct logit_entropy : elementwise<1> {
    static constexpr std::string_view name = "logit_entropy";
    template <class V> static constexpr V forward(const V& l) {
        const V size = math::abs(l), e = math::exp(V(-size));
        return math::log1p_of_unit(e) + math::zero_or_product(V(e / (math::as<V>(1) + e)), size);
    }
    template <class H> static constexpr H derivative(H l, H, H g) {
        return -hadamard(g, apply_operation(logit_moment{}, l, 0));
    }
};
/// sigmoid(l) - sigmoid(m), with all its digits where they are close or both near an end.
struct logit_difference : elementwise<2> {
    static constexpr std::string_view name = "logit_difference";
    template <class V> static constexpr V forward(const V& l, const V& m) {
        const auto above = l > m;
        const V high = math::select(above, l, m), low = math::select(above, m, l);
        const logit_probabilities<V> of_high(high), of_low(low);
        const V one_of_high = math::select(high > math::as<V>(0), of_high.larger, of_high.smaller);
        const V zero_of_low = math::select(low > math::as<V>(0), of_low.smaller, of_low.larger);
        const V gap = math::select(l == m, math::as<V>(0), V(low - high));
        const V size = -(one_of_high * zero_of_low * math::expm1(gap));
        return math::select(above, size, V(-size));
    }
    template <class H> static constexpr auto derivative(H l, H m, H, H g) {
        auto of_l = apply_operation(logit_variance{}, l);
        auto of_m = apply_operation(logit_variance{}, m);
        auto in_l = hadamard(g, of_l);
        return std::array{in_l, -hadamard(g, of_m)};
    }
};
/// KL of Bernoulli distributions with logits l and m: never negative, with all digits where they are close or both near
/// an end. Infinite where m rules out what l allows.
struct logit_divergence : elementwise<2> {
    static constexpr std::string_view name = "logit_divergence";
    template <class V> static constexpr V forward(const V& l, const V& m) {
        return math::bernoulli_divergence(V(-math::abs(l)), math::select(l > math::as<V>(0), V(-m), m));
    }
    template <class H> static constexpr auto derivative(H l, H m, H, H g) {
        auto moment = apply_operation(logit_moment{}, l, m);
        auto in_l = hadamard(g, moment);
        auto difference = apply_operation(logit_difference{}, m, l);
        return std::array{in_l, hadamard(g, difference)};
    }
};

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::logit_variance);
HOURGLASS_OPERATION(hourglass::ops::logit_error);
HOURGLASS_OPERATION(hourglass::ops::logit_loss);
HOURGLASS_OPERATION(hourglass::ops::logit_moment);
HOURGLASS_OPERATION(hourglass::ops::logit_entropy);
HOURGLASS_OPERATION(hourglass::ops::logit_difference);
HOURGLASS_OPERATION(hourglass::ops::logit_divergence);
