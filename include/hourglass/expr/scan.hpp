// A recurrence as it stands in an equation: a body graph applied along the first axis of its sequences, with states
// that it carries from step to step. What it means is found when it is lowered (lowering/lower.hpp); here it is only
// held.
#pragma once

#include <boost/hana/flatten.hpp>

#include <hourglass/expr/graph.hpp>

HOURGLASS_BEGIN

// The arguments of scan<"cell">(body, ...), in any order; beside them equations formal = actual for what is the same in
// all steps, as in use<"block">(...).
template <class... Formals> struct along_formals { boost::hana::tuple<Formals...> formals; };
template <class... Formals> struct carried_formals { boost::hana::tuple<Formals...> formals; };
template <int Count> struct steps_t {};
struct backwards_t {};
template <int Every> struct keep_every_t {};

// The formal is the step's part of a sequence: along(u = x), where x is [steps, ...].
template <equation_like... Formals> constexpr auto along(const Formals&... formals) {
    return along_formals<decltype(as_equation(formals))...>{{as_equation(formals)...}};
}
// The formal is a state, here with its value before the first step; the body says by next(h) = ... what it becomes.
template <equation_like... Formals> constexpr auto carry(const Formals&... formals) {
    return carried_formals<decltype(as_equation(formals))...>{{as_equation(formals)...}};
}
// How many steps there are; needed only where nothing is given along(...).
template <int Count> inline constexpr steps_t<Count> steps{};
// From the last step to the first. What is kept of each step stands in its place all the same.
inline constexpr backwards_t backwards{};

// Less memory for more work: of the states before each step, which the gradient reads, only every k-th is kept, and the
// steps from there on are done once more when the gradient comes to them. The results are the same.
template <int Every> inline constexpr keep_every_t<Every> keep_every{};

// What is taken of a scan: a value of each step, a state after each step, a state after the last step.
enum class scan_moment { each, next, last };

template <named_leaf Leaf> struct last_of { Leaf of{}; };
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

// scan<"cell">(...)[r] has the value of the body's r for each step, [steps, ...]; [next(h)] the state h after each
// step, [h] before it; [last(h)] the state after the last step.
template <fixed_string Prefix, class Use> struct scan_block {
    Use use;
    template <named_leaf Result> constexpr auto operator[](const Result&) const {
        return scan_result<Prefix, Use, Result, scan_moment::each>(use);
    }
    template <class Result> constexpr auto operator[](const next_of<Result>&) const {
        return scan_result<Prefix, Use, Result, scan_moment::next>(use);
    }
    template <class Result> constexpr auto operator[](const last_of<Result>&) const {
        return scan_result<Prefix, Use, Result, scan_moment::last>(use);
    }
};

namespace scan_arguments {

constexpr boost::hana::tuple<> none{};
template <class T> constexpr auto along(const T&) { return none; }
template <class... F> constexpr auto along(const along_formals<F...>& a) { return a.formals; }
template <class T> constexpr auto carried(const T&) { return none; }
template <class... F> constexpr auto carried(const carried_formals<F...>& c) { return c.formals; }
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
template <class T> inline constexpr int every = 0;
template <int Every> inline constexpr int every<keep_every_t<Every>> = Every;

}
template <class T>
concept scan_argument = equation_like<T> || scan_arguments::is_option<T> || requires(const T& argument) {
    argument.formals;
};

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
