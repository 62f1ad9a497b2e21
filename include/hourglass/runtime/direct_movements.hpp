// Movements of a program that calls its groups by name (runtime/direct.hpp), with everything known to the compiler:
// consecutive runs of elements. The loops that threads share are in runtime/movement.hpp.
#pragma once

#include <cstring>
#include <utility>

#include <hourglass/runtime/group_tables.hpp>

HOURGLASS_BEGIN

// A movement of one operand in runs: `count` runs of `length` elements, read from `from` on with a distance of
// `from_step`, and written likewise.
struct moved_runs {
    long count = 0, length = 0, from = 0, from_step = 0, to = 0, to_step = 0;
};
constexpr moved_runs moved_runs_of(const graph_view& g, int n, int operand) {
    const runs_of_movement part = runs_of_operand(g, n, operand);
    const shape &target = g[n].type.extents, &source = g[g.operand(n, operand)].type.extents;
    const long inner = target.size(part.axis + 1, target.rank);
    return {target.size(0, part.axis), part.length * inner,        part.first_read * inner,
            source[part.axis] * inner, part.first_written * inner, target[part.axis] * inner};
}

template <class Direct> class direct_movements {
    using T = typename Direct::element_type;
    static constexpr int node(int g) { return Direct::group_at(g).node; }
    template <int G> static constexpr int target = Direct::target_of(Direct::group_at(G));

public:
    template <int G, class Executor> [[gnu::always_inline]] static void run(Executor& e) {
        constexpr int operands = Direct::node_at(node(G)).operand_count;
        [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) { (move<G, I>(e), ...); }
        (std::make_integer_sequence<int, operands>{});
        constexpr moved_runs r = Direct::runs_of(node(G), operands - 1);
        constexpr long written = end_of<G, operands - 1>();
        if constexpr (written < r.to_step)
            for (long i = 0; i < r.count; ++i)
                clear(Direct::template place<target<G>>(e) + i * r.to_step + written, r.to_step - written);
    }

private:
    template <int G, int Operand, class Executor> [[gnu::always_inline]] static void move(Executor& e) {
        constexpr moved_runs r = Direct::runs_of(node(G), Operand);
        constexpr long written = Operand == 0 ? 0 : end_of<G, Operand - 1>();
        const T* from = Direct::template place<Direct::value_moved(Direct::group_at(G), Operand)>(e) + r.from;
        T* to = Direct::template place<target<G>>(e) + r.to;
        for (long i = 0; i < r.count; ++i) {
            if constexpr (r.to > written) clear(to + i * r.to_step - (r.to - written), r.to - written);
            copy_run(to + i * r.to_step, from + i * r.from_step, r.length);
        }
    }
    // Where an operand ends in a run of the result; without an operand, where the result begins.
    template <int G, int Operand> static constexpr long end_of() {
        if constexpr (Operand < 0)
            return 0;
        else
            return Direct::runs_of(node(G), Operand).to + Direct::runs_of(node(G), Operand).length;
    }
    static void clear(T* to, long count) { std::memset(to, 0, static_cast<std::size_t>(count) * sizeof(T)); }
};

HOURGLASS_END
