// How groups run: one specialisation of `group_runner` for each kind, and nowhere else. The loops are in the headers
// included here; what earlier stages must know of a kind is in schedule/group_rules.hpp.
#pragma once

#include <hourglass/runtime/direct_movements.hpp>
#include <hourglass/runtime/group_kernel.hpp>
#include <hourglass/runtime/group_tables.hpp>
#include <hourglass/runtime/plain_groups.hpp>
#include <hourglass/runtime/product_groups.hpp>
#include <hourglass/runtime/products/direct.hpp>

HOURGLASS_BEGIN

// What an executor calls for a group that it runs by number.
template <class Executor>
using group_function = void (*)(Executor&, const schedule_group&, long rows, worker, int& products);

// What the runner of a kind states:
//   function<G, Executor>()    the function that runs the groups of which group G is the representative, by all threads
//                              together
//   run_directly<G, Direct>(executor, waiting)
//                              group G of a program without a batch axis, by one thread (runtime/direct.hpp)
//   scratch<Compiled, T>(g)    the scratch memory that a group needs
//   fits_local_lane            whether compilers hold a step of nothing but such groups in registers
//                              (runtime/local_lane.hpp)
template <group_kind> struct group_runner;

namespace group_detail {

struct without_scratch {
    template <class Compiled, class T> static constexpr scratch_sizes scratch(const schedule_group&) { return {}; }
};
// For kinds that gain nothing from knowing more than the executor does.
template <int G, class Executor> [[gnu::always_inline]] inline void run_by_number(Executor& e) {
    e.template run_group<G>();
}
template <class Executor> using element_of = typename Executor::element_type;
template <class Executor> using tables_of = group_tables<typename Executor::compiled_graph>;
template <class Executor> using operands_of_group =
    operand_addresses<element_of<Executor>, tables_of<Executor>::find_most_operands()>;
template <class Executor> constexpr const node& node_of_group(int g) {
    using compiled = typename Executor::compiled_graph;
    return compiled::final_graph::value.nodes[compiled::run_time.groups[g].node];
}
template <class Executor, int G> using operation_of_group =
    typename implementation<node_of_group<Executor>(G).op->id>::type;

}

template <> struct group_runner<group_kind::elementwise> : group_detail::without_scratch {
    static constexpr bool fits_local_lane = true;
    template <int G, class Executor> static constexpr group_function<Executor> function() { return &run<G, Executor>; }
    template <int G, class Direct, class Executor> [[gnu::always_inline]] static void run_directly(Executor& e, auto&) {
        using T = typename Direct::element_type;
        Direct::template with_places<G>(
            e, [](const T* const* from, T* const* to)
                   __attribute__((always_inline)) { Direct::template kernel_of<G>::run_all(from, to); });
    }

private:
    template <int G, class Executor> static void run(Executor& e, const schedule_group& g, long rows, worker w, int&) {
        using T = typename Executor::element_type;
        using compiled = typename Executor::compiled_graph;
        constexpr const schedule_group& group = compiled::run_time.groups[G];
        const load_addresses<T, group.load_count, group.store_count> a(e, g);
        group_kernel<compiled, G, T>::run(a.from, a.to, rows, w);
    }
};

template <> struct group_runner<group_kind::product> {
    static constexpr bool fits_local_lane = false;
    template <int G, class Executor> static constexpr group_function<Executor> function() {
        return &product_groups<Executor, typename Executor::compiled_graph,
                               typename Executor::element_type>::template run<G>;
    }
    template <int G, class Direct, class Executor>
    [[gnu::always_inline]] static void run_directly(Executor& e, auto& waiting) {
        direct_products<Direct>::template run<G>(e, waiting);
    }
    template <class Compiled, class T> static constexpr scratch_sizes scratch(const schedule_group& group) {
        return product_choice<Compiled, T>::scratch(group.product);
    }
};

