// The logarithm of the normal distribution function; and the functions log and log1p, which recognise the logarithm of
// a probability and turn it into log_normal_cdf, softplus or log_softmax, so that digits are kept where the probability
// rounds to 0 or 1.
#pragma once

#include <boost/hana/at.hpp>

#include <hourglass/math/normal_tail.hpp>
#include <hourglass/special/softmax.hpp>

HOURGLASS_BEGIN
namespace ops {

/// The n-th derivative of log Phi(x), 1 <= n <= 12. Far in the lower tail it is -1 for n = 2, and vanishes for higher
/// n.
struct log_normal_cdf_slope : elementwise<2> {
    static constexpr std::string_view name = "log_normal_cdf_slope";
    template <class V> static constexpr V forward(const V& n, const V& x) {
        return math::lane_by_lane(
            [](const auto& k, const auto& y) { return math::log_normal_cdf_derivative(math::order_of(k), y); }, n, x);
    }
    template <class H> static constexpr auto derivative(H n, H x, H, H g) {
        auto next = apply_operation(log_normal_cdf_slope{}, n + 1, x);
        return std::array{hadamard(g, 0), hadamard(g, next)};
    }
};
/// phi(x) / Phi(x), the derivative of log Phi(x): about -x in the lower tail.
struct inverse_mills_ratio : elementwise<1> {
    static constexpr std::string_view name = "inverse_mills_ratio";
    template <class V> static constexpr V forward(const V& x) { return math::inverse_mills_ratio(x); }
    template <class H> static constexpr H derivative(H x, H, H g) {
        return hadamard(g, apply_operation(log_normal_cdf_slope{}, 2, x));
    }
};
/// log Phi(x), where Phi is the distribution function of the standard normal. About -x^2 / 2 where Phi(x) underflows.
struct log_normal_cdf : elementwise<1> {
    static constexpr std::string_view name = "log_normal_cdf";
    template <class V> static constexpr V forward(const V& x) { return math::log_normal_cdf(x); }
    template <class H> static constexpr H derivative(H x, H, H g) {
        return hadamard(g, apply_operation(inverse_mills_ratio{}, x));
    }
};

}
/// Returns log Phi(x), where Phi is the distribution function of the standard normal, accurate where Phi(x) underflows
/// too.
template <operand X> constexpr auto log_normal_cdf(const X& x) { return apply_operation(ops::log_normal_cdf{}, x); }
namespace ops {

// Whether a value has no name. One that has a name may be fed.
struct nameless {
    template <class H> constexpr bool operator()(H h) const {
        for (const auto& name : h.graph->names)
            if (name.node == h.index) return false;
        return true;
    }
};
// The logarithm of x, or of 1 + x, if it has an exact form of its own; else x, unchanged. Looks only past values for
// which `can_be_passed` holds, since the exact form no longer reads them.
constexpr bool is_logarithm(const operation& op) { return op.id == id_of<log> || op.id == id_of<log1p>; }
template <class H, class CanBePassed = nameless> class exact_logarithm {
    H x_;
    CanBePassed can_be_passed_;
    bool found_ = true;

    template <class Op> constexpr bool is(H h) const { return h.at().op->id == id_of<Op> && can_be_passed_(h); }
    constexpr H operand(H h, int i) const { return h.other(h.graph->operand(h.index, i)); }
    constexpr bool is_one(H h) const {
        return h.at().op->kind == operation_kind::literal && h.at().options.number == 1;
    }
    constexpr H of_complement(H p) { // log(1 - p)
        if (is<sigmoid>(p)) return -hourglass::softplus(operand(p, 0));
        if (is<normal_cdf>(p)) return hourglass::log_normal_cdf(-operand(p, 0));
        return unchanged();
    }
    constexpr H unchanged() {
        found_ = false;
        return x_;
    }

public:
    constexpr explicit exact_logarithm(H x, CanBePassed can_be_passed = {}) : x_(x), can_be_passed_(can_be_passed) {}
    // A cheap look at one node, whether it is worth trying.
    static constexpr bool may_exist(const auto& argument) {
        const auto id = argument.op->id;
        return id == id_of<exp> || id == id_of<sigmoid> || id == id_of<normal_cdf> || id == id_of<negate> ||
               id == id_of<add> || id == id_of<subtract> || id == id_of<multiply>;
    }
    constexpr bool found() const { return found_; }
    constexpr H of_itself() {
        if (is<exp>(x_)) return operand(x_, 0);
        if (is<normal_cdf>(x_)) return hourglass::log_normal_cdf(operand(x_, 0));
        if (is<sigmoid>(x_)) return -hourglass::softplus(-operand(x_, 0));
        if (is<subtract>(x_) && is_one(operand(x_, 0))) return of_complement(operand(x_, 1));
        if (is<add>(x_))
            for (int i = 0; i < 2; ++i)
                if (is_one(operand(x_, i)) && is<exp>(operand(x_, 1 - i)))
                    return hourglass::softplus(operand(operand(x_, 1 - i), 0));
        if (is<multiply>(x_)) { // softmax
            const H terms = operand(x_, 0), share = operand(x_, 1);
            if (is<exp_from_largest>(terms) && is<over_total>(share) && is_one(operand(share, 0))) {
                const H below = apply_operation(from_largest{}, operand(terms, 0), operand(terms, 1));
                return below - apply_operation(log_total{}, operand(share, 1));
            }
        }
        return unchanged();
    }
    // For a logarithm, log or log1p, of the argument.
    constexpr H of(const operation& logarithm) { return logarithm.id == id_of<log> ? of_itself() : of_one_more(); }
    constexpr H of_one_more() {
        if (is<exp>(x_)) return hourglass::softplus(operand(x_, 0));
        if (is<negate>(x_)) return of_complement(operand(x_, 0));
        return unchanged();
    }
};

/// log x, in its exact form where x spells a probability.
struct logarithm {
    constexpr auto build(auto x) const {
        if (x.failed()) return x;
        exact_logarithm exact(x);
        const auto y = exact.of_itself();
        return exact.found() ? y : apply_operation(ops::log{}, x);
    }
};
struct logarithm_of_one_more {
    constexpr auto build(auto x) const {
        if (x.failed()) return x;
        exact_logarithm exact(x);
        const auto y = exact.of_one_more();
        return exact.found() ? y : apply_operation(ops::log1p{}, x);
    }
};

}

