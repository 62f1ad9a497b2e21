// `hg::check`: whether a model is well formed; whatever is made from a model asks it. A model's lowered graph knows
// what is wrong with it (lowering/lowered.hpp); how a sentence becomes a compile error is in ir/diagnostic.hpp.
#pragma once

#include <hourglass/ir/diagnostic.hpp>
#include <hourglass/lowering/lowered.hpp>

HOURGLASS_BEGIN

template <const auto& Graph> struct graph_problem {
    static constexpr text value() { return lowered<Graph>::view().problem; }
};
/// Whether a model is well formed. Always true: if the model is not, an assertion inside says why, in one compile
/// error.
template <const auto& Graph> inline constexpr bool check = assert_well_formed<graph_problem<Graph>>::value;

HOURGLASS_END
