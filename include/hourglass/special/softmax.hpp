// log_sum_exp, softmax and log_softmax: lowering, where shapes are known, writes them in terms of sums of e^(x - m), m
// the largest x. Also operations on logarithms of probabilities. An event of probability zero, whose logarithm is minus
// infinity, adds nothing to entropies and divergences.
#pragma once

#include <hourglass/ops/reduction.hpp>
#include <hourglass/special/logits.hpp>

HOURGLASS_BEGIN
namespace ops {

/// x - m, where m is the largest x; 0 at infinity too.
struct from_largest : elementwise<2> {
    static constexpr std::string_view name = "from_largest";
    template <class V> static constexpr V forward(const V& x, const V& m) {
        return math::select(x == math::as<V>(std::numeric_limits<double>::infinity()), math::as<V>(0), V(x - m));
    }
    template <class H> static constexpr auto derivative(H, H, H, H g) { return std::array{g, -g}; }
};
/// e^(x - m), where m is the largest x made finite. Where that overflows x is infinite, and the value is 1.
struct exp_from_largest : elementwise<2> {
    static constexpr std::string_view name = "exp_from_largest";
    template <class V> static constexpr V forward(const V& x, const V& m) {
        const V d = x - m;
        if constexpr (math::is_vector<V>) {
            return math::in_vectors::exp_or_one(d);
        } else {
            const double largest = std::is_same_v<V, float> ? 88.72283172607422 : 709.78271289338397;
            return math::select(d > math::as<V>(largest), math::as<V>(1), math::exp(d));
        }
    }
    template <class H> static constexpr auto derivative(H, H, H y, H g) {
        auto slope = hadamard(g, y);
        return std::array{slope, -slope};
    }
};
/// a / s for a sum s of e^(x - m). s is at least 1, or 0 if every x is minus infinity: then the value is 0.
struct over_total : elementwise<2> {
    static constexpr std::string_view name = "over_total";
    static constexpr unsigned zero_operands = 1u;
    template <class V> static constexpr V forward(const V& a, const V& s) {
        const auto empty = s == math::as<V>(0);
        return math::select(empty, math::as<V>(0), V(a / math::select(empty, math::as<V>(1), s)));
    }
    template <class H> static constexpr auto derivative(H, H s, H y, H g) {
        auto share = apply_operation(over_total{}, g, s);
        return std::array{share, -hadamard(share, y)};
    }
};
/// log s of such a sum. Its derivative is 0 where the sum is 0.
struct log_total : elementwise<1> {
    static constexpr std::string_view name = "log_total";
    template <class V> static constexpr V forward(const V& s) { return math::log(s); }
    template <class H> static constexpr H derivative(H s, H, H g) { return apply_operation(over_total{}, g, s); }
};

/// (a - b) - (c - d), rounded about once: adds the rounding errors of the two inner differences.
struct difference_of_differences : elementwise<4> {
    static constexpr std::string_view name = "difference_of_differences";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& c, const V& d) {
        const V first = a - b, second = c - d;
        return (first - second) + (lost(a, b, first) - lost(c, d, second));
    }
    template <class H> static constexpr auto derivative(H, H, H, H, H, H g) { return std::array{g, -g, -g, g}; }

private:
    // The rounding error of x - y (Knuth 1969).
    template <class V> static constexpr V lost(const V& x, const V& y, const V& difference) {
        const V of_y = math::opaque(V(difference - x)), of_x = math::opaque(V(difference - of_y));
        return (x - of_x) - (y + of_y);
    }
};
/// x e^x, and 0 at minus infinity: p log p for p = e^x.
struct exp_times : elementwise<1> {
    static constexpr std::string_view name = "exp_times";
    template <class V> static constexpr V forward(const V& x) { return math::zero_or_product(math::exp(x), x); }
    template <class H> static constexpr H derivative(H x, H y, H g) {
        return hadamard(g, y + apply_operation(ops::exp{}, x));
    }
};

