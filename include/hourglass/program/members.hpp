// Choosing members of a fused group, its loads or its stores, when compiling, and doing something for each of them; and
// whether an operation is a few instructions.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include <hourglass/ops/reduction.hpp>

HOURGLASS_BEGIN

template <class... Ops> constexpr bool is_one_of(const operation& op) { return ((op.id == record<Ops>.id) || ...); }
// Operations of a few instructions.
constexpr bool is_cheap(const operation& op) {
    return is_one_of<ops::add, ops::subtract, ops::multiply, ops::divide, ops::negate, ops::less, ops::less_equal,
                     ops::greater, ops::greater_equal, ops::equal, ops::not_equal, ops::where, ops::maximum,
                     ops::minimum, ops::clamp, ops::square, ops::abs, ops::gate, ops::relu, ops::finite, ops::limited,
                     ops::damped_product, ops::norm_direction, ops::broadcast_to>(op);
}

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
