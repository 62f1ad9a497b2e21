// Choosing members of a fused group, its loads or its stores, when compiling, and doing something for each of them.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include <hourglass/ops/reduction.hpp>

HOURGLASS_BEGIN

// Loads, members or stores of a group for which something is done. Only for these are templates instantiated.
template <int Count> struct choice {
    int count = 0;
    std::array<int, static_cast<std::size_t>(Count) + 1> index{};
};
template <int Count> constexpr choice<Count> choose(auto wanted) {
    choice<Count> result;
    for (int i = 0; i < Count; ++i)
        if (wanted(i)) result.index[static_cast<std::size_t>(result.count++)] = i;
    return result;
}
// Calls f(integral_constant) for each number less than Count, or for each that is chosen.
template <int Count, class F> [[gnu::always_inline]] inline void for_each(F&& f) {
    [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
        (f(std::integral_constant<int, I>{}), ...);
    }
    (std::make_integer_sequence<int, Count>{});
}
template <const auto& Choice, class F> [[gnu::always_inline]] inline void for_chosen(F&& f) {
    [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
        (f(std::integral_constant<int, Choice.index[I]>{}), ...);
    }
    (std::make_index_sequence<static_cast<std::size_t>(Choice.count)>{});
}

HOURGLASS_END
