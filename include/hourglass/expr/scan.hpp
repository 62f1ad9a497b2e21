// A recurrence in an equation: a body graph applied along the first axis of its sequences, with states carried from
// step to step. This header only holds it. Lowering finds out what it means (lowering/lower.hpp).
#pragma once

#include <boost/hana/flatten.hpp>

#include <hourglass/expr/graph.hpp>

HOURGLASS_BEGIN

// The arguments of `scan<"cell">(body, ...)`, in any order. Equations `formal = actual` bind values that are the same
// in every step, as in `use<"block">(...)`.
template <class... Formals> struct along_formals { boost::hana::tuple<Formals...> formals; };
template <class... Formals> struct carried_formals { boost::hana::tuple<Formals...> formals; };
template <int Count> struct steps_t {};
struct backwards_t {};
template <int Every> struct keep_every_t {};

/// Binds a formal to each step's part of a sequence: `along(u = x)`, where x is [steps, ...].
template <equation_like... Formals> constexpr auto along(const Formals&... formals) {
    return along_formals<decltype(as_equation(formals))...>{{as_equation(formals)...}};
}
/// Declares a state and its value before the first step: `carry(h = h0)`. The body gives its next value:
/// `next(h) = ...`.
template <equation_like... Formals> constexpr auto carry(const Formals&... formals) {
    return carried_formals<decltype(as_equation(formals))...>{{as_equation(formals)...}};
}
/// Sets the number of steps. Needed only if nothing is given to `along`.
template <int Count> inline constexpr steps_t<Count> steps{};
/// Runs from the last step to the first. Results of each step still lie at that step's place.
inline constexpr backwards_t backwards{};

/// Trades work for memory: keeps only every `Every`-th of the states that the gradient reads, and recomputes the steps
/// between them when the gradient reaches them. The results are the same.
template <int Every> inline constexpr keep_every_t<Every> keep_every{};

// The result taken from a scan: a value of each step, a state after each step, or a state after the last step.
enum class scan_moment { each, next, last };

template <named_leaf Leaf> struct last_of { Leaf of{}; };
/// Selects the value of a state after the last step: `scan<"cell">(...)[last(h)]`.
template <named_leaf Leaf> constexpr last_of<Leaf> last(const Leaf& state) { return {state}; }

template <class Graph, int Steps, bool Backwards, int Every, class Along, class Carried, class Same> struct scan_use
    : expression_base {
    Graph body;
    Along along; // equations formal = actual, as tuples
    Carried carried;
    Same same;
    constexpr scan_use(const Graph& g, const Along& a, const Carried& c, const Same& s)
        : body(g), along(a), carried(c), same(s) {}
};
template <fixed_string Prefix, class Use, class Result, scan_moment Moment> struct scan_result : Use {
    constexpr explicit scan_result(const Use& use) : Use(use) {}
};

/// A scan whose results are taken by `[...]`.
template <fixed_string Prefix, class Use> struct scan_block {
    Use use;
    /// Returns the value of the body's `Result` in each step, [steps, ...]; for a state, its value before each step.
    template <named_leaf Result> constexpr auto operator[](const Result&) const {
        return scan_result<Prefix, Use, Result, scan_moment::each>(use);
    }
    /// Returns the state after each step, [steps, ...]: `[next(h)]`.
    template <class Result> constexpr auto operator[](const next_of<Result>&) const {
        return scan_result<Prefix, Use, Result, scan_moment::next>(use);
    }
    /// Returns the state after the last step: `[last(h)]`.
    template <class Result> constexpr auto operator[](const last_of<Result>&) const {
        return scan_result<Prefix, Use, Result, scan_moment::last>(use);
    }
};

namespace scan_arguments {

/// No argument of a kind.
constexpr boost::hana::tuple<> none{};
template <class T> constexpr auto along(const T&) { return none; }
template <class... F> constexpr auto along(const along_formals<F...>& a) { return a.formals; }
/// The states of an argument.
template <class T> constexpr auto carried(const T&) { return none; }
template <class... F> constexpr auto carried(const carried_formals<F...>& c) { return c.formals; }
/// The equations that hold in every step.
template <class T> constexpr auto same(const T& argument) {
    if constexpr (equation_like<T>)
        return boost::hana::tuple<decltype(as_equation(argument))>(as_equation(argument));
    else
        return none;
}
template <class T> inline constexpr int steps = 0;
template <int Count> inline constexpr int steps<steps_t<Count>> = Count;
template <class T> inline constexpr bool is_keep_every = false;
template <int Every> inline constexpr bool is_keep_every<keep_every_t<Every>> = true;
template <class T> inline constexpr bool is_option = steps<T> != 0 || is_keep_every<T> || std::same_as<T, backwards_t>;
/// The distance of the states that are kept; 0 if none is given.
template <class T> inline constexpr int every = 0;
template <int Every> inline constexpr int every<keep_every_t<Every>> = Every;

}
template <class T>
concept scan_argument = equation_like<T> || scan_arguments::is_option<T> || requires(const T& argument) {
    argument.formals;
};

/// Applies the graph `body` along the first axis of its sequences: `scan<"cell">(body, along(u = x), carry(h =
/// h0))[h]`. Names of the body get the prefix "cell.". Several results of one scan are computed by one recurrence.
template <fixed_string Prefix, class... Equations, scan_argument... Arguments>
constexpr auto scan(const graph<Equations...>& body, const Arguments&... arguments) {
    using boost::hana::flatten, boost::hana::make_tuple;
    const auto sequences = flatten(make_tuple(scan_arguments::along(arguments)...));
    const auto states = flatten(make_tuple(scan_arguments::carried(arguments)...));
    const auto same = flatten(make_tuple(scan_arguments::same(arguments)...));
    using use = scan_use<graph<Equations...>, (0 + ... + scan_arguments::steps<Arguments>),
                         (std::same_as<Arguments, backwards_t> || ...), (0 + ... + scan_arguments::every<Arguments>),
                         std::remove_const_t<decltype(sequences)>, std::remove_const_t<decltype(states)>,
                         std::remove_const_t<decltype(same)>>;
    return scan_block<Prefix, use>{use(body, sequences, states, same)};
}

HOURGLASS_END
