// hg::check: whether a model is well formed, asked by whoever makes something of it. What is wrong with a model its
// lowered graph knows (lowering/lowered.hpp); how a sentence becomes a compile error is in ir/diagnostic.hpp.
#pragma once

#include <hourglass/ir/diagnostic.hpp>
#include <hourglass/lowering/lowered.hpp>

HOURGLASS_BEGIN

template <const auto& Graph> struct graph_problem {
    static constexpr text value() { return lowered<Graph>::view().problem; }
};
// Always true: where it is not well formed, the assertion inside says why, once.
template <const auto& Graph> inline constexpr bool check = assert_well_formed<graph_problem<Graph>>::value;

HOURGLASS_END
