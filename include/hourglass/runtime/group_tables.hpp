// What the runners of groups look up while a program runs, in tables of its own: a graph's node points to its
// operation, and that to every function of the passes, which an object file would have to contain.
#pragma once

#include <algorithm>

#include <hourglass/runtime/plain_groups.hpp>
#include <hourglass/schedule/group_kinds.hpp>

HOURGLASS_BEGIN

// Tables for groups of one node and for their operands, by the operands' own shapes: in memory they may have others.
template <class Compiled> class group_tables {
    static constexpr const auto& schedule = Compiled::run_time;
    static constexpr int groups = Compiled::sizes.groups;
    static constexpr const schedule_group& group_at(int g) { return schedule.groups[g]; }
    template <class Entry> using by_operand = table<Entry, Compiled::sizes.operands>;

    static constexpr auto find_nodes() {
        table<plain_node, groups> all;
        const graph_view graph = Compiled::final_graph::view();
        for (int g = 0; g < groups; ++g)
            if (const int n = group_at(g).node; n >= 0) all[g] = plain(graph[n]);
        return all;
    }
    static constexpr auto find_operand_types() {
        by_operand<value_type> all;
        const graph_view graph = Compiled::final_graph::view();
        for (int g = 0; g < groups; ++g)
            for (int i = 0; reads_operands(group_at(g).kind) && i < group_at(g).load_count; ++i)
                all[group_at(g).first_load + i] = graph[graph.operand(group_at(g).node, i)].type;
        return all;
    }
    static constexpr auto find_runs() {
        by_operand<runs_of_movement> all;
        const graph_view graph = Compiled::final_graph::view();
        for (int g = 0; g < groups; ++g) {
            if (!moves_elements(group_at(g).kind)) continue;
            const node& n = graph[group_at(g).node];
            for (int i = 0; n.op->runs != nullptr && i < group_at(g).load_count; ++i)
                all[group_at(g).first_load + i] = runs_of_operand(graph, group_at(g).node, i);
        }
        return all;
    }

public:
    static const plain_node& node_of(const schedule_group& g) {
        static constexpr auto nodes = find_nodes();
        return nodes[static_cast<int>(&g - schedule.groups.begin())];
    }
    static const value_type* operand_types_of(const schedule_group& g) {
        static constexpr auto types = find_operand_types();
        return types.begin() + g.first_load;
    }
    // How a movement copies runs, one entry for each operand.
    static const runs_of_movement* runs_of(const schedule_group& g) {
        static constexpr auto runs = find_runs();
        return runs.begin() + g.first_load;
    }
    // The indices that nodes read; each node's options give its range (ops/gather.hpp).
    static const int* indices() {
        static constexpr table<int, Compiled::final_graph::view().indices.size> copies{
            Compiled::final_graph::view().indices};
        return copies.begin();
    }
    static constexpr int find_most_operands() {
        int most = 0;
        for (int g = 0; g < groups; ++g)
            if (reads_operands(group_at(g).kind) && !has_steps(group_at(g).kind))
                most = std::max(most, group_at(g).load_count);
        return most;
    }
};

template <class Executor> auto address_of_store(const Executor& e, const schedule_group& g, int i) {
    return e.place[Executor::schedule.stores[g.first_store + i].value];
}
// The addresses of what a group loads and stores.
template <class T, int Loads, int Stores> struct load_addresses {
    const T* from[Loads + 1];
    T* to[Stores + 1];
    template <class Executor> load_addresses(const Executor& e, const schedule_group& g) {
        HOURGLASS_KEEP_LOOP
        for (int i = 0; i < Loads; ++i) {
            const int v = Executor::schedule.loads[g.first_load + i].value;
            from[i] = v < 0 ? nullptr : e.place[v];
        }
        HOURGLASS_KEEP_LOOP
        for (int i = 0; i < Stores; ++i) to[i] = address_of_store(e, g, i);
    }
};
// The addresses of the whole values that a group reads.
template <class T, int Operands> struct operand_addresses {
    const T* from[Operands + 1];
    template <class Executor> operand_addresses(const Executor& e, const schedule_group& g) {
        for (int i = 0; i < g.load_count; ++i) from[i] = e.place[Executor::schedule.operands[g.first_load + i]];
    }
};

HOURGLASS_END
