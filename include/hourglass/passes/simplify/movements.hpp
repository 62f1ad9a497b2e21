// Rules for operations that only move values, and for markers that are no longer needed.
#pragma once

#include <hourglass/passes/simplify/rule.hpp>

HOURGLASS_BEGIN
namespace simplify_rules {

constexpr int first_of_same_type(simplifier& s, const formula& f) { return s.at(f.a).type == f.old.type ? f.a : -1; }
constexpr int reshape_of_inner(simplifier& s, const formula& f) {
    return reshaped(s.h(s.operand(f.a, 0)), f.old.type.extents).index;
}
constexpr int broadcast_of_inner(simplifier& s, const formula& f) { return s.as(s.operand(f.a, 0), f.old.type); }
constexpr int first_if_axes_stay(simplifier&, const formula& f) {
    const shape order = ops::axis_order::of(f.old.options).order;
    for (int i = 0; i < order.rank; ++i)
        if (order[i] != i) return -1;
    return f.a;
}
// Scalars of the call are always available.
constexpr int first_if_number(simplifier& s, const formula& f) {
    const value_type& type = s.at(f.a).type;
    return type.extents.rank == 0 && !type.batched ? f.a : -1;
}
constexpr int first_if_dropped(simplifier& s, const formula& f) { return s.drops_markers() ? f.a : -1; }

inline constexpr rule of_broadcast[] = {
    {"broadcast to the same shape", any, any, first_of_same_type},
    {"broadcast of a broadcast", an<ops::broadcast_to>, any, broadcast_of_inner},
};
inline constexpr rule of_reshape[] = {
    {"reshape to the same shape", any, any, first_of_same_type},
    {"reshape of a reshape", an<ops::reshape>, any, reshape_of_inner},
};
inline constexpr rule of_transpose[] = {
    {"transpose to the same order", any, any, first_if_axes_stay},
};
inline constexpr rule of_after[] = {
    {"after, of a number of the call", any, any, first_if_number},
};
inline constexpr rule of_stop_gradient[] = {
    {"stop_gradient(x)", any, any, first_if_dropped},
};

}
HOURGLASS_END
