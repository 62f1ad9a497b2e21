// Defines a distribution: a family, which states the formulas, and the expressions of its parameters. From these,
// `sample`, `log_prob`, `entropy` and `kl` are derived once for all families. The families are in the other headers of
// this folder.
//
// Each of these functions is one operation, built when it is lowered, so that a layer inside a parameter is created
// once in each equation that uses the distribution. Formulas proceed one statement at a time: compilers evaluate
// operands in different orders, but graphs must not differ.
#pragma once

#include <boost/hana/at.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/unpack.hpp>

#include <hourglass/probability/likelihoods.hpp>
#include <hourglass/special/random.hpp>
#include <hourglass/special/zero_products.hpp>

HOURGLASS_BEGIN

// How a gradient passes from a draw to the parameters: the draw is an explicit function of noise and parameters, or a
// quantile with an implicit derivative. With `none`, `sample` is a compile error.
enum class pathwise_form { none, explicit_function, implicit_quantile };

/// A distribution of a family with its parameters, which are expressions; `normal(mu, sigma)` and the like return one.
/// Its elements are independent unless the family says otherwise. It is passed to `sample`, `log_prob`, `entropy` and
/// `kl`.
template <class Family, class... Parameters> struct distribution {
    using family = Family;
    static constexpr pathwise_form pathwise = Family::pathwise;
    boost::hana::tuple<Parameters...> parameters;
    constexpr explicit distribution(const Parameters&... p) : parameters(p...) {}
    template <std::size_t I> constexpr const auto& parameter() const { return parameters[boost::hana::size_c<I>]; }
};
template <class Family, class... P> constexpr auto make_distribution(const P&... parameters) {
    return distribution<Family, decltype(lift(parameters))...>(lift(parameters)...);
}

namespace ops {

// A parameter as it is written. For exp(s) the operand is s itself, so that no log of an exp is computed.
template <class Expression> struct written_parameter {
    static constexpr bool as_exp = false;
    static constexpr const Expression& operand_of(const Expression& e) { return e; }
};
template <class S> struct written_parameter<applied<exp, S>> {
    static constexpr bool as_exp = true;
    static constexpr const S& operand_of(const applied<exp, S>& e) { return boost::hana::at_c<0>(e.operands); }
};
template <> struct written_parameter<hourglass::literal> { // a number, which works with expressions and handles
    static constexpr bool as_exp = false;
    static constexpr double operand_of(const hourglass::literal& e) { return e.value; }
};
// The same in lowering. Each call creates its own nodes.
template <class H> struct lowered_parameter {
    H written{};
    bool as_exp = false;
    constexpr H value() const { return as_exp ? hourglass::exp(written) : written; }
    constexpr H log() const { return as_exp ? written : hourglass::log(written); }
    // x / parameter and x * parameter, which are zero where x is, even if e^s overflows.
    constexpr H under(H x) const {
        if (!as_exp) return x / written;
        return apply_operation(over_exp{}, x, written, hourglass::exp(written));
    }
    constexpr H times(H x) const {
        if (!as_exp) return hadamard(written, x);
        return apply_operation(times_exp{}, x, written, hourglass::exp(written));
    }
};

// The joint shape of the parameters, and of x if given. Reports an error if they do not broadcast.
template <class Family, class Parameters, class... X> constexpr shape joined_shape_of(const Parameters& p, X... x) {
    const auto first = p[0].written;
    shape joined = first.extents();
    const auto join = [&](auto h) {
        shape both;
        if (!broadcast(joined, h.extents(), both))
            first.misfit(text(Family::name), h,
                         sentence("parameters of the shapes ", joined, " and ", h.extents(), " do not broadcast"));
        else
            joined = both;
    };
    for (std::size_t i = 1; i < p.size(); ++i) join(p[i].written);
    (join(x), ...);
    return joined;
}
// Sums terms, which may have a smaller shape, over the features of a distribution.
template <class Family, class Parameters, class H> constexpr H sum_over(const Parameters& p, H terms) {
    const shape joined = joined_shape_of<Family>(p, terms);
    if (terms.failed()) return terms;
    return hourglass::sum(filled(terms, {joined, terms.batched()}));
}
// Uniform noise of a distribution's shape in the open interval (0, 1). The noise leaf has 24 bits and may be 0, which
// is replaced by half a step.
template <class Family, bool Shared, class Parameters> constexpr auto open_uniform(const Parameters& p) {
    const auto first = p[0].written;
    const shape joined = joined_shape_of<Family>(p);
    if (first.failed()) return first;
    auto leaf = first.noise(noise_kind::uniform, Shared, joined);
    return hourglass::max(leaf, 0x1p-25);
}
template <class Family, bool Shared, class Parameters> constexpr auto normal_numbers(const Parameters& p) {
    const auto first = p[0].written;
    const shape joined = joined_shape_of<Family>(p);
    if (first.failed()) return first;
    return first.noise(noise_kind::normal, Shared, joined);
}

template <bool... AsExp, class... H> constexpr auto lowered_parameters(const H&... h) {
    return std::array{lowered_parameter<H>{h, AsExp}...};
}

// One operation for each function of each family; `AsExp` states which parameters are written as exp(s).
template <class Family, bool... AsExp> struct log_prob_of {
    constexpr auto build(auto... operands) const { // the parameters, then x
        const std::array all{operands...};
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return Family::log_prob(lowered_parameters<AsExp...>(all[I]...), all[sizeof...(AsExp)]);
        }
        (std::make_index_sequence<sizeof...(AsExp)>{});
    }
};
template <class Family, bool... AsExp> struct entropy_of {
    constexpr auto build(auto... operands) const { return Family::entropy(lowered_parameters<AsExp...>(operands...)); }
};
template <class Family, bool Shared, bool... AsExp> struct sample_of {
    static constexpr int noise_leaves = Family::noise_leaves;
    constexpr auto build(auto... operands) const {
        const auto p = lowered_parameters<AsExp...>(operands...);
        if constexpr (Family::pathwise == pathwise_form::none) {
            p[0].written.misfit(text("sample"), Family::no_pathwise_form());
            return p[0].written;
        } else {
            return Family::template sample<Shared>(p);
        }
    }
};
template <class Family, bool Shared, bool... AsExp>
requires(Family::pathwise != pathwise_form::none) struct shared_form<sample_of<Family, Shared, AsExp...>> {
    using type = sample_of<Family, true, AsExp...>;
};

