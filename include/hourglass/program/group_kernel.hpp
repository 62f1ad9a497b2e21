// The templates over a fused group: one vector of its domain at a time passes through the group's operations in
// registers. Instantiated once per structure: where a group's data lies is a run-time argument.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <hourglass/graph/schedule.hpp>
#include <hourglass/kernels/packing.hpp>
#include <hourglass/kernels/simd.hpp>

HOURGLASS_BEGIN

// Which part of a program's work a thread does.
struct worker {
    int thread = 0;
    int threads = 1;
};
// A thread's share of `count` items, whole multiples of `grain` except at the end; the split depends on nothing else.
struct share {
    long first, last;
    constexpr share(long count, worker w, long grain = 1) {
        const long pieces = (count + grain - 1) / grain;
        first = std::min(count, pieces * w.thread / w.threads * grain);
        last = std::min(count, pieces * (w.thread + 1) / w.threads * grain);
    }
};

template <class Compiled, int Group, class T> class group_kernel {
    static constexpr const auto& schedule = Compiled::schedule;
    static constexpr schedule_group group = schedule.groups[Group];
    static constexpr int dimensions = group.dimensions;
    static constexpr int inner = dimensions - 1;
    static constexpr int loads = group.load_count, members = group.member_count, stores = group.store_count;
    static constexpr int width = kernels::width<T>;
    using vector = kernels::vector<T>;

    static constexpr const group_load& load(int i) {
        return schedule.loads[static_cast<std::size_t>(group.first_load + i)];
    }
    static constexpr const group_store& store(int i) {
        return schedule.stores[static_cast<std::size_t>(group.first_store + i)];
    }
    static constexpr const group_member& member(int i) {
        return schedule.members[static_cast<std::size_t>(group.first_member + i)];
    }
    static constexpr long stride(int load_, int dimension) {
        return load(load_).strides[static_cast<std::size_t>(dimension)];
    }
    static constexpr long extent(int dimension) { return group.extents[static_cast<std::size_t>(dimension)]; }
    template <int Member> using operation_of = typename implementation<member(Member).op>::type;
    static constexpr bool is_reduction(int m) { // -1 stands for the tile itself
        return m >= 0 && member(m).op->kind == operation_kind::reduction;
    }
    template <int Member> static constexpr bool reduces = is_reduction(Member);

    // Sums are kept for a while in one vector and then added to a second, so that long ones lose few digits.
    static constexpr long steps_per_block = 64;

    struct registers {
        vector loaded[loads + 1];
        vector value[members + 1];
        vector recent[members + 1]; // of members that reduce
        vector total[members + 1];
    };

    template <int Member, int Operand> [[gnu::always_inline]] static vector operand(const registers& r) {
        constexpr wire w = schedule.wires[static_cast<std::size_t>(member(Member).first_wire + Operand)];
        if constexpr (w.from == wire::source::member)
            return r.value[w.index];
        else if constexpr (w.from == wire::source::load)
            return r.loaded[w.index];
        else
            return kernels::broadcast(static_cast<T>(w.number));
    }
    template <int Member> [[gnu::always_inline]] static void compute(registers& r) {
        using Op = operation_of<Member>;
        if constexpr (reduces<Member>) {
            r.recent[Member] = Op::template combine<vector>(r.recent[Member], operand<Member, 0>(r));
        } else {
            [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
                r.value[Member] = Op::template forward<vector>(operand<Member, I>(r)...);
            }
            (std::make_integer_sequence<int, member(Member).operand_count>{});
        }
    }
    // A step over a whole vector, or over the last few elements of a row.
    enum class extent_of_step { whole, partial };

    template <extent_of_step Extent, int Load>
    [[gnu::always_inline]] static void fetch(registers& r, const T* const* from, long at, int count) {
        if constexpr (load(Load).tile)
            r.loaded[Load] = kernels::load_vector(from[Load] + at); // padded to whole vectors
        else if constexpr (stride(Load, inner) == 0)
            return; // fetched once per row, or once
        else if constexpr (Extent == extent_of_step::whole)
            r.loaded[Load] = kernels::load_vector(from[Load] + at);
        else
            r.loaded[Load] = kernels::load_partial(from[Load] + at, count);
    }
    // A load that is one number everywhere.
    static constexpr bool is_single(int l) {
        for (int d = 0; d < dimensions; ++d)
            if (stride(l, d) != 0) return false;
        return !load(l).tile;
    }
    template <int Load, bool Single> [[gnu::always_inline]] static void fetch_once(registers& r, const T* const* from) {
        if constexpr (!load(Load).tile && stride(Load, inner) == 0 && is_single(Load) == Single)
            r.loaded[Load] = kernels::broadcast(*from[Load]);
    }
    template <bool Single> [[gnu::always_inline]] static void fetch_all_once(registers& r, const T* const* from) {
        [&]<int... L>(std::integer_sequence<int, L...>) __attribute__((always_inline)) {
            (fetch_once<L, Single>(r, from), ...);
        }
        (std::make_integer_sequence<int, loads>{});
    }
    template <extent_of_step Extent, int Store>
    [[gnu::always_inline]] static void keep(const registers& r, T* const* to, long at, int count) {
        constexpr int m = store(Store).member;
        if constexpr (reduces<m>)
            return;
        else {
            vector x;
            if constexpr (m < 0)
                x = r.loaded[0];
            else
                x = r.value[m];
            if constexpr (Extent == extent_of_step::whole)
                kernels::store_vector(to[Store] + at, x);
            else
                kernels::store_partial(to[Store] + at, x, count);
        }
    }
    template <extent_of_step Extent> [[gnu::always_inline]] static void step(registers& r, const T* const* from,
                                                                             T* const* to, long at, int count = width) {
        [&]<int... L>(std::integer_sequence<int, L...>) __attribute__((always_inline)) {
            (fetch<Extent, L>(r, from, at, count), ...);
        }
        (std::make_integer_sequence<int, loads>{});
        [&]<int... M>(std::integer_sequence<int, M...>) __attribute__((always_inline)) { (compute<M>(r), ...); }
        (std::make_integer_sequence<int, members>{});
        [&]<int... S>(std::integer_sequence<int, S...>) __attribute__((always_inline)) {
            (keep<Extent, S>(r, to, at, count), ...);
        }
        (std::make_integer_sequence<int, stores>{});
    }
    [[gnu::always_inline]] static void begin_row(registers& r, const T* const* from) {
        fetch_all_once<false>(r, from);
        [&]<int... M>(std::integer_sequence<int, M...>) __attribute__((always_inline)) { (start<M>(r), ...); }
        (std::make_integer_sequence<int, members>{});
    }
    template <int Member> [[gnu::always_inline]] static void start(registers& r) {
        if constexpr (reduces<Member>)
            r.recent[Member] = r.total[Member] = operation_of<Member>::template start<vector>();
    }
    template <int Member> [[gnu::always_inline]] static void gather(registers& r) {
        if constexpr (reduces<Member>) {
            using Op = operation_of<Member>;
            r.total[Member] = Op::template combine<vector>(r.total[Member], r.recent[Member]);
            r.recent[Member] = Op::template start<vector>();
        }
    }
    [[gnu::always_inline]] static void gather_all(registers& r) {
        [&]<int... M>(std::integer_sequence<int, M...>) __attribute__((always_inline)) { (gather<M>(r), ...); }
        (std::make_integer_sequence<int, members>{});
    }

    // Combines the lanes of a reduction, of which the last vector counts for `count`.
    template <class Op> static T across(vector total, vector last, int count) {
        alignas(64) T lanes[2][width];
        kernels::store_vector(lanes[0], total);
        kernels::store_vector(lanes[1], last);
        T result = Op::template start<T>();
        // pairwise over the lanes of the whole vectors
        for (int half = width / 2; half > 0; half /= 2)
            for (int i = 0; i < half; ++i) lanes[0][i] = Op::template combine<T>(lanes[0][i], lanes[0][i + half]);
        result = Op::template combine<T>(result, lanes[0][0]);
        for (int i = 0; i < count; ++i) result = Op::template combine<T>(result, lanes[1][i]);
        return result;
    }
    template <int Store>
    static void keep_sum(const registers& r, const registers& last, T* const* to, long row, int count) {
        constexpr int m = store(Store).member;
        if constexpr (reduces<m>) to[Store][row] = across<operation_of<m>>(r.total[m], last.recent[m], count);
    }

    // The innermost dimension from `first` to `last`; `row` is its index among the rows.
    static void run_row(const T* const* from, T* const* to, long row, long first, long last) {
        registers r;
        fetch_all_once<true>(r, from);
        begin_row(r, from);
        long at = first;
        if constexpr (!group.reduces) {
            for (; at + width <= last; at += width) step<extent_of_step::whole>(r, from, to, at);
            if (at < last) step<extent_of_step::partial>(r, from, to, at, static_cast<int>(last - at));
        } else {
            while (at + width <= last) {
                const long block_end = std::min(last - width + 1, at + steps_per_block * width);
                for (; at < block_end; at += width) step<extent_of_step::whole>(r, from, to, at);
                gather_all(r);
            }
            registers rest = r; // its own accumulators start afresh
            const int count = static_cast<int>(last - at);
            if (count > 0) step<extent_of_step::partial>(rest, from, to, at, count);
            [&]<int... S>(std::integer_sequence<int, S...>) { (keep_sum<S>(r, rest, to, row, count), ...); }
            (std::make_integer_sequence<int, stores>{});
        }
    }

    template <int Dimension>
    static void run_dimension(const T* const* from, T* const* to, long row, long first, long last) {
        if constexpr (Dimension == inner) {
            run_row(from, to, row, first, last);
        } else {
            for (long i = first; i < last; ++i) {
                const T* moved[loads + 1];
                for (int l = 0; l < loads; ++l) moved[l] = from[l] + i * stride(l, Dimension);
                T* targets[stores + 1];
                const long elements = volume_behind<Dimension>();
                for (int s = 0; s < stores; ++s) targets[s] = sum_store(s) ? to[s] : to[s] + i * elements;
                const long next = Dimension + 1 == inner ? 1 : extent(Dimension + 1);
                run_dimension<Dimension + 1>(moved, targets, (row + i) * next, 0, extent(Dimension + 1));
            }
        }
    }
    static constexpr bool sum_store(int s) {
        return store(s).member >= 0 && member(store(s).member).op->kind == operation_kind::reduction;
    }
    template <int Dimension> static constexpr long volume_behind() {
        long n = 1;
        for (int d = Dimension + 1; d < dimensions; ++d) n *= extent(d);
        return n;
    }

public:
    // An elementwise group. `from` and `to` point to the values loaded and stored, `rows` are those of the call.
    static void run(const T* const* from, T* const* to, long rows, worker w) {
        const long outermost = extent(0) * (group.domain.batched ? rows : 1);
        const share mine(outermost, w, dimensions == 1 ? width : 1);
        if (mine.first < mine.last) run_dimension<0>(from, to, 0, mine.first, mine.last);
    }

    // A finished part of a product; the product's matrix begins with row `first_row` of the group's domain.
    static void run_part(const kernels::finished_part<T>& part, const T* const* from, T* const* to, long first_row) {
        registers r;
        fetch_all_once<true>(r, from);
        const long row = first_row + part.first_row, column = part.first_column;
        const T* moved[loads + 1];
        T* targets[stores + 1];
        moved[0] = part.data;
        for (int l = 1; l < loads; ++l) moved[l] = from[l] + row * stride(l, 0) + column * stride(l, 1);
        for (int s = 0; s < stores; ++s) targets[s] = to[s] + row * extent(1) + column;
        constexpr int tile_columns = kernels::blocking<T>::columns;
        const int whole = part.columns / width * width;
        for (int i = 0; i < part.rows; ++i) {
            begin_row(r, moved);
            if (part.columns == tile_columns) {
                HOURGLASS_UNROLL
                for (int at = 0; at < tile_columns; at += width) step<extent_of_step::whole>(r, moved, targets, at);
            } else {
                for (int at = 0; at < whole; at += width) step<extent_of_step::whole>(r, moved, targets, at);
            }
            if (whole < part.columns) step<extent_of_step::partial>(r, moved, targets, whole, part.columns - whole);
            moved[0] += part.stride;
            for (int l = 1; l < loads; ++l) moved[l] += stride(l, 0);
            for (int s = 0; s < stores; ++s) targets[s] += extent(1);
        }
    }
};

HOURGLASS_END