template <> struct group_runner<group_kind::column_reduction> : group_detail::without_scratch {
    static constexpr bool fits_local_lane = false;
    template <int G, class Executor> static constexpr group_function<Executor> function() {
        return &run<group_detail::operation_of_group<Executor, G>, Executor>;
    }
    template <int G, class Direct, class Executor> [[gnu::always_inline]] static void run_directly(Executor& e, auto&) {
        using T = typename Direct::element_type;
        constexpr node of = Direct::node_at(Direct::group_at(G).node);
        constexpr shape x = Direct::operand_at(of, 0).type.extents;
        constexpr auto axes = ops::reduction_axes::of(of.options);
        constexpr long inner = x.size(axes.last, x.rank);
        reduce_columns<typename Direct::template operation_of<G>, static_cast<int>(inner % kernels::width<T>)>(
            Direct::template place<Direct::target_of(Direct::group_at(G))>(e),
            Direct::template place<Direct::group_at(G).operand>(e), x.size(0, axes.first),
            x.size(axes.first, axes.last), inner, {0, 1});
    }

private:
    template <class Op, class Executor>
    static void run(Executor& e, const schedule_group& g, long rows, worker w, int&) {
        const plain_node& n = group_detail::tables_of<Executor>::node_of(g);
        const value_type& of = *group_detail::tables_of<Executor>::operand_types_of(g);
        const shape& extents = of.extents;
        long outer = 1, reduced = rows, inner = extents.size();
        if (const auto [first, last, over_rows] = ops::reduction_axes::of(n.options); !over_rows) {
            outer = extents.size(0, first) * (of.batched ? rows : 1);
            reduced = extents.size(first, last);
            inner = extents.size(last, extents.rank);
        }
        reduce_columns<Op>(address_of_store(e, g, 0), e.place[g.operand], outer, reduced, inner, w);
    }
};

template <> struct group_runner<group_kind::movement> : group_detail::without_scratch {
    static constexpr bool fits_local_lane = false;
    template <int G, class Executor> static constexpr group_function<Executor> function() {
        if constexpr (group_detail::node_of_group<Executor>(G).op->runs != nullptr)
            return &run_runs<Executor>;
        else
            return &run_axes<Executor>;
    }
    template <int G, class Direct, class Executor> [[gnu::always_inline]] static void run_directly(Executor& e, auto&) {
        constexpr schedule_group group = Direct::group_at(G);
        constexpr int target = Direct::target_of(group);
        if constexpr (Direct::is_view(group)) // kernels that know nothing of views find it too
            e.place[target] = Direct::template place<target>(e);
        else if constexpr (Direct::node_at(group.node).op->runs != nullptr)
            direct_movements<Direct>::template run<G>(e);
        else
            group_detail::run_by_number<G>(e);
    }

private:
    template <class Executor> static void run_runs(Executor& e, const schedule_group& g, long rows, worker w, int&) {
        using tables = group_detail::tables_of<Executor>;
        const group_detail::operands_of_group<Executor> operands(e, g);
        const plain_node& n = tables::node_of(g);
        move_runs(n, tables::runs_of(g), tables::operand_types_of(g), operands.from, g.load_count,
                  address_of_store(e, g, 0), n.type.batched ? rows : 1, w);
    }
    template <class Executor> static void run_axes(Executor& e, const schedule_group& g, long rows, worker w, int&) {
        using tables = group_detail::tables_of<Executor>;
        const group_detail::operands_of_group<Executor> operands(e, g);
        const plain_node& n = tables::node_of(g);
        move_axes(n, tables::operand_types_of(g), operands.from, address_of_store(e, g, 0), n.type.batched ? rows : 1,
                  w);
    }
};