/// Returns log x. For exp(x) that is x. If x is written as a probability, the result keeps all its digits:
/// `log(sigmoid(x))` is `-softplus(-x)`, `log(1 - sigmoid(x))` is `-softplus(x)`, `log(1 + exp(x))` is `softplus(x)`,
/// `log(normal_cdf(x))` is `log_normal_cdf(x)`, `log(1 - normal_cdf(x))` is `log_normal_cdf(-x)`, and `log(softmax(x))`
/// is `log_softmax(x)`.
template <operand X> constexpr auto log(const X& x) { return apply_operation(ops::logarithm{}, x); }
/// Returns log(1 + x). As with `log`, `log1p(-sigmoid(x))` is `-softplus(x)`, `log1p(exp(x))` is `softplus(x)`, and
/// `log1p(-normal_cdf(x))` is `log_normal_cdf(-x)`.
template <operand X> constexpr auto log1p(const X& x) { return apply_operation(ops::logarithm_of_one_more{}, x); }
template <number X> constexpr double log(X x) { return ops::log::forward(static_cast<double>(x)); }
template <number X> constexpr double log1p(X x) { return ops::log1p::forward(static_cast<double>(x)); }
template <class Axes, class X> constexpr auto log(const applied<ops::softmax_axes<Axes>, X>& x) {
    return apply_operation(ops::log_softmax_axes<Axes>{}, boost::hana::at_c<0>(x.operands));
}

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::log_normal_cdf);
HOURGLASS_OPERATION(hourglass::ops::inverse_mills_ratio);
HOURGLASS_OPERATION(hourglass::ops::log_normal_cdf_slope);
