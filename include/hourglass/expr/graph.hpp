// A model: a list of equations, each a name and an expression. This header only holds the list. Lowering finds out what
// it means (lowering/lower.hpp).
#pragma once

#include <boost/hana/tuple.hpp>

#include <hourglass/expr/symbols.hpp>

HOURGLASS_BEGIN

// In a graph, `name = number` is a constant equation.
template <class Left, number Value> constexpr auto as_equation(const binding<Left, Value>& e) {
    return equation<Left, literal>{literal(static_cast<double>(e.value))};
}
template <class Left, class Right> constexpr auto as_equation(const equation<Left, Right>& e) { return e; }
template <class T>
concept equation_like = requires(const T& e) {
    as_equation(e);
};

// Stands for an entry that is not an equation, such as `symbol == expression`. Lowering reports it.
using not_an_equation = equation<symbol<"">, literal>;
template <class T> constexpr auto entry_of(const T& e) {
    if constexpr (equation_like<T>)
        return as_equation(e);
    else
        return not_an_equation{};
}
template <class... Equations> struct graph;
template <class T> inline constexpr bool is_graph = false;
template <class... Equations> inline constexpr bool is_graph<graph<Equations...>> = true;

// Whether any of the values is true. Loops over an array, because Clang takes at most 256 operands in a fold expression
// and a graph may have more equations.
template <bool... Many> constexpr bool is_any_true() {
    for (const bool is : {Many..., false})
        if (is) return true;
    return false;
}

/// A model: a list of equations, `name = expression`. An entry that is not an equation is reported when
/// the model is lowered.
template <class... Equations> struct graph {
    boost::hana::tuple<Equations...> equations;                          ///< as given
    static constexpr int count = static_cast<int>(sizeof...(Equations)); ///< number of equations
    template <class... E>
    requires(sizeof...(E) == sizeof...(Equations) && !is_any_true<is_graph<E>...>()) constexpr graph(const E&... e)
        : equations(entry_of(e)...) {}
};
template <class... E>
requires(!is_any_true<is_graph<E>...>()) graph(const E&... e)
->graph<decltype(entry_of(e))...>;

// A graph used inside a graph: `use<"b1">(residual, in = a)[out]`. In the outer graph the block's names get the prefix
// "b1.". Its formals are symbols without an equation; each takes the shape of the value bound to it. The use is kept
// apart from the result taken from it, so that several results of one use share one block (lowering/block.hpp).
template <class Graph, class... Formals> struct block_use : expression_base {
    Graph inner;
    boost::hana::tuple<Formals...> formals; // equations formal = actual
    constexpr block_use(const Graph& g, const boost::hana::tuple<Formals...>& f) : inner(g), formals(f) {}
};
template <fixed_string Prefix, class Graph, class Result, class... Formals> struct block_result
    : block_use<Graph, Formals...> {
    using block_use<Graph, Formals...>::block_use;
};

/// A graph used as a block: `[result]` takes one of its results.
template <fixed_string Prefix, class Graph, class... Formals> struct block {
    Graph inner;
    boost::hana::tuple<Formals...> formals;
    /// Returns the value of the block's equation `Result`. All results of one block come from one copy of its graph.
    template <named_leaf Result> constexpr auto operator[](const Result&) const {
        return block_result<Prefix, Graph, Result, Formals...>(inner, formals);
    }
};

/// Uses a graph inside another: `use<"b1">(residual, in = a)[out]`. In the outer graph the names of the block get the
/// prefix "b1.". Each formal, a symbol without an equation, is bound to a value, `in = a`, and takes its shape.
template <fixed_string Prefix, class... Equations, class... Formals>
constexpr auto use(const graph<Equations...>& inner, const Formals&... formals) {
    return block<Prefix, graph<Equations...>, decltype(as_equation(formals))...>{
        inner, boost::hana::tuple<decltype(as_equation(formals))...>(as_equation(formals)...)};
}

HOURGLASS_END
