// Choosing instructions of a fused group, its loads or its stores, when compiling, and doing something for each of
// them.
#pragma once

#include <utility>

#include <hourglass/ops/reduction.hpp>

HOURGLASS_BEGIN

// Loads, instructions or stores of a group for which something is done. Only for these are templates instantiated.
template <int Count> constexpr short_list<int, Count> choose(auto wanted) {
    short_list<int, Count> chosen;
    for (int i = 0; i < Count; ++i)
        if (wanted(i)) chosen.push(i);
    return chosen;
}
// Calls f(integral_constant) for each number less than Count, or for each that is chosen.
template <int Count, class F> [[gnu::always_inline]] inline void for_each(F&& f) {
    [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
        (f(std::integral_constant<int, I>{}), ...);
    }
    (std::make_integer_sequence<int, Count>{});
}
// The chosen numbers as a type, from which functions deduce them. A lambda that does would be one more function for
// each group.
template <int... I> using numbers = std::integer_sequence<int, I...>;
template <const auto& Choice, int... I> constexpr auto numbers_at(numbers<I...>) { return numbers<Choice[I]...>(); }
template <const auto& Choice> using chosen =
    decltype(numbers_at<Choice>(std::make_integer_sequence<int, Choice.size()>()));
template <int... I, class F> [[gnu::always_inline]] inline void for_chosen(numbers<I...>, F&& f) {
    (f(std::integral_constant<int, I>{}), ...);
}

HOURGLASS_END