// The three operations below take logarithms a and b of probabilities, and a correction c of b, smaller than b's own
// digits. A NaN correction, which infinities produce, counts as none.
template <class V> struct log_ratio {
    V of_a, of_b, gap; // e^a, e^(b + c), b + c - a
    constexpr log_ratio(const V& a, const V& b, const V& c) : of_a(math::exp(a)), of_b(), gap() {
        const V correction = math::select(c == c, c, math::as<V>(0));
        of_b = math::exp(V(b + correction));
        gap = math::select(a == b, math::as<V>(0), V(b - a)) + correction;
    }
};
/// e^b - e^a
struct exp_difference : elementwise<3> {
    static constexpr std::string_view name = "exp_difference";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& c) {
        const log_ratio<V> r(a, b, c);
        const auto is_near = math::abs(r.gap) <= math::as<V>(1);
        const V near = r.of_a * math::expm1(math::select(is_near, r.gap, math::as<V>(0)));
        return math::select(is_near, near, V(r.of_b - r.of_a));
    }
    template <class H> static constexpr auto derivative(H a, H, H, H y, H g) {
        auto of_a = apply_operation(ops::exp{}, a);
        auto in_a = -hadamard(g, of_a);
        auto in_b = hadamard(g, y + of_a);
        return std::array{in_a, in_b, in_b};
    }
};
/// e^a (b - a), and 0 where e^a is 0.
struct exp_times_difference : elementwise<3> {
    static constexpr std::string_view name = "exp_times_difference";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& c) {
        const log_ratio<V> r(a, b, c);
        return math::weighted(r.of_a, r.gap);
    }
    template <class H> static constexpr auto derivative(H a, H, H, H y, H g) {
        auto of_a = apply_operation(ops::exp{}, a);
        auto in_a = hadamard(g, y - of_a);
        auto in_b = hadamard(g, of_a);
        return std::array{in_a, in_b, in_b};
    }
};
/// e^b - e^a - e^a (b - a), never negative: what an event of probability e^a adds to the divergence from a distribution
/// where it has probability e^b. The differences of all probabilities add up to zero.
struct divergence_term : elementwise<3> {
    static constexpr std::string_view name = "divergence_term";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& c) {
        const log_ratio<V> r(a, b, c);
        // e^a (e^gap - 1 - gap). For a large gap e^b is factored out, so that no infinities are subtracted.
        const auto is_large = r.gap > math::as<V>(1);
        const V near = math::weighted(r.of_a, math::expm1_minus(math::select(is_large, math::as<V>(1), r.gap)));
        const V far = r.of_b * (math::as<V>(1) - (math::as<V>(1) + r.gap) * math::exp(V(-r.gap)));
        const V both = math::select(is_large, far, near);
        return math::select(a == math::as<V>(-std::numeric_limits<double>::infinity()), r.of_b, both);
    }
    template <class H> static constexpr auto derivative(H a, H b, H c, H, H g) {
        auto slope = apply_operation(exp_times_difference{}, a, b, c);
        auto in_a = -hadamard(g, slope);
        auto in_b = hadamard(g, apply_operation(exp_difference{}, a, b, c));
        return std::array{in_a, in_b, in_b};
    }
};

// The parts of log_sum_exp and softmax, with the reduced axes kept: the largest x, e^(x - m) and its sum. The gradient
// does not see m, because no shift of x changes the results.
template <class H> struct exponentials {
    H largest, terms, total;
    constexpr exponentials(H x, unsigned mask) : largest(reduce<max_over>(x, mask, true)), terms(x), total(x) {
        auto held = hourglass::stop_gradient(apply_operation(finite{}, largest));
        terms = apply_operation(exp_from_largest{}, x, held);
        total = reduce<sum>(terms, mask, true);
    }
};
// The parts of logarithms of probabilities: x - m, where m is the largest x; its exponential; and where it is 0. The
// gradient does not see m here either.
template <class H> struct below_largest {
    H largest, below, terms, ties;
    constexpr below_largest(H x, unsigned mask)
        : largest(hourglass::stop_gradient(reduce<max_over>(x, mask, true))), below(x), terms(x), ties(x) {
        below = apply_operation(from_largest{}, x, largest);
        terms = hourglass::exp(below);
        ties = below == 0;
    }
};
// Logarithms of probabilities for divergences, in few operations: x - m, and log sum e^(x - m). The sum leaves out the
// term of m itself, 1, so that small terms keep their digits. The derivative loses digits of a probability near 1. A
// divergence, as a difference of two, does not need them; log_softmax_of keeps them.
template <class H> struct log_probabilities : below_largest<H> {
    H log_of_total;
    constexpr log_probabilities(H x, unsigned mask) : below_largest<H>(x, mask), log_of_total(x) {
        auto others = reduce<sum>(this->terms - this->ties, mask, true);
        auto more_ties = reduce<sum>(this->ties, mask, true) - 1;
        log_of_total = apply_operation(ops::log1p{}, others + more_ties);
    }
    constexpr H value() const { return this->below - log_of_total; }
};

