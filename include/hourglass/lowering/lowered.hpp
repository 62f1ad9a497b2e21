// A model's graph as a stage of programs: lowered in the compiler once for each model, or the mistake that prevents it.
// How equations become nodes is in lowering/lower.hpp.
#pragma once

#include <hourglass/lowering/lower.hpp>
#include <hourglass/passes/simplify/simplify.hpp>

HOURGLASS_BEGIN

// Whether the graph is a constant expression. Its equations may call functions that are not: GCC accepts
// std::sqrt(2.0), Clang does not.
template <class G> constexpr bool is_read(const G& g) {
    const G copy = g;
    static_cast<void>(copy);
    return true;
}
template <const auto& Graph>
concept evaluable = requires {
    typename std::bool_constant<is_read(Graph)>;
};

// Whether lowering ends within the steps that the compiler grants a constant expression. It may not when patterns of
// sparse derivatives are found, so such models are lowered once more to ask: GCC's own message is a thousand lines, and
// Clang's names no flag.
template <const auto& Graph> constexpr bool is_lowered() {
    graph_builder b;
    lowering(b).run(Graph);
    return true;
}
template <const auto& Graph> inline constexpr bool has_sparse_derivatives =
    index_count<std::remove_cvref_t<decltype(Graph)>> > 0;
template <const auto& Graph>
concept within_limit = !has_sparse_derivatives<Graph> || requires {
    typename std::bool_constant<is_lowered<Graph>()>;
};

template <const auto& Graph> struct lower_graph {
    static constexpr graph_sizes room() { // a guess
        constexpr int n = 128 + 64 * std::remove_cvref_t<decltype(Graph)>::count;
        return {n, 2 * n, n, 16 * n, n, n, index_count<std::remove_cvref_t<decltype(Graph)>>};
    }
    static constexpr graph_builder run() {
        graph_builder b;
        if constexpr (evaluable<Graph> && within_limit<Graph>)
            lowering(b).run(Graph);
        else if constexpr (evaluable<Graph>)
            b.fail(
                sentence("to find the pattern of its sparse derivatives takes more steps than the compiler grants: "
                         "compile with -fconstexpr-steps=100000000 (Clang), -fconstexpr-ops-limit=1000000000 (GCC)"));
        else
            b.fail(sentence(
                "the graph is not constant: declare it constexpr, and use nothing in it that is not, such as a "
                "variable, or a function like std::sqrt or std::log of a number on some compilers: write "
                "hourglass::sqrt(2.0), hourglass::log(2.0), which are"));
        if (b.failed()) { // one mistake is one error: later stages see an empty graph
            graph_builder empty;
            empty.problem = b.problem;
            return empty;
        }
        // A graph that programs differentiate again is simplified first.
        if (b.derivatives.empty()) return b;
        graph_builder small = prune(simplify_needed(b.view()).view(), true);
        small.has_derivatives = true;
        return small;
    }
};
template <const auto& Graph> using lowered = stage<lower_graph<Graph>>;

HOURGLASS_END