template <> struct group_runner<group_kind::loop> : group_detail::without_scratch {
    static constexpr bool fits_local_lane = false;
    template <int G, class Executor> static constexpr group_function<Executor> function() {
        return &run<group_detail::operation_of_group<Executor, G>, Executor>;
    }
    // The same with shapes known at compile time.
    template <int G, class Direct, class Executor> [[gnu::always_inline]] static void run_directly(Executor& e, auto&) {
        using T = typename Direct::element_type;
        constexpr schedule_group group = Direct::group_at(G);
        constexpr node of = Direct::node_at(group.node);
        [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
            const T* const from[] = {Direct::template place<Direct::value_moved(group, I)>(e)..., nullptr};
            static constexpr value_type types[] = {Direct::operand_at(of, I).type..., value_type{}};
            evaluation<T> loop;
            loop.operands = from;
            loop.types = types;
            loop.count = of.operand_count;
            loop.options = of.options;
            loop.type = of.type;
            loop.result = Direct::template place<Direct::target_of(group)>(e);
            loop.indices = group_tables<typename Direct::compiled_graph>::indices();
            Direct::template operation_of<G>::template reference<T>(loop);
        }
        (std::make_integer_sequence<int, of.operand_count>{});
    }

private:
    template <class Op, class Executor>
    static void run(Executor& e, const schedule_group& g, long rows, worker w, int&) {
        using tables = group_detail::tables_of<Executor>;
        group_detail::operands_of_group<Executor> operands(e, g);
        run_reference<Op>(tables::node_of(g), tables::operand_types_of(g), operands.from, g.load_count,
                          address_of_store(e, g, 0), tables::indices(), rows, w);
    }
};

template <> struct group_runner<group_kind::noise> : group_detail::without_scratch {
    static constexpr bool fits_local_lane = false;
    template <int G, class Executor> static constexpr group_function<Executor> function() {
        const node& drawn = group_detail::node_of_group<Executor>(G);
        return &run<ops::noise_source::of(drawn.options).distribution, Executor>;
    }
    template <int G, class Direct, class Executor> [[gnu::always_inline]] static void run_directly(Executor& e, auto&) {
        group_detail::run_by_number<G>(e);
    }

private:
    template <noise_kind Distribution, class Executor>
    static void run(Executor& e, const schedule_group& g, long rows, worker w, int&) {
        make_noise<Distribution>(group_detail::tables_of<Executor>::node_of(g), address_of_store(e, g, 0), e.noise,
                                 e.first_example, rows, w);
    }
};

template <> struct group_runner<group_kind::scan> : group_detail::without_scratch {
    static constexpr bool fits_local_lane = false;
    template <int G, class Executor> static constexpr group_function<Executor> function() {
        constexpr auto called = ops::called_scan::of(group_detail::node_of_group<Executor>(G).options);
        return &run<called.scan, Executor>;
    }
    template <int G, class Direct, class Executor> [[gnu::always_inline]] static void run_directly(Executor& e, auto&) {
        group_detail::run_by_number<G>(e);
    }

private:
    template <int K, class Executor> static void run(Executor& e, const schedule_group& g, long rows, worker w, int&) {
        using T = typename Executor::element_type;
        using step = typename Executor::compiled_graph::template step<K>;
        const operand_addresses<T, step::operands> operands(e, g);
        T* to[step::results + 1];
        for (int i = 0; i < g.store_count; ++i) to[i] = address_of_store(e, g, i);
        e.template scan<K>().run(operands.from, to, rows, w);
    }
};

namespace group_detail {

struct any_program {
    using element_type = float;
};
struct any_executor {};

}

// Whether the runner of a kind states everything it must state.
template <class Runner>
concept states_group_runner = requires(group_detail::any_executor& e, const schedule_group& group) {
    {
        Runner::template function<0, group_detail::any_executor>()
        } -> std::same_as<group_function<group_detail::any_executor>>;
    Runner::template run_directly<0, group_detail::any_program>(e, e);
    { Runner::template scratch<group_detail::any_program, float>(group) } -> std::same_as<scratch_sizes>;
    bool(Runner::fits_local_lane);
};

namespace group_detail {

template <class Runner> constexpr bool check_runner() {
    static_assert(states_group_runner<Runner>,
                  "each kind of group has its group_runner, which states all that runtime/group_runners.hpp lists");
    return true;
}
template <int... K> constexpr bool check_all_runners(std::integer_sequence<int, K...>) {
    return (check_runner<group_runner<static_cast<group_kind>(K)>>() && ...);
}
static_assert(check_all_runners(all_kinds{}));

}

// Calls use(runner) with the runner of a kind.
template <class Use> constexpr void with_runner_of(group_kind kind, Use&& use) {
    group_detail::choose_by_kind<group_runner>(kind, use, group_detail::all_kinds{});
}

HOURGLASS_END
