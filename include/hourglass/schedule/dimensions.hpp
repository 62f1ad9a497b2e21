// The dimensions of a group's domain: how its loads walk through memory, as the loops of a kernel do. Which kinds of
// groups use which function is in schedule/group_rules.hpp.
#pragma once

#include <hourglass/schedule/schedule.hpp>

HOURGLASS_BEGIN

// The strides of an operand along the axes of a domain. Dimension 0 is the batch (extent 1 if there is none), followed
// by the domain's axes. The stride is 0 where the operand is repeated.
constexpr void find_strides(const value_type& t, const value_type& domain, long (&strides)[max_dimensions]) {
    long stride = 1;
    for (int i = t.extents.rank - 1; i >= 0; --i) {
        const int extent = t.extents.extents[i];
        if (extent != 1) strides[1 + i + domain.extents.rank - t.extents.rank] = stride;
        stride *= extent;
    }
    if (t.batched) strides[0] = stride;
}

// The rows and columns of a product's result. Each load is a whole matrix, a row, a column or a single number, so it
// has one stride for the rows.
constexpr void find_matrix_dimensions(schedule_group& group, group_load* loads) {
    const int rank = group.domain.extents.rank;
    group.dimensions = 2;
    const long columns = group.product.n;
    group.extents[0] = group.domain.extents.size() / columns;
    group.extents[1] = columns;
    for (int i = 0; i < group.load_count; ++i) {
        auto& strides = loads[i].strides;
        const long column = strides[rank];
        long row = 0;
        for (int axis = rank - 1; axis >= 0 && row == 0; --axis) row = strides[axis];
        for (int axis = 2; axis <= rank; ++axis) strides[axis] = 0;
        strides[0] = row;
        strides[1] = column;
    }
}

// Inserts a dimension of one element before dimension `at`.
constexpr void insert_dimension(schedule_group& group, group_load* loads, int at) {
    for (int d = group.dimensions - 1; d >= at; --d) {
        group.extents[d + 1] = group.extents[d];
        for (int i = 0; i < group.load_count; ++i) {
            auto& strides = loads[i].strides;
            strides[d + 1] = strides[d];
            strides[d] = 0;
        }
    }
    group.extents[at] = 1;
    ++group.dimensions;
}

// Joins neighbouring axes that all loads walk through with one stride, but never across `boundary`, the first axis that
// the group's sums run over (-1: none).
constexpr void find_joined_dimensions(schedule_group& group, group_load* loads, int boundary) {
    int from[max_dimensions]{}; // the axis whose strides a dimension has
    int last = -1, summed = -1; // the latest dimension; the first summed one
    const int rank = group.domain.extents.rank;
    for (int axis = 0; axis <= rank; ++axis) { // axis 0 is the batch
        const long extent = axis == 0 ? 1 : group.domain.extents[axis - 1];
        if (axis == 0 ? !group.domain.batched : extent == 1) continue;
        const bool is_summed = boundary >= 0 && axis > boundary;
        bool join = last >= 0 && (!is_summed || summed >= 0);
        for (int i = 0; join && i < group.load_count; ++i) {
            const auto& strides = loads[i].strides;
            join = strides[from[last]] == strides[axis] * extent;
        }
        if (!join) {
            ++last;
            group.extents[last] = 1;
            if (is_summed && summed < 0) summed = last;
        }
        group.extents[last] *= extent;
        from[last] = axis;
    }
    for (int i = 0; i < group.load_count; ++i) {
        auto& strides = loads[i].strides;
        for (int d = 0; d <= last; ++d) strides[d] = strides[from[d]]; // never from before d
        for (int d = last + 1; d <= rank; ++d) strides[d] = 0;
    }
    group.dimensions = last + 1;
    if (group.reduces && summed < 0)
        insert_dimension(group, loads, group.dimensions); // sums of one element
    else if (group.reduces && summed == 0)
        insert_dimension(group, loads, 0); // everything is summed
    if (group.dimensions == 0) insert_dimension(group, loads, 0);
}

HOURGLASS_END
