// What lowering says of a model with a mistake, asked at run time.
#pragma once

#include <string>

#include <hourglass/hourglass.hpp>

// Not inlined: GCC takes an equation, an object without a byte, for one that nobody has initialised.
template <class... Equations> [[gnu::noinline]] std::string said(const hourglass::graph<Equations...>& g) {
    hourglass::graph_builder b;
    hourglass::lowering(b).run(g);
    return std::string(b.problem.view());
}
