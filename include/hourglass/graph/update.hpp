// What an optimiser does to each trained parameter, as equations: a rule is a graph over the names below, lowered once
// per parameter into the training program. The rules themselves are in optim/.
#pragma once

#include <hourglass/graph/lower.hpp>

HOURGLASS_BEGIN

// In a rule, `weight` is the parameter, `gradient_of_loss` its gradient, `step_number` the number of the step, from 1.
inline constexpr symbol<"#weight"> weight{};
inline constexpr symbol<"#gradient"> gradient_of_loss{};
inline constexpr scalar<"step_number"> step_number{1};

template <class... Equations> struct update_rule : graph<Equations...> { using graph<Equations...>::graph; };
template <equation_like... E> update_rule(const E&... e) -> update_rule<decltype(as_equation(e))...>;

// Appends the rule for the parameter `name` whose gradient is the given node.
template <class... Equations>
constexpr void apply_rule(graph_builder& g, const graph<Equations...>& rule, int name, int gradient) {
    const text prefix = sentence(g.name(name), ".");
    lowering l(g, prefix.view());
    l.define("#weight", g.names[name].node);
    l.define("#gradient", gradient);
    l.run(rule);
}

HOURGLASS_END
