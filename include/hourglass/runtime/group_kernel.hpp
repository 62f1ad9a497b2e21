// The templates over a fused group: one vector of its domain at a time passes through the group's operations in
// registers. Instantiated once per structure; the places of a group's data are run-time arguments.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>

#include <hourglass/kernels/packing.hpp>
#include <hourglass/kernels/partial.hpp>
#include <hourglass/kernels/simd.hpp>
#include <hourglass/ops/reduction.hpp>
#include <hourglass/schedule/chosen.hpp>
#include <hourglass/schedule/group_kinds.hpp>
#include <hourglass/threads/worker.hpp>

HOURGLASS_BEGIN

template <class Compiled, int Group, class T> class group_kernel {
    static constexpr const auto& schedule = Compiled::run_time;
    static constexpr schedule_group group = schedule.groups[Group];
    static constexpr int dimensions = group.dimensions;
    static constexpr int inner = dimensions - 1;
    static constexpr int loads = group.load_count, instructions = group.instruction_count, stores = group.store_count;
    // A domain of one element is computed without vectors. So is one that fills at most half a vector, if little is
    // done: it was often written element by element, and reading that as a vector takes long.
    static constexpr bool find_single() {
        const schedule_group& of = schedule.groups[Group];
        const product_plan& p = of.product;
        if (of.domain.batched || !keeps_registers(of.kind)) return false;
        if (p.rows_in_m || p.rows_in_k || p.per_row) return false;
        long elements = 1;
        for (int d = 0; d < of.dimensions; ++d) elements *= of.extents[d];
        if (2 * elements > kernels::width<T>) return elements == 1;
        for (int i = 0; i < of.instruction_count; ++i) {
            const operation& op = *Compiled::schedule.instructions[of.first_instruction + i].op;
            if (elements > 1 && op.kind != operation_kind::reduction && !op.cheap) return false;
        }
        return true;
    }
    static constexpr bool single = find_single();
    static constexpr int width = single ? 1 : kernels::width<T>;
    using vector = std::conditional_t<single, T, kernels::vector<T>>;

    [[gnu::always_inline]] static vector load_from(const T* from) {
        if constexpr (single)
            return *from;
        else
            return kernels::load_vector(from);
    }
    [[gnu::always_inline]] static void store_to(T* to, vector x) {
        if constexpr (single)
            *to = x;
        else
            kernels::store_vector(to, x);
    }

    static constexpr const group_load& load(int i) { return schedule.loads[group.first_load + i]; }
    static constexpr const group_store& store(int i) { return schedule.stores[group.first_store + i]; }
    static constexpr const instruction& instruction_at(int i) {
        return Compiled::schedule.instructions[group.first_instruction + i];
    }
    static constexpr long stride(int load_, int dimension) { return load(load_).strides[dimension]; }
    static constexpr long extent(int dimension) { return group.extents[dimension]; }
    template <int Instruction> using operation_of = typename implementation<instruction_at(Instruction).op->id>::type;
    static constexpr bool is_reduction(int m) { // -1 stands for the tile itself
        return m >= 0 && instruction_at(m).op->kind == operation_kind::reduction;
    }

    static constexpr auto reductions = choose<instructions>(is_reduction);
    static constexpr auto computed = choose<instructions>([](int m) { return !is_reduction(m); });

    // Sums are collected in one vector and regularly added to a second, so that long ones lose few digits.
    static constexpr long steps_per_block = 64;
    // A sum waits for itself if there is little else to do; several sums in turn, over every so many vectors, do not.
    static constexpr int find_chains() {
        const long vectors = extent(inner) / width;
        if (!group.reduces || instructions > 8 || vectors < 8) return 1;
        for (int m = 0; m < instructions; ++m)
            if (!is_reduction(m) && !instruction_at(m).op->cheap) return 1;
        return 4;
    }
    static constexpr int chains = find_chains();

    struct registers {
        vector loaded[loads + 1];
        vector value[instructions + 1];
        vector recent[instructions + 1]; // of instructions that reduce
        vector total[instructions + 1];
        vector least[instructions + 1]; // of watched instructions
    };

    template <int Instruction, int Operand> [[gnu::always_inline]] static vector operand(const registers& r) {
        constexpr instruction_input w =
            Compiled::schedule.instruction_inputs[instruction_at(Instruction).first_input + Operand];
        if constexpr (w.from == instruction_input::source::instruction)
            return r.value[w.index];
        else if constexpr (w.from == instruction_input::source::load)
            return r.loaded[w.index];
        else
            return vector(static_cast<T>(w.number));
    }
    template <int Instruction> [[gnu::always_inline]] static void compute(registers& r) {
        using Op = operation_of<Instruction>;
        constexpr int count = instruction_at(Instruction).operand_count;
        if constexpr (count == 1)
            r.value[Instruction] = Op::template forward<vector>(operand<Instruction, 0>(r));
        else if constexpr (count == 2)
            r.value[Instruction] = Op::template forward<vector>(operand<Instruction, 0>(r), operand<Instruction, 1>(r));
        else
            [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
                r.value[Instruction] = Op::template forward<vector>(operand<Instruction, I>(r)...);
            }
        (std::make_integer_sequence<int, count>{});
    }

    // A reduction with `watch` is combined without checking each partial result, for which the next one would wait. The
    // least of them is tracked and confirms the result at the end.
    template <int Instruction> static constexpr bool is_watched = requires(vector x) {
        operation_of<Instruction>::template watch<vector>(x, x);
    };
    template <int Instruction>
    [[gnu::always_inline]] static void combine(registers& r, vector& total, const vector& x) {
        using Op = operation_of<Instruction>;
        if constexpr (is_watched<Instruction>) {
            total = Op::template combine_unwatched<vector>(total, x);
            r.least[Instruction] = Op::template watch<vector>(r.least[Instruction], total);
        } else {
            total = Op::template combine<vector>(total, x);
        }
    }

    // A step covers a whole vector, or the last few elements of a row.
    enum class extent_of_step { whole, partial };

    template <extent_of_step Extent, int Instruction>
    [[gnu::always_inline]] static void reduce(registers& r, int count) {
        using Op = operation_of<Instruction>;
        vector x = operand<Instruction, 0>(r);
        if constexpr (Extent == extent_of_step::partial && width > 1)
            x = kernels::keep_lanes<T>(x, count, Op::template start<vector>());
        combine<Instruction>(r, r.recent[Instruction], x);
    }
    // Loads by how often they change: with each element of a row, once per row, never.
    static constexpr bool moves(int l) { return load(l).tile || stride(l, inner) != 0; }
    static constexpr bool moves_with_row(int l) {
        for (int d = 0; d < inner; ++d)
            if (stride(l, d) != 0) return !moves(l);
        return false;
    }
    static constexpr auto moving = choose<loads>(moves);
    static constexpr auto of_rows = choose<loads>(moves_with_row);
    static constexpr auto singles = choose<loads>([](int l) { return !moves(l) && !moves_with_row(l); });
    // `count` is an int, or has a type that encodes its value.
    template <extent_of_step Extent, int Load>
    [[gnu::always_inline]] static void fetch(registers& r, const T* const* from, long at, auto count) {
        if constexpr (load(Load).tile || Extent == extent_of_step::whole || single)
            r.loaded[Load] = load_from(from[Load] + at); // a tile is padded to whole vectors
        else
            r.loaded[Load] = kernels::load_partial(from[Load] + at, count);
    }
    template <int... Loads> [[gnu::always_inline]] static void
    fetch_once(numbers<Loads...>, [[maybe_unused]] registers& r, [[maybe_unused]] const T* const* from) {
        ((r.loaded[Loads] = vector(*from[Loads])), ...);
    }
    template <extent_of_step Extent, int Store>
    [[gnu::always_inline]] static void keep(const registers& r, T* const* to, long at, auto count) {
        constexpr int m = store(Store).instruction;
        vector x;
        if constexpr (m < 0)
            x = r.loaded[0];
        else
            x = r.value[m];
        if constexpr (Extent == extent_of_step::whole || single)
            store_to(to[Store] + at, x);
        else
            kernels::store_partial(to[Store] + at, x, count);
    }
    static constexpr auto kept = choose<stores>([](int s) { return !is_reduction(store(s).instruction); });
    static constexpr auto kept_sums = choose<stores>([](int s) { return is_reduction(store(s).instruction); });
    template <extent_of_step Extent, int... Loads, int... Instructions, int... Sums, int... Stores>
    [[gnu::always_inline]] static void step_of(numbers<Loads...>, numbers<Instructions...>, numbers<Sums...>,
                                               numbers<Stores...>, [[maybe_unused]] registers& r,
                                               [[maybe_unused]] const T* const* from, [[maybe_unused]] T* const* to,
                                               [[maybe_unused]] long at, [[maybe_unused]] auto count) {
        (fetch<Extent, Loads>(r, from, at, count), ...);
        (compute<Instructions>(r), ...);
        (reduce<Extent, Sums>(r, count), ...);
        (keep<Extent, Stores>(r, to, at, count), ...);
    }
    template <extent_of_step Extent, class Count = int> [[gnu::always_inline]] static void
    step(registers& r, const T* const* from, T* const* to, long at, Count count = width) {
        step_of<Extent>(chosen<moving>(), chosen<computed>(), chosen<reductions>(), chosen<kept>(), r, from, to, at,
                        count);
    }
    template <int Instruction> [[gnu::always_inline]] static void begin(registers& r) {
        r.recent[Instruction] = r.total[Instruction] = operation_of<Instruction>::template start<vector>();
        if constexpr (is_watched<Instruction>) r.least[Instruction] = r.recent[Instruction];
    }
    template <int... Sums>
    [[gnu::always_inline]] static void begin_sums(numbers<Sums...>, [[maybe_unused]] registers& r) {
        (begin<Sums>(r), ...);
    }
    [[gnu::always_inline]] static void begin_row(registers& r, const T* const* from) {
        fetch_once(chosen<of_rows>(), r, from);
        begin_sums(chosen<reductions>(), r);
    }
    template <int Instruction> [[gnu::always_inline]] static void gather(registers& r) {
        combine<Instruction>(r, r.total[Instruction], r.recent[Instruction]);
        r.recent[Instruction] = operation_of<Instruction>::template start<vector>();
    }
    template <int Instruction> [[gnu::always_inline]] static void join(registers& r, const registers& other) {
        combine<Instruction>(r, r.recent[Instruction], other.recent[Instruction]);
        if constexpr (is_watched<Instruction>)
            r.least[Instruction] =
                operation_of<Instruction>::template watch<vector>(r.least[Instruction], other.least[Instruction]);
    }
    // The lanes into which a row is summed. If it is shorter than a vector, the other lanes hold neutral elements.
    static constexpr int lanes_used =
        extent(inner) < width ? static_cast<int>(std::bit_ceil(static_cast<unsigned long>(extent(inner)))) : width;
    template <int Store> [[gnu::always_inline]] static void keep_sum(const registers& r, T* const* to, long row) {
        constexpr int m = store(Store).instruction;
        using Op = operation_of<m>;
        if constexpr (is_watched<m>)
            to[Store][row] = confirmed_sum<m>(r);
        else if constexpr (width == 1)
            to[Store][row] = r.recent[m];
        else
            to[Store][row] = kernels::across_lanes<T, lanes_used>(
                r.recent[m], [](const vector& a, const vector& b) { return Op::template combine<vector>(a, b); });
    }
    template <int Instruction> [[gnu::always_inline]] static T confirmed_sum(const registers& r) {
        using Op = operation_of<Instruction>;
        const vector lanes = Op::template confirm<vector>(r.recent[Instruction], r.least[Instruction]);
        if constexpr (width == 1) {
            return lanes;
        } else {
            const auto combine = [](const vector& a, const vector& b) {
                return Op::template combine_unwatched<vector>(a, b);
            };
            const vector bound = Op::template watch<vector>(Op::template start<vector>(), lanes);
            return Op::template confirm<T>(kernels::across_lanes<T, lanes_used>(lanes, combine),
                                           kernels::across_lanes<T, lanes_used>(bound, combine));
        }
    }

    // Copies of the addresses in registers: the compiler must assume that storing a vector may change the caller's
    // arrays.
    struct addresses {
        const T* from[loads + 1];
        T* to[stores + 1];
        [[gnu::always_inline]] addresses(const T* const* given_from, T* const* given_to) {
            HOURGLASS_UNROLL
            for (int l = 0; l < loads; ++l) from[l] = given_from[l];
            HOURGLASS_UNROLL
            for (int s = 0; s < stores; ++s) to[s] = given_to[s];
        }
    };

    // A part of the innermost dimension, from `first` to `last`, without sums; it is the group's only dimension.
    static void run_row(const T* const* given_from, T* const* given_to, long first, long last) {
        const addresses a(given_from, given_to);
        const T* const* const from = a.from;
        T* const* const to = a.to;
        registers r;
        fetch_once(chosen<singles>(), r, from);
        begin_row(r, from);
        long at = first;
        for (; at + width <= last; at += width) step<extent_of_step::whole>(r, from, to, at);
        if (at < last) step<extent_of_step::partial>(r, from, to, at, static_cast<int>(last - at));
    }
    // A whole row of a length known at compile time; `row` is its index among the rows.
    [[gnu::always_inline]] static void run_whole_row(const T* const* given_from, T* const* given_to, long row) {
        const addresses a(given_from, given_to);
        const T* const* const from = a.from;
        T* const* const to = a.to;
        constexpr long vectors = extent(inner) / width, rounds = vectors / chains;
        constexpr int rest = static_cast<int>(extent(inner) % width);
        registers r[chains];
        fetch_once(chosen<singles>(), r[0], from);
        begin_row(r[0], from);
        for (int c = 1; c < chains; ++c) r[c] = r[0];
        long at = 0;
        const auto round = [&]() __attribute__((always_inline)) {
            for_each<chains>([&](auto c) __attribute__((always_inline)) {
                step<extent_of_step::whole>(r[c], from, to, at + c * width);
            });
            at += chains * width;
        };
        if constexpr (group.reduces && rounds > steps_per_block) {
            for (long done = 0; done < rounds;) {
                const long end = std::min(rounds, done + steps_per_block);
                for (; done < end; ++done) round();
                for_each<chains>([&](auto c) __attribute__((always_inline)) {
                    for_chosen(
                        chosen<reductions>(), [&](auto m) __attribute__((always_inline)) { gather<m>(r[c]); });
                });
            }
            for_each<chains>([&](auto c) __attribute__((always_inline)) {
                for_chosen(
                    chosen<reductions>(), [&](auto m)
                                              __attribute__((always_inline)) { r[c].recent[m] = r[c].total[m]; });
            });
        } else {
            for (long done = 0; done < rounds; ++done) round();
        }
        for_each<vectors % chains>([&](auto c) __attribute__((always_inline)) {
            step<extent_of_step::whole>(r[c], from, to, at);
            at += width;
        });
        if constexpr (rest > 0)
            step<extent_of_step::partial>(r[chains - 1], from, to, at, std::integral_constant<int, rest>{});
        if constexpr (group.reduces) {
            if constexpr (chains == 4)
                for_chosen(
                    chosen<reductions>(), [&](auto m) __attribute__((always_inline)) {
                        join<m>(r[0], r[2]);
                        join<m>(r[1], r[3]);
                        join<m>(r[0], r[1]);
                    });
            for_chosen(
                chosen<kept_sums>(), [&](auto s) __attribute__((always_inline)) { keep_sum<s>(r[0], to, row); });
        }
    }

    template <int Dimension>
    static void run_dimension(const T* const* from, T* const* to, long row, long first, long last) {
        if constexpr (Dimension == inner && (Dimension > 0 || group.reduces)) {
            run_whole_row(from, to, row);
        } else if constexpr (Dimension == inner) {
            run_row(from, to, first, last);
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
    static constexpr auto find_sum_stores() {
        table<bool, stores> sums;
        for (int s = 0; s < stores; ++s) sums[s] = is_reduction(store(s).instruction);
        return sums;
    }
    static constexpr auto sum_stores = find_sum_stores();
    static constexpr bool sum_store(int s) { return sum_stores[s]; }
    template <int Dimension> static constexpr long volume_behind() {
        long n = 1;
        for (int d = Dimension + 1; d < dimensions; ++d) n *= extent(d);
        return n;
    }

public:
    // An elementwise group. `from` and `to` point to the values loaded and stored; `rows` are those of the call.
    static void run(const T* const* from, T* const* to, long rows, worker w) {
        const long outermost = extent(0) * (group.domain.batched ? rows : 1);
        const share mine(outermost, w, dimensions == 1 ? width : 1);
        if (mine.first < mine.last) run_dimension<0>(from, to, 0, mine.first, mine.last);
    }

    // All of a group without a batch axis.
    [[gnu::always_inline]] static void run_all(const T* const* from, T* const* to) {
        if constexpr (volume_behind<-1>() == extent(inner))
            run_whole_row(from, to, 0);
        else
            run_dimension<0>(from, to, 0, 0, extent(0));
    }

    // A finished part of a product. The product's matrix begins at row `first_row` of the group's domain.
    static void run_part(const kernels::finished_part<T>& part, const T* const* from, T* const* to, long first_row) {
        registers r;
        fetch_once(chosen<singles>(), r, from);
        const long row = first_row + part.first_row, column = part.first_column;
        const T* moved[loads + 1];
        T* targets[stores + 1];
        moved[0] = part.data;
        for (int l = 1; l < loads; ++l) moved[l] = from[l] + row * stride(l, 0) + column * stride(l, 1);
        for (int s = 0; s < stores; ++s) targets[s] = to[s] + row * extent(1) + column;
        const int whole = part.columns / width * width;
        for (int i = 0; i < part.rows; ++i) {
            begin_row(r, moved);
            for (int at = 0; at < whole; at += width) step<extent_of_step::whole>(r, moved, targets, at);
            if (whole < part.columns) step<extent_of_step::partial>(r, moved, targets, whole, part.columns - whole);
            moved[0] += part.stride;
            for (int l = 1; l < loads; ++l) moved[l] += stride(l, 0);
            for (int s = 0; s < stores; ++s) targets[s] += extent(1);
        }
    }
};

HOURGLASS_END
