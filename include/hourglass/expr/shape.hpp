// Static shapes: the extents of one example's value, and whether a batch axis precedes them. Shape rules of operations
// are with the operations.
#pragma once

#include <cstddef>

#include <hourglass/config.hpp>

HOURGLASS_BEGIN

/// The most axes that a value can have, the batch axis not counted.
inline constexpr int max_rank = 6;

/// The extents of a value, without the batch axis. Rank 0 is a single number.
struct shape {
    int rank = 0;
    int extents[max_rank]{}; ///< a plain array: in constant evaluation each call into std::array is a step

    constexpr int operator[](int axis) const { return extents[axis]; }
    constexpr int& operator[](int axis) { return extents[axis]; }
    /// Returns the number of elements.
    [[gnu::always_inline]] constexpr long size() const {
        long n = 1;
        for (int i = 0; i < rank; ++i) n *= extents[i];
        return n;
    }
    /// Returns the product of the extents of the axes `first_axis` to `last_axis`, not included.
    [[gnu::always_inline]] constexpr long size(int first_axis, int last_axis) const {
        long n = 1;
        for (int i = first_axis; i < last_axis; ++i) n *= extents[i];
        return n;
    }
    // Ignores extents past the rank.
    constexpr bool operator==(const shape& other) const {
        if (rank != other.rank) return false;
        for (int i = 0; i < rank; ++i)
            if (extents[i] != other.extents[i]) return false;
        return true;
    }
};

/// Returns the shape with these extents, if any. More than `max_rank` extents yield minus their number as the rank, and
/// no extents: code that takes extents from a user must report that (`misshapen` in expr/text.hpp).
template <class... Extents> constexpr shape make_shape(Extents... extents) {
    constexpr int rank = static_cast<int>(sizeof...(extents));
    shape s;
    if constexpr (rank > max_rank) {
        s.rank = -rank;
    } else {
        s.rank = rank;
        int axis = 0;
        ((s[axis++] = extents), ...);
    }
    return s;
}

/// Returns the shape with one more axis before all others. The caller makes sure that `s` has fewer than `max_rank`
/// axes.
constexpr shape with_first_axis(int extent, const shape& s) {
    shape result;
    result.rank = s.rank + 1;
    result[0] = extent;
    for (int i = 0; i < s.rank; ++i) result[i + 1] = s[i];
    return result;
}

/// The type of a value: its shape, and whether it has one such value per row of the call (`batched`), rows consecutive
/// in memory.
struct value_type {
    shape extents{};
    bool batched = false;
    constexpr bool operator==(const value_type& other) const {
        return batched == other.batched && extents == other.extents;
    }
};

/// Broadcasts two shapes by NumPy's rule: axes are matched from the last, and an extent of 1 stretches. Returns false
/// if an axis has two different extents of which neither is 1.
constexpr bool broadcast(const shape& a, const shape& b, shape& result) {
    result.rank = a.rank > b.rank ? a.rank : b.rank;
    for (int i = 0; i < result.rank; ++i) {
        const int in_a = i - (result.rank - a.rank), in_b = i - (result.rank - b.rank);
        const int extent_a = in_a < 0 ? 1 : a[in_a], extent_b = in_b < 0 ? 1 : b[in_b];
        if (extent_a != extent_b && extent_a != 1 && extent_b != 1) return false;
        result[i] = extent_a == 1 ? extent_b : extent_a;
    }
    return true;
}
/// Returns the element of an operand, broadcast by the same rule, from which an element of the result is computed.
constexpr long broadcast_element(const shape& operand, const shape& result, long element) {
    long from = 0, stride = 1;
    for (int axis = result.rank - 1, in = operand.rank - 1; in >= 0; --axis, --in) {
        if (operand[in] != 1) from += element % result[axis] * stride;
        stride *= operand[in];
        element /= result[axis];
    }
    return from;
}

HOURGLASS_END
