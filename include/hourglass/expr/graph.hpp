// A model: a list of equations, each a name and an expression. What the list means is found when it is lowered
// (lowering/lower.hpp); here it is only held.
#pragma once

#include <boost/hana/tuple.hpp>

#include <hourglass/expr/symbols.hpp>

HOURGLASS_BEGIN

// In a graph, name = number is a constant equation.
template <class Left, number Value> constexpr auto as_equation(const binding<Left, Value>& e) {
    return equation<Left, literal>{literal(static_cast<double>(e.value))};
}
template <class Left, class Right> constexpr auto as_equation(const equation<Left, Right>& e) { return e; }
template <class T>
concept equation_like = requires(const T& e) {
    as_equation(e);
};

// What stands in a graph and is no equation, such as symbol == expression: lowering says so.
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

// Whether one of many is true. By an array: Clang takes no more than 256 operands in a fold expression, and a graph may
// have more equations.
template <bool... Many> constexpr bool is_any_true() {
    for (const bool is : {Many..., false})
        if (is) return true;
    return false;
}

template <class... Equations> struct graph {
    boost::hana::tuple<Equations...> equations;
    static constexpr int count = static_cast<int>(sizeof...(Equations));
    template <class... E>
    requires(sizeof...(E) == sizeof...(Equations) && !is_any_true<is_graph<E>...>()) constexpr graph(const E&... e)
        : equations(entry_of(e)...) {}
};
template <class... E>
requires(!is_any_true<is_graph<E>...>()) graph(const E&... e)
->graph<decltype(entry_of(e))...>;

// A graph used inside a graph: use<"b1">(residual, in = a)[out]. The block's names stand in the outer graph behind the
// prefix "b1."; its formals are symbols without an equation, shaped by what is bound to them. What is used stands apart
// from the result that is taken of it: several results of one use are one block (lowering/block.hpp).
template <class Graph, class... Formals> struct block_use : expression_base {
    Graph inner;
    boost::hana::tuple<Formals...> formals; // equations formal = actual
    constexpr block_use(const Graph& g, const boost::hana::tuple<Formals...>& f) : inner(g), formals(f) {}
};
template <fixed_string Prefix, class Graph, class Result, class... Formals> struct block_result
    : block_use<Graph, Formals...> {
    using block_use<Graph, Formals...>::block_use;
};

template <fixed_string Prefix, class Graph, class... Formals> struct block {
    Graph inner;
    boost::hana::tuple<Formals...> formals;
    template <named_leaf Result> constexpr auto operator[](const Result&) const {
        return block_result<Prefix, Graph, Result, Formals...>(inner, formals);
    }
};

template <fixed_string Prefix, class... Equations, class... Formals>
constexpr auto use(const graph<Equations...>& inner, const Formals&... formals) {
    return block<Prefix, graph<Equations...>, decltype(as_equation(formals))...>{
        inner, boost::hana::tuple<decltype(as_equation(formals))...>(as_equation(formals)...)};
}

HOURGLASS_END
