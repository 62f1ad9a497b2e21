// How a program runs that is too small to wake other threads and has no batch axis, such as the gradient of a plain
// function: its groups one after another, each called by name, with everything about them known to the compiler but
// the address of the arena and of what is bound.
#pragma once

#include <cstring>

#include <hourglass/program/group_kernel.hpp>
#include <hourglass/program/memory.hpp>
#include <hourglass/program/plain_groups.hpp>

HOURGLASS_BEGIN

template <class Compiled, class T> class direct_runs {
    static constexpr const auto& schedule = Compiled::run_time;
    static constexpr const auto& g = Compiled::final_graph::value;
    static constexpr int groups = Compiled::sizes.groups;
    using scratch = scratch_plan<Compiled, T>;

    static constexpr const stored_value& at(int v) { return schedule.values[static_cast<std::size_t>(v)]; }
    static constexpr const schedule_group& group_at(int n) { return schedule.groups[static_cast<std::size_t>(n)]; }
    static constexpr const node& node_at(int n) { return g.nodes[static_cast<std::size_t>(n)]; }
    static constexpr int target_of(const schedule_group& group, int store = 0) {
        return schedule.stores[static_cast<std::size_t>(group.first_store + store)].value;
    }

    // A movement in runs: of operand i, `count` runs of `length` elements, read from `from` on in steps of `step`, and
    // so written.
    struct moved_runs {
        long count = 0, length = 0, from = 0, from_step = 0, to = 0, to_step = 0;
    };
    static constexpr const node& operand_at(const node& n, int i) {
        return node_at(g.operands[static_cast<std::size_t>(n.first_operand + i)]);
    }
    static constexpr bool moves_runs(const node& n) { return n.op->runs != nullptr; }
    static constexpr long inner_of(const node& n, int axis) {
        return n.type.extents.size(axis + 1, n.type.extents.rank);
    }
    static constexpr moved_runs runs_of(int n, int operand) {
        const runs_of_movement part = runs_of_operand(g.view(), n, operand);
        const shape &target = node_at(n).type.extents, &source = operand_at(node_at(n), operand).type.extents;
        const long inner = inner_of(node_at(n), part.axis);
        return {target.size(0, part.axis), part.length * inner,        part.first_read * inner,
                source[part.axis] * inner, part.first_written * inner, target[part.axis] * inner};
    }

    // What is one run of what the call binds is not copied, but read where it lies.
    struct part {
        int value = -1;
        long first = 0;
    };
    static constexpr bool is_result(int v) {
        for (int r = 0; r < Compiled::sizes.results; ++r)
            if (schedule.results[static_cast<std::size_t>(r)].value == v) return true;
        return false;
    }
    static constexpr bool is_view(const schedule_group& group) {
        if (group.kind != group_kind::movement || !moves_runs(node_at(group.node))) return false;
        if (node_at(group.node).operand_count != 1) return false;
        const moved_runs r = runs_of(group.node, 0);
        return r.count == 1 && r.length == r.to_step && !is_result(target_of(group)) &&
               at(where_is(group.operand).value).storage != storage_kind::arena;
    }
    static constexpr part where_is(int v) {
        for (int n = 0; n < groups; ++n)
            if (group_at(n).kind == group_kind::movement && target_of(group_at(n)) == v && is_view(group_at(n))) {
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

private:
    // Two products of one matrix that is read once: the second takes, transposed, what the first has made.
    struct pair_of_products {
        int first = -1, second = -1;
    };
    static constexpr bool stores(const schedule_group& group, int v) {
        for (int s = 0; s < group.store_count; ++s)
            if (target_of(group, s) == v) return true;
        return false;
    }
    static constexpr pair_of_products find_pair() {
        if (!possible) return {};
        for (int first = 0; first < groups; ++first) {
            if (group_at(first).kind != group_kind::product || group_at(first).once) continue;
            for (int second = first + 1; second < groups; ++second) {
                const schedule_group &a = group_at(first), &b = group_at(second);
                if (b.kind != group_kind::product) continue;
                const product_plan &p = a.product, &q = b.product;
                if (scratch::is_vector_product(p) && scratch::is_vector_product(q) && p.right == q.right &&
                    p.right_row == 1 && q.right_column == 1 && p.right_column == q.right_row && q.right_row != 1 &&
                    p.n == q.k && p.k == q.n && stores(a, q.left))
                    return {first, second};
            }
        }
        return {};
    }
    static constexpr pair_of_products together = find_pair();
    // Where the sums of the second product wait for its place.
    template <int Columns> struct waiting {
        static constexpr int size = kernels::row_sums_size<T, Columns>;
        alignas(kernels::scratch_alignment) T sums[static_cast<std::size_t>(size)] = {};
    };
    struct nothing_waits {};
    using waiting_sums = std::conditional_t<
        together.second >= 0,
        waiting<static_cast<int>(together.second >= 0 ? group_at(std::max(0, together.second)).product.n : 1)>,
        nothing_waits>;

public:
    // All groups. An executor has address<value>(), and, where there are groups that need them, place,
    // run_group<group>() and indices_of_nodes().
    template <class Executor> static void run_all(Executor& e) { run_all_inline(e); }
    // As a part of the caller, whose local variable the executor may be.
    template <class Executor> [[gnu::always_inline]] static void run_all_inline(Executor& e) {
        waiting_sums w;
        [&]<int... G>(std::integer_sequence<int, G...>) __attribute__((always_inline)) { (run<G>(e, w), ...); }
        (std::make_integer_sequence<int, groups>{});
    }

private:
    template <int G, class Executor, class Waiting>
    [[gnu::always_inline]] static void run(Executor& e, [[maybe_unused]] Waiting& w) {
        constexpr schedule_group group = group_at(G);
        if constexpr (group.once) {
            return; // has run when the program was made
        } else if constexpr (group.kind == group_kind::elementwise) {
            run_elementwise<G>(e);
        } else if constexpr (group.kind == group_kind::movement) {
            if constexpr (is_view(group)) // kernels that know nothing of views find it too
                e.place[static_cast<std::size_t>(target_of(group))] = place<target_of(group)>(e);
            else if constexpr (moves_runs(node_at(group.node)))
                run_movement<G>(e);
            else if constexpr (has_movement_kernel(*node_at(group.node).op))
                e.template run_group<G>();
            else
                run_loop<G>(e);
        } else if constexpr (group.kind == group_kind::column_reduction) {
            run_columns<G>(e);
        } else if constexpr (G == together.first) {
            constexpr product_plan p = group.product;
            kernels::sweep<T, static_cast<int>(p.n), static_cast<int>(p.k)>(
                place<p.left>(e), place<p.right>(e), p.right_column, place<group_at(together.second).product.left>(e),
                w.sums, [&](const kernels::finished_part<T>& part) { finish<G>(e, part); });
        } else if constexpr (G == together.second) {
            kernels::finish_rows<T, static_cast<int>(group.product.n)>(w.sums);
            finish<G>(e, {w.sums, Waiting::size, 0, 1, 0, static_cast<int>(group.product.n)});
        } else if constexpr (group.kind == group_kind::product && scratch::is_small(group.product) &&
                             !scratch::is_vector_product(group.product)) {
            constexpr product_plan p = group.product;
            kernels::multiply_small<T, static_cast<int>(p.m), static_cast<int>(p.n), static_cast<int>(p.k)>(
                {place<p.left>(e), p.left_row, p.left_column}, {place<p.right>(e), p.right_row, p.right_column},
                [&](const kernels::finished_part<T>& part) { finish<G>(e, part); });
        } else {
            e.template run_group<G>();
        }
    }
    template <int Value, class Executor> [[gnu::always_inline]] static T* place(Executor& e) {
        if constexpr (Value < 0)
            return nullptr; // a product's own tile
        else
            return place_of<Value>(e);
    }
    template <int Value, class Executor> [[gnu::always_inline]] static T* place_of(Executor& e) {
        constexpr part p = where_is(Value);
        return e.template address<p.value>() + p.first;
    }
    static constexpr int value_loaded(const schedule_group& group, int load) {
        return schedule.loads[static_cast<std::size_t>(group.first_load + load)].value;
    }
    static constexpr int value_moved(const schedule_group& group, int operand) {
        return schedule.operands[static_cast<std::size_t>(group.first_load + operand)];
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
    // What has no kernel, by its own plain loop, of which the shapes are known here.
    template <int G> using operation_of = typename implementation<node_at(group_at(G).node).op>::type;
    template <int G, class Executor> [[gnu::always_inline]] static void run_loop(Executor& e) {
        constexpr schedule_group group = group_at(G);
        constexpr node of = node_at(group.node);
        [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
            const T* const from[] = {place<value_moved(group, I)>(e)..., nullptr};
            static constexpr value_type types[] = {operand_at(of, I).type..., value_type{}};
            evaluation<T> loop;
            loop.operands = from;
            loop.types = types;
            loop.count = of.operand_count;
            loop.options = of.options;
            loop.type = of.type;
            loop.result = place<target_of(group)>(e);
            loop.indices = Executor::indices_of_nodes();
            operation_of<G>::template reference<T>(loop);
        }
        (std::make_integer_sequence<int, of.operand_count>{});
    }
    template <int G, class Executor> [[gnu::always_inline]] static void run_columns(Executor& e) {
        constexpr node of = node_at(group_at(G).node);
        constexpr shape x = operand_at(of, 0).type.extents;
        constexpr auto axes = ops::reduction_axes::of(of.options);
        constexpr long inner = x.size(axes.last, x.rank);
        reduce_columns<operation_of<G>, static_cast<int>(inner % kernels::width<T>)>(
            place<target_of(group_at(G))>(e), place<group_at(G).operand>(e), x.size(0, axes.first),
            x.size(axes.first, axes.last), inner, {0, 1});
    }
    template <int G, class Executor> [[gnu::always_inline]] static void run_elementwise(Executor& e) {
        with_places<G>(
            e, [](const T* const* from, T* const* to) __attribute__((always_inline)) {
                group_kernel<Compiled, group_at(G).representative, T>::run_all(from, to);
            });
    }
    // What a product's epilogue does.
    template <int G, class Executor> static void finish(Executor& e, const kernels::finished_part<T>& part) {
        with_places<G>(e, [&](const T* const* from, T* const* to) {
            group_kernel<Compiled, group_at(G).representative, T>::run_part(part, from, to, 0);
        });
    }

    template <int G, int Operand, class Executor> [[gnu::always_inline]] static void move(Executor& e) {
        constexpr moved_runs r = runs_of(group_at(G).node, Operand);
        constexpr long written = Operand == 0 ? 0 : end_of<G, Operand - 1>();
        const T* from = place<value_moved(group_at(G), Operand)>(e) + r.from;
        T* to = place<target_of(group_at(G))>(e) + r.to;
        for (long i = 0; i < r.count; ++i) {
            if constexpr (r.to > written) clear(to + i * r.to_step - (r.to - written), r.to - written);
            copy_run(to + i * r.to_step, from + i * r.from_step, r.length);
        }
    }
    // Where in a run of the result an operand ends; with none, where the result begins.
    template <int G, int Operand> static constexpr long end_of() {
        if constexpr (Operand < 0)
            return 0;
        else
            return runs_of(group_at(G).node, Operand).to + runs_of(group_at(G).node, Operand).length;
    }
    static void clear(T* to, long count) { std::memset(to, 0, static_cast<std::size_t>(count) * sizeof(T)); }
    template <int G, class Executor> [[gnu::always_inline]] static void run_movement(Executor& e) {
        constexpr int operands = node_at(group_at(G).node).operand_count;
        [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) { (move<G, I>(e), ...); }
        (std::make_integer_sequence<int, operands>{});
        constexpr moved_runs r = runs_of(group_at(G).node, operands - 1);
        constexpr long written = end_of<G, operands - 1>();
        if constexpr (written < r.to_step)
            for (long i = 0; i < r.count; ++i)
                clear(place<target_of(group_at(G))>(e) + i * r.to_step + written, r.to_step - written);
    }
};

HOURGLASS_END
