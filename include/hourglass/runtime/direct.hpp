// Runs a program that has no batch axis and is too small to wake other threads, such as the gradient of a plain
// function: calls its groups in order by name, with everything known to the compiler except the address of the arena
// and of what is bound. What each kind of group does then is in runtime/group_runners.hpp.
#pragma once

#include <utility>

#include <hourglass/runtime/direct_movements.hpp>
#include <hourglass/runtime/group_kernel.hpp>
#include <hourglass/runtime/group_runners.hpp>
#include <hourglass/runtime/products/direct.hpp>

HOURGLASS_BEGIN

template <class Compiled, class T> class direct_runs {
    static constexpr const auto& schedule = Compiled::run_time;
    static constexpr const auto& g = Compiled::final_graph::value;

public:
    using compiled_graph = Compiled;
    using element_type = T;
    static constexpr int groups = Compiled::sizes.groups;

    // What is known of groups at compile time.
    static constexpr const schedule_group& group_at(int n) { return schedule.groups[n]; }
    static constexpr const node& node_at(int n) { return g.nodes[n]; }
    static constexpr const node& operand_at(const node& n, int i) { return node_at(g.operands[n.first_operand + i]); }
    static constexpr int target_of(const schedule_group& group, int store = 0) {
        return schedule.stores[group.first_store + store].value;
    }
    static constexpr int value_moved(const schedule_group& group, int operand) {
        return schedule.operands[group.first_load + operand];
    }
    static constexpr moved_runs runs_of(int n, int operand) { return moved_runs_of(g.view(), n, operand); }
    template <int G> using operation_of = typename implementation<node_at(group_at(G).node).op->id>::type;
    template <int G> using kernel_of = group_kernel<Compiled, group_at(G).representative, T>;

    // A movement that is a single run of a bound value is not copied, but read in place.
    static constexpr bool is_view(const schedule_group& group) {
        if (!moves_elements(group.kind) || node_at(group.node).op->runs == nullptr) return false;
        if (node_at(group.node).operand_count != 1) return false;
        const moved_runs r = runs_of(group.node, 0);
        return r.count == 1 && r.length == r.to_step && !is_result(target_of(group)) &&
               at(where_is(group.operand).value).storage != storage_kind::arena;
    }

private:
    static constexpr const stored_value& at(int v) { return schedule.values[v]; }
    struct part {
        int value = -1;
        long first = 0;
    };
    static constexpr bool is_result(int v) {
        for (int r = 0; r < Compiled::sizes.results; ++r)
            if (schedule.results[r].value == v) return true;
        return false;
    }
    static constexpr part where_is(int v) {
        for (int n = 0; n < groups; ++n)
            if (moves_elements(group_at(n).kind) && target_of(group_at(n)) == v && is_view(group_at(n))) {
                part p = where_is(group_at(n).operand);
                p.first += runs_of(group_at(n).node, 0).from;
                return p;
            }
        return {v, 0};
    }
    static constexpr bool find_possible() {
        for (int n = 0; n < Compiled::final_graph::sizes.nodes; ++n)
            if (node_at(n).type.batched || is<ops::rows>(node_at(n))) return false;
        return groups <= 64;
    }

public:
    static constexpr bool possible = find_possible();

    // Runs all groups. An executor has address<value>(), and, if groups need them, place and run_group<group>().
    template <class Executor> static void run_all(Executor& e) { run_all_inline(e); }
    // The same inlined into the caller, whose local variable the executor may be.
    template <class Executor> [[gnu::always_inline]] static void run_all_inline(Executor& e) {
        typename direct_products<direct_runs>::waiting w;
        [&]<int... G>(std::integer_sequence<int, G...>) __attribute__((always_inline)) { (run<G>(e, w), ...); }
        (std::make_integer_sequence<int, groups>{});
    }

    // Where a value lies.
    template <int Value, class Executor> [[gnu::always_inline]] static T* place(Executor& e) {
        if constexpr (Value < 0)
            return nullptr; // a product's own tile
        else
            return place_of<Value>(e);
    }
    // Calls use(from, to) with the addresses of a group's loads and stores.
    template <int G, class Executor, class Use> [[gnu::always_inline]] static void with_places(Executor& e, Use&& use) {
        [&]<int... L, int... S>(std::integer_sequence<int, L...>, std::integer_sequence<int, S...>)
            __attribute__((always_inline)) {
            const T* const from[] = {place<value_loaded(group_at(G), L)>(e)..., nullptr};
            T* const to[] = {place<target_of(group_at(G), S)>(e)..., nullptr};
            use(from, to);
        }
        (std::make_integer_sequence<int, group_at(G).load_count>{},
         std::make_integer_sequence<int, group_at(G).store_count>{});
    }

private:
    template <int G, class Executor, class Waiting>
    [[gnu::always_inline]] static void run(Executor& e, [[maybe_unused]] Waiting& w) {
        if constexpr (!group_at(G).once) // else it ran when the program was made
            group_runner<group_at(G).kind>::template run_directly<G, direct_runs>(e, w);
    }
    template <int Value, class Executor> [[gnu::always_inline]] static T* place_of(Executor& e) {
        constexpr part p = where_is(Value);
        return e.template address<p.value>() + p.first;
    }
    static constexpr int value_loaded(const schedule_group& group, int load) {
        return schedule.loads[group.first_load + load].value;
    }
};

HOURGLASS_END