// log_softmax: x - m minus the logarithm of the total. If one element is larger than all others, its own term is kept
// apart from theirs. Its log softmax is -log(1 + others / own), which keeps the digits of a probability near 1. So do
// its derivatives, in which others / (own + others) is the distance from 1.
template <class H> constexpr H log_softmax_of(H x, unsigned mask) {
    const auto [largest, below, terms, is_largest] = below_largest(x, mask);
    auto has_own = reduce<sum>(is_largest, mask, true) == 1;
    auto is_own = hadamard(is_largest, has_own);
    auto own_terms = hadamard(terms, is_own);
    auto own = reduce<sum>(own_terms, mask, true); // 1, or 0 if several are the largest
    // not terms - own_terms: its gradient would be a difference of two
    auto other_terms = hadamard(terms, 1 - is_own);
    auto others = reduce<sum>(other_terms, mask, true);
    auto divisor = own + (1 - has_own);
    auto log_of_own = -apply_operation(ops::log1p{}, others / divisor);
    auto own_below = reduce<sum>(hourglass::where(is_own, below, 0), mask, true); // 0, for its derivative
    auto of_one = own_below - log_of_own;
    auto of_several = apply_operation(ops::log{}, own + others);
    auto of_others = below - hourglass::where(has_own, of_one, of_several);
    return hourglass::where(is_own, log_of_own, of_others);
}

// log sum e^x
template <class Axes, bool Keep> struct log_sum_exp_axes {
    constexpr auto build(auto x) const {
        const unsigned mask = axis_mask(x, Axes{});
        const exponentials of(x, mask);
        auto largest = hourglass::stop_gradient(of.largest);
        auto result = largest + apply_operation(log_total{}, of.total);
        if (Keep) return result;
        shape dropped;
        for (int i = 0; i < x.extents().rank; ++i)
            if ((mask >> i & 1u) == 0) dropped[dropped.rank++] = x.extents()[i];
        return reshaped(result, dropped);
    }
};
template <class Axes> struct log_softmax_axes {
    constexpr auto build(auto x) const { return log_softmax_of(x, axis_mask(x, Axes{})); }
};
template <class Axes> struct softmax_axes {
    constexpr auto build(auto x) const {
        const exponentials of(x, axis_mask(x, Axes{}));
        return hadamard(of.terms, apply_operation(over_total{}, 1, of.total));
    }
};

}

/// Returns log sum e^x over the axes, by default over all; it does not overflow. Minus infinity if all x are.
template <operand X, int... Axes> constexpr auto log_sum_exp(const X& x, axes_t<Axes...> = {}) {
    return apply_operation(ops::log_sum_exp_axes<axes_t<Axes...>, false>{}, x);
}
/// The same with the reduced axes kept, with extent 1.
template <operand X, int... Axes> constexpr auto log_sum_exp(const X& x, axes_t<Axes...>, keep_axes_t) {
    return apply_operation(ops::log_sum_exp_axes<axes_t<Axes...>, true>{}, x);
}
/// The same with the reduced axes kept, with extent 1.
template <operand X, int... Axes> constexpr auto log_sum_exp(const X& x, keep_axes_t keep, axes_t<Axes...> of = {}) {
    return log_sum_exp(x, of, keep);
}

/// Returns e^x / sum e^x over the axes, by default over the last. If all x are minus infinity it is 0, like the
/// derivative of log_sum_exp, and `log_softmax` is NaN. Neither has a limit there: it would depend on the path.
template <operand X, int... Axes> constexpr auto softmax(const X& x, axes_t<Axes...>) {
    return apply_operation(ops::softmax_axes<axes_t<Axes...>>{}, x);
}
/// The same over the last axis.
template <operand X> constexpr auto softmax(const X& x) { return softmax(x, axes<-1>); }
/// Returns log softmax(x) over the axes, by default over the last. Keeps the digits of probabilities near 0 and near 1.
template <operand X, int... Axes> constexpr auto log_softmax(const X& x, axes_t<Axes...>) {
    return apply_operation(ops::log_softmax_axes<axes_t<Axes...>>{}, x);
}
/// The same over the last axis.
template <operand X> constexpr auto log_softmax(const X& x) { return log_softmax(x, axes<-1>); }
HOURGLASS_AXES_NEED_NAMES(log_sum_exp)
HOURGLASS_AXES_NEED_NAMES(softmax)
HOURGLASS_AXES_NEED_NAMES(log_softmax)
#undef HOURGLASS_AXES_NEED_NAMES

HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::from_largest);
HOURGLASS_OPERATION(hourglass::ops::exp_from_largest);
HOURGLASS_OPERATION(hourglass::ops::over_total);
HOURGLASS_OPERATION(hourglass::ops::log_total);
HOURGLASS_OPERATION(hourglass::ops::difference_of_differences);
HOURGLASS_OPERATION(hourglass::ops::exp_times);
HOURGLASS_OPERATION(hourglass::ops::exp_difference);
HOURGLASS_OPERATION(hourglass::ops::exp_times_difference);
HOURGLASS_OPERATION(hourglass::ops::divergence_term);
