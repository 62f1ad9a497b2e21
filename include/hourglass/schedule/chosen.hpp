// Chooses instructions, loads or stores of a fused group at compile time, and does something for each of them.
#pragma once

#include <utility>

#include <hourglass/ir/list.hpp>

HOURGLASS_BEGIN

// The loads, instructions or stores that satisfy a condition. Templates are instantiated only for these.
template <int Count> constexpr short_list<int, Count> choose(auto wanted) {
    short_list<int, Count> chosen;
    for (int i = 0; i < Count; ++i)
        if (wanted(i)) chosen.push(i);
    return chosen;
}
// Calls f(integral_constant) for each number less than Count, or for each chosen number.
template <int Count, class F> [[gnu::always_inline]] inline void for_each(F&& f) {
    [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
        (f(std::integral_constant<int, I>{}), ...);
    }
    (std::make_integer_sequence<int, Count>{});
}
// The chosen numbers as a type, from which functions deduce them. A lambda for that would add a function for each
// group.
template <int... I> using numbers = std::integer_sequence<int, I...>;
template <const auto& Choice, int... I> constexpr auto numbers_at(numbers<I...>) { return numbers<Choice[I]...>(); }
template <const auto& Choice> using chosen =
    decltype(numbers_at<Choice>(std::make_integer_sequence<int, Choice.size()>()));
template <int... I, class F> [[gnu::always_inline]] inline void for_chosen(numbers<I...>, F&& f) {
    (f(std::integral_constant<int, I>{}), ...);
}

HOURGLASS_END