// KL(q || p) of two families in closed form: specialised with `build(q, p)` if there is one.
template <class Q, class P> struct closed_divergence;
template <class Q, class P>
concept has_closed_divergence = requires {
    sizeof(closed_divergence<Q, P>);
};

template <bool... AsExp> struct written_as {};
template <class Q, class P, class WrittenQ, class WrittenP> struct kl_of;
template <class Q, class P, bool... OfQ, bool... OfP> struct kl_of<Q, P, written_as<OfQ...>, written_as<OfP...>> {
    constexpr auto build(auto... operands) const { // the parameters of q, then those of p
        const std::array all{operands...};
        constexpr std::size_t first = sizeof...(OfQ);
        return [&]<std::size_t... I, std::size_t... J>(std::index_sequence<I...>, std::index_sequence<J...>) {
            const auto q = lowered_parameters<OfQ...>(all[I]...);
            const auto p = lowered_parameters<OfP...>(all[first + J]...);
            if constexpr (has_closed_divergence<Q, P>) {
                return closed_divergence<Q, P>::build(q, p);
            } else {
                all[0].misfit(text("kl"), all[first],
                              sentence("no closed form of the divergence of ", Q::name, " from ", P::name,
                                       " is known here: with an equation z = sample(q), log_prob(q, z) - "
                                       "log_prob(p, z) estimates it, and its mean over draws is it"));
                return all[0];
            }
        }
        (std::make_index_sequence<first>{}, std::make_index_sequence<sizeof...(OfP)>{});
    }
};

template <class... P> constexpr auto operands_of(const boost::hana::tuple<P...>& parameters, const auto& use) {
    return boost::hana::unpack(parameters, [&](const P&... p) { return use(written_parameter<P>::operand_of(p)...); });
}

}

/// Returns a reparameterised draw, through which gradients reach the parameters. Its noise is the leaf
/// `<equation>.noise`, or `<equation>.0.noise`, ... if a draw takes several; noise can be fed by name. A compile error
/// for discrete distributions, which need an estimator (probability/estimators.hpp).
template <class F, class... P> constexpr auto sample(const distribution<F, P...>& q) {
    using operation = ops::sample_of<F, false, ops::written_parameter<P>::as_exp...>;
    return ops::operands_of(q.parameters,
                            [](const auto&... operands) { return apply_operation(operation{}, operands...); });
}

/// Returns the log density or log probability of x, summed over features, in nats.
template <class F, class... P, operand_or_number X>
constexpr auto log_prob(const distribution<F, P...>& q, const X& x) {
    using operation = ops::log_prob_of<F, ops::written_parameter<P>::as_exp...>;
    return ops::operands_of(q.parameters,
                            [&](const auto&... operands) { return apply_operation(operation{}, operands..., x); });
}

/// Returns the (differential) entropy, summed over features, in nats.
template <class F, class... P> constexpr auto entropy(const distribution<F, P...>& q) {
    using operation = ops::entropy_of<F, ops::written_parameter<P>::as_exp...>;
    return ops::operands_of(q.parameters,
                            [](const auto&... operands) { return apply_operation(operation{}, operands...); });
}

/// Returns KL(q || p) in closed form, summed over features, in nats. A compile error if no closed form is known.
template <class F, class... P, class F2, class... P2>
constexpr auto kl(const distribution<F, P...>& q, const distribution<F2, P2...>& p) {
    using operation = ops::kl_of<F, F2, ops::written_as<ops::written_parameter<P>::as_exp...>,
                                 ops::written_as<ops::written_parameter<P2>::as_exp...>>;
    return ops::operands_of(q.parameters, [&](const auto&... of_q) {
        return ops::operands_of(p.parameters,
                                [&](const auto&... of_p) { return apply_operation(operation{}, of_q..., of_p...); });
    });
}

// sample(mu) and other functions of distributions, applied to an expression: a readable error.
using no_distribution = answered_by<
    "sample, log_prob, entropy and kl are of distributions, such as normal(mean, deviation), and here stands "
    "an expression">;
template <class E> constexpr mistaken<no_distribution> as_distribution(const E&) { return {}; }
template <class M> constexpr mistaken<M> as_distribution(const mistaken<M>& m) { return m; }

template <expression Q> constexpr auto sample(const Q& q) { return as_distribution(q); }
template <expression Q> constexpr auto entropy(const Q& q) { return as_distribution(q); }
template <expression Q, class X> constexpr auto log_prob(const Q& q, const X&) { return as_distribution(q); }
template <expression Q, class P> constexpr auto kl(const Q& q, const P&) { return as_distribution(q); }
template <class F, class... P, expression Other> constexpr auto kl(const distribution<F, P...>&, const Other& other) {
    return as_distribution(other);
}

HOURGLASS_END
