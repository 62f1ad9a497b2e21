// A graph as programs compile it, made at run time: what the plan of any graph begins with.
#pragma once

#include <hourglass/passes/merge.hpp>
#include <hourglass/passes/simplify/simplify.hpp>

namespace fuzz {

constexpr hourglass::graph_builder compiled_form(hourglass::graph_view g) {
    const auto simplified = hourglass::prune_and_simplify(g, true);
    const auto merged = hourglass::merge(simplified.view(), hourglass::needed_nodes(simplified.view()).view());
    return hourglass::isolate_roots(merged.view());
}

}
