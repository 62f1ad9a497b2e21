// The static shape of one example's value: its extents, and whether a batch axis stands in front of them. Shape rules
// of single operations stand with the operations.
#pragma once

#include <cstddef>

#include <hourglass/config.hpp>

HOURGLASS_BEGIN

inline constexpr int max_rank = 6;

struct shape {
    int rank = 0;
    int extents[max_rank]{}; // a plain array: each call of std::array's is a step of a constant evaluation

    constexpr int operator[](int axis) const { return extents[axis]; }
    constexpr int& operator[](int axis) { return extents[axis]; }
    [[gnu::always_inline]] constexpr long size() const {
        long n = 1;
        for (int i = 0; i < rank; ++i) n *= extents[i];
        return n;
    }
    [[gnu::always_inline]] constexpr long size(int first_axis, int last_axis) const {
        long n = 1;
        for (int i = first_axis; i < last_axis; ++i) n *= extents[i];
        return n;
    }
    // What lies behind the rank does not count.
    constexpr bool operator==(const shape& other) const {
        if (rank != other.rank) return false;
        for (int i = 0; i < rank; ++i)
            if (extents[i] != other.extents[i]) return false;
        return true;
    }
};

// A shape from any number of extents, none of them included. More than max_rank leave a negative rank, as many below
// zero, and no extents: whoever takes extents from a user says so (expr/text.hpp).
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

// The shape with one more axis before all others. A shape has at most max_rank axes: who asks makes sure.
constexpr shape with_first_axis(int extent, const shape& s) {
    shape result;
    result.rank = s.rank + 1;
    result[0] = extent;
    for (int i = 0; i < s.rank; ++i) result[i + 1] = s[i];
    return result;
}

// What a node of the graph is: `batched` says that rows of `extents` lie behind one another.
struct value_type {
    shape extents{};
    bool batched = false;
    constexpr bool operator==(const value_type& other) const {
        return batched == other.batched && extents == other.extents;
    }
};

// NumPy's rule; false where an axis has two extents of which neither is 1.
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
// By the same rule: the element of an operand of this shape that an element of the result is computed from.
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
