// Runs a schedule: owns the arena and the threads' scratch memory, and walks the groups, each through the kernel of its
// structure. Knows values by their place in the schedule; what they are called is program/program.hpp's business.
#pragma once

#include <hourglass/graph/compile.hpp>
#include <hourglass/kernels/few_rows.hpp>
#include <hourglass/program/direct.hpp>
#include <hourglass/program/memory.hpp>
#include <hourglass/program/parameters.hpp>
#include <hourglass/program/recurrence.hpp>

#include <tuple>

#if defined(_OPENMP)
    #include <omp.h>
#endif

HOURGLASS_BEGIN

inline int default_threads() {
#if defined(_OPENMP)
    return omp_get_max_threads();
#else
    return 1;
#endif
}
// All threads of the step meet here; alone, nothing happens.
inline void wait_for_all([[maybe_unused]] worker w) {
#if defined(_OPENMP)
    if (w.threads > 1) {
    #pragma omp barrier
    }
#endif
}

template <class Compiled, class T> class executor {
public:
    static constexpr bool inside = requires { requires Compiled::spec::options::template has<arena_inside>; };
    static constexpr const auto& schedule = Compiled::schedule;
    static constexpr int values = Compiled::sizes.values, groups = Compiled::sizes.groups;
    static constexpr long max_rows = Compiled::spec::rows;

    explicit executor(int thread_count) : executor(thread_count, inside_another_executor{}) {
#if defined(_OPENMP)
        // The team is made now, so that no step has to. (GCC drops a parallel region with nothing in it.)
        if (threads_ > 1) {
    #pragma omp parallel num_threads(threads_)
            {
    #pragma omp barrier
            }
        }
#endif
    }
    executor(int thread_count, inside_another_executor)
        : threads_(thread_count), memory_(scratch::with_arena(thread_count)),
          scans_(make_scans(thread_count, std::make_integer_sequence<int, Compiled::scans>{})) {
        if (inside && threads_ > 1)
            throw call_error("hg::threads is " + std::to_string(threads_) +
                             ", but a program with hg::arena_inside runs on 1 thread");
        for (int v = 0; v < values; ++v)
            if (at(v).offset >= 0) place[static_cast<std::size_t>(v)] = memory_.get() + at(v).offset;
        write_literals();
    }

    // Where each value lies: the arena's are set here, the others by whoever binds them, before run().
    std::array<T*, static_cast<std::size_t>(values) + 1> place{};
    template <int Value> T* address() const {
        if constexpr (at(Value).offset >= 0)
            return memory_.get() + at(Value).offset;
        else
            return place[static_cast<std::size_t>(Value)];
    }
    // Run-time scalars by node; the literals and what is computed from them are filled in by run().
    std::array<double, static_cast<std::size_t>(Compiled::final_graph::sizes.nodes) + 1> number{};
    kernels::noise_stream noise{};
    std::uint64_t first_example = 0;

    // Scalars that no call has bound.
    void set_defaults() {
        [&]<int... I>(std::integer_sequence<int, I...>) { (set_default<I>(), ...); }
        (std::make_integer_sequence<int, Compiled::sizes.numbers>{});
    }

    void run(long rows, bool flush) {
        compute_numbers(rows);
        if constexpr (direct::possible) {
            constexpr bool always = inside || work_alone() <= work_worth_a_team;
            if (always || threads_ == 1) {
                if (!flush) return direct::run_all(*this);
                const kernels::flush_denormals while_running;
                return direct::run_all(*this);
            }
            if constexpr (always) return;
        }
        double work = schedule.work + schedule.work_per_row * static_cast<double>(rows);
        std::apply([&](const auto&... scan) { ((work += scan.work(rows)), ...); }, scans_);
#if defined(_OPENMP)
        if (threads_ > 1 && work > work_worth_a_team) {
    #pragma omp parallel num_threads(threads_)
            { run_groups(rows, {omp_get_thread_num(), omp_get_num_threads()}, flush); }
            return;
        }
#else
        static_cast<void>(work);
#endif
        run_groups(rows, {0, 1}, flush);
    }

    // A thread's part of a run, all threads together; what products count is the thread's own, and goes on from one
    // walk of a run to the next.
    void walk(long rows, worker w, int& products) {
        static constexpr auto runners = make_runners(std::make_integer_sequence<int, groups>{});
        for (int g = 0; g < groups; ++g) {
            if (group_at(g).wait_before) wait_for_all(w);
            runners[static_cast<std::size_t>(g)](*this, group_at(g), rows, w, products);
        }
    }

private:
    int threads_;
    program_memory<T, inside ? static_cast<std::size_t>(scratch_plan<Compiled, T>::with_arena(1)) : 0> memory_;

    using direct = direct_runs<Compiled, T>;
    friend direct;
    // Group G alone, without other threads.
    template <int G> void run_group() {
        int products = 0;
        runner_of<group_at(G).representative>()(*this, group_at(G), 1, {0, 1}, products);
    }

    template <int... K> static auto make_scans([[maybe_unused]] int threads, std::integer_sequence<int, K...>) {
        return std::tuple<recurrence<typename Compiled::template step<K>, T>...>{
            recurrence<typename Compiled::template step<K>, T>(threads)...};
    }
    decltype(make_scans(0, std::make_integer_sequence<int, Compiled::scans>{})) scans_;

    // Of a program without a batch axis.
    static constexpr double work_alone() {
        return []<int... K>(std::integer_sequence<int, K...>) {
            return (schedule.work + ... + recurrence<typename Compiled::template step<K>, T>::work(1));
        }
        (std::make_integer_sequence<int, Compiled::scans>{});
    }
    // Below this, waking other threads costs more than they save.
    static constexpr double work_worth_a_team = 4e5;

    static constexpr const stored_value& at(int v) { return schedule.values[static_cast<std::size_t>(v)]; }
    static constexpr const schedule_group& group_at(int g) { return schedule.groups[static_cast<std::size_t>(g)]; }

    using scratch = scratch_plan<Compiled, T>;
    T* shared_operand(int turn) { return memory_.get() + schedule.arena + (turn & 1) * scratch::shared; }
    T* own_panel(int thread) {
        return memory_.get() + schedule.arena + 2 * scratch::shared + thread * scratch::of_thread;
    }
    T* own_left(int thread) { return own_panel(thread) + scratch::panel; }

    // Numbers of the call, in double: learning rates, corrections of moments, 1 / rows. What is made of literals alone
    // is the same in every call.
    static constexpr const node& number_at(int i) {
        return Compiled::final_graph::value
            .nodes[static_cast<std::size_t>(schedule.numbers[static_cast<std::size_t>(i)])];
    }
    template <int I> void set_default() {
        if constexpr (is<ops::scalar>(number_at(I)))
            number[static_cast<std::size_t>(schedule.numbers[static_cast<std::size_t>(I)])] =
                number_at(I).options.number;
    }
    template <int I> void compute_number(long rows) {
        constexpr int n = schedule.numbers[static_cast<std::size_t>(I)];
        constexpr node at_node = number_at(I);
        double& to = number[static_cast<std::size_t>(n)];
        if constexpr (is<ops::rows>(at_node))
            to = static_cast<double>(rows);
        else if constexpr (at_node.op->kind != operation_kind::leaf && at_node.op->kind != operation_kind::literal) {
            using Op = typename implementation<at_node.op>::type;
            to = [&]<int... O>(std::integer_sequence<int, O...>) {
                return Op::template forward<double>(number[static_cast<std::size_t>(
                    Compiled::final_graph::value.operands[static_cast<std::size_t>(at_node.first_operand + O)])]...);
            }
            (std::make_integer_sequence<int, at_node.operand_count>{});
        }
    }
    static constexpr bool is_literal_value(int v) {
        return Compiled::final_graph::value.nodes[static_cast<std::size_t>(at(v).node)].op->kind ==
               operation_kind::literal;
    }
    template <int I> void write_uniform() {
        constexpr int v = schedule.uniforms[static_cast<std::size_t>(I)];
        if constexpr (!is_literal_value(v))
            *place[static_cast<std::size_t>(v)] = static_cast<T>(number[static_cast<std::size_t>(at(v).node)]);
    }

public:
    void compute_numbers(long rows) {
        [&]<int... I>(std::integer_sequence<int, I...>) { (compute_number<I>(rows), ...); }
        (std::make_integer_sequence<int, Compiled::sizes.numbers>{});
        [&]<int... I>(std::integer_sequence<int, I...>) { (write_uniform<I>(), ...); }
        (std::make_integer_sequence<int, Compiled::sizes.uniforms>{});
    }

private:
    void write_literals() {
        for (int i = 0; i < Compiled::sizes.numbers; ++i)
            if (number_at(i).op->kind == operation_kind::literal)
                number[static_cast<std::size_t>(schedule.numbers[static_cast<std::size_t>(i)])] =
                    number_at(i).options.number;
        for (int i = 0; i < Compiled::sizes.uniforms; ++i) {
            const int v = schedule.uniforms[static_cast<std::size_t>(i)];
            if (is_literal_value(v))
                *place[static_cast<std::size_t>(v)] = static_cast<T>(number[static_cast<std::size_t>(at(v).node)]);
        }
    }

    using runner = void (*)(executor&, const schedule_group&, long, worker, int&);
    template <int... G> static constexpr auto make_runners(std::integer_sequence<int, G...>) {
        return std::array<runner, sizeof...(G) + 1>{runner_of<group_at(G).representative>()..., nullptr};
    }
    template <int G> static constexpr runner runner_of() {
        constexpr group_kind kind = group_at(G).kind;
        if constexpr (kind == group_kind::elementwise)
            return &run_elementwise<G>;
        else if constexpr (kind == group_kind::product)
            return &run_product<G>;
        else if constexpr (kind == group_kind::noise)
            return &run_noise;
        else if constexpr (kind == group_kind::scan)
            return &run_scan<
                Compiled::final_graph::value.nodes[static_cast<std::size_t>(group_at(G).node)].options.flags[0]>;
        else {
            constexpr const operation* op =
                Compiled::final_graph::value.nodes[static_cast<std::size_t>(group_at(G).node)].op;
            using Op = typename implementation<op>::type;
            if constexpr (kind == group_kind::column_reduction)
                return &run_columns<Op>;
            else if constexpr (has_movement_kernel<Op>)
                return &run_movement<void>;
            else
                return &run_movement<Op>;
        }
    }

    void run_groups(long rows, worker w, bool flush) {
        int products = 0;
        if (flush) {
            const kernels::flush_denormals while_running;
            walk(rows, w, products);
        } else {
            walk(rows, w, products);
        }
    }

    // The addresses of a group's loads and stores.
    template <int Loads, int Stores> struct addresses {
        const T* from[Loads + 1];
        T* to[Stores + 1];
        addresses(const executor& e, const schedule_group& g) {
            for (int i = 0; i < Loads; ++i) {
                const int v = schedule.loads[static_cast<std::size_t>(g.first_load + i)].value;
                from[i] = v < 0 ? nullptr : e.place[static_cast<std::size_t>(v)];
            }
            for (int i = 0; i < Stores; ++i)
                to[i] = e.place[static_cast<std::size_t>(
                    schedule.stores[static_cast<std::size_t>(g.first_store + i)].value)];
        }
    };

    template <int G> static void run_elementwise(executor& e, const schedule_group& g, long rows, worker w, int&) {
        const addresses<group_at(G).load_count, group_at(G).store_count> a(e, g);
        group_kernel<Compiled, G, T>::run(a.from, a.to, rows, w);
    }

    template <int G> static void run_product(executor& e, const schedule_group& g, long rows, worker w, int& products) {
        constexpr product_plan shape_of = group_at(G).product;
        const addresses<group_at(G).load_count, group_at(G).store_count> a(e, g);
        const T* left = e.place[static_cast<std::size_t>(g.product.left)];
        const T* right = e.place[static_cast<std::size_t>(g.product.right)];
        const int m = static_cast<int>(shape_of.m * (shape_of.rows_in_m ? rows : 1));
        const int k = static_cast<int>(shape_of.k * (shape_of.rows_in_k ? rows : 1));
        constexpr int n = static_cast<int>(shape_of.n);
        T* const panel = e.own_panel(w.thread);
        const kernels::matrix_operand<T> a_left{left, shape_of.left_row, shape_of.left_column};
        const kernels::matrix_operand<T> b_right{right, shape_of.right_row, shape_of.right_column};
        if constexpr (!shape_of.per_row) {
            const auto epilogue = [&](const kernels::finished_part<T>& part) {
                group_kernel<Compiled, G, T>::run_part(part, a.from, a.to, 0);
            };
            if constexpr (scratch::is_vector_product(shape_of) && shape_of.right_row == 1) {
                kernels::vector_times_columns<T, n, static_cast<int>(shape_of.k)>(left, right, shape_of.right_column,
                                                                                  w.thread, w.threads, epilogue);
                return;
            } else if constexpr (scratch::is_vector_product(shape_of)) {
                if (w.thread == 0)
                    kernels::vector_times_rows<T, n, static_cast<int>(shape_of.k)>(left, right, shape_of.right_row,
                                                                                   epilogue);
                return;
            } else if constexpr (scratch::is_small(shape_of)) {
                if (w.thread == 0)
                    kernels::multiply_small<T, static_cast<int>(shape_of.m), n, static_cast<int>(shape_of.k)>(
                        a_left, b_right, epilogue);
                return;
            }
            if (kernels::prefers_few_rows<T>(m, n, k)) {
                kernels::multiply_few_rows(a_left, b_right, m, n, k, panel, w.thread, w.threads, epilogue);
                return;
            }
            if constexpr (scratch::goes_by_rows(shape_of)) {
                T* const packed = e.shared_operand(++products);
                constexpr int columns = kernels::blocking<T>::columns;
                const share panels((n + columns - 1) / columns, w);
                for (long p = panels.first; p < panels.last; ++p)
                    kernels::pack_right_panel(packed + p * columns * k, b_right, k, n, static_cast<int>(p));
                wait_for_all(w);
                kernels::multiply_by_rows(a_left, packed, m, n, k, panel, w.thread, w.threads, epilogue);
            } else {
                if (!g.product.left_is_packed) {
                    T* const packed = e.shared_operand(++products);
                    constexpr int block_rows = kernels::blocking<T>::rows;
                    const share blocks((m + block_rows - 1) / block_rows, w);
                    for (long b = blocks.first; b < blocks.last; ++b)
                        kernels::pack_left_block(packed + b * block_rows * k, a_left, m, k, static_cast<int>(b));
                    wait_for_all(w);
                }
                const T* const packed = e.shared_operand(products);
                kernels::multiply_packed(packed, b_right, m, n, k, panel, w.thread, w.threads, epilogue);
            }
        } else if constexpr (!shape_of.summed) {
            // Each row of the call is a product of its own, done by one thread.
            const share mine(rows, w);
            for (long r = mine.first; r < mine.last; ++r) {
                const kernels::matrix_operand<T> a_row{left + r * shape_of.left_batch, shape_of.left_row,
                                                       shape_of.left_column};
                const kernels::matrix_operand<T> b_row{right + r * shape_of.right_batch, shape_of.right_row,
                                                       shape_of.right_column};
                kernels::pack_left(e.own_left(w.thread), a_row, m, k);
                kernels::multiply_packed(e.own_left(w.thread), b_row, m, n, k, panel, 0, 1,
                                         [&](const kernels::finished_part<T>& part) {
                                             group_kernel<Compiled, G, T>::run_part(part, a.from, a.to, r * shape_of.m);
                                         });
            }
        } else {
            // The rows' products are added up, each thread its own tiles, in the order of the rows.
            for (long r = 0; r < rows; ++r) {
                const kernels::matrix_operand<T> a_row{left + r * shape_of.left_batch, shape_of.left_row,
                                                       shape_of.left_column};
                const kernels::matrix_operand<T> b_row{right + r * shape_of.right_batch, shape_of.right_row,
                                                       shape_of.right_column};
                kernels::pack_left(e.own_left(w.thread), a_row, m, k);
                kernels::multiply_packed(
                    e.own_left(w.thread), b_row, m, n, k, panel, w.thread, w.threads,
                    [&](const kernels::finished_part<T>& part) { add_part(a.to[0], r == 0, part, n); });
            }
        }
    }
    static void add_part(T* out, bool first, const kernels::finished_part<T>& part, int n) {
        constexpr int width = kernels::width<T>;
        for (int i = 0; i < part.rows; ++i) {
            T* const to = out + static_cast<std::ptrdiff_t>(part.first_row + i) * n + part.first_column;
            const T* const from = part.data + i * part.stride;
            for (int j = 0; j < part.columns; j += width) {
                const int count = std::min(width, part.columns - j);
                kernels::vector<T> value = kernels::load_vector(from + j);
                if (count == width) {
                    if (!first) value = kernels::load_vector(to + j) + value;
                    kernels::store_vector(to + j, value);
                } else {
                    if (!first) value = kernels::load_partial(to + j, count) + value;
                    kernels::store_partial(to + j, value, count);
                }
            }
        }
    }

    template <class Op> static void run_columns(executor& e, const schedule_group& g, long rows, worker w, int&) {
        const node& n = Compiled::final_graph::value.nodes[static_cast<std::size_t>(g.node)];
        // The operand may be reshaped: its own shape says what the axes are.
        const node& of = Compiled::final_graph::value.nodes[static_cast<std::size_t>(
            Compiled::final_graph::value.operands[static_cast<std::size_t>(n.first_operand)])];
        const shape& extents = of.type.extents;
        long outer = 1, reduced = rows, inner = extents.size();
        if (n.options.flags[2] == 0) {
            outer = extents.size(0, n.options.flags[0]) * (of.type.batched ? rows : 1);
            reduced = extents.size(n.options.flags[0], n.options.flags[1]);
            inner = extents.size(n.options.flags[1], extents.rank);
        }
        reduce_columns<Op>(
            e.place[static_cast<std::size_t>(schedule.stores[static_cast<std::size_t>(g.first_store)].value)],
            e.place[static_cast<std::size_t>(g.operand)], outer, reduced, inner, w);
    }
    static void run_noise(executor& e, const schedule_group& g, long rows, worker w, int&) {
        make_noise(Compiled::final_graph::value.nodes[static_cast<std::size_t>(g.node)],
                   e.place[static_cast<std::size_t>(schedule.stores[static_cast<std::size_t>(g.first_store)].value)],
                   e.noise, e.first_example, rows, w);
    }
    template <int K> static void run_scan(executor& e, const schedule_group& g, long rows, worker w, int&) {
        using scan = typename Compiled::template step<K>;
        const T* from[scan::plan.outer + scan::plan.states + scan::plan.sequences + 1];
        T* to[scan::results + 1];
        for (int i = 0; i < g.load_count; ++i)
            from[i] = e.place[static_cast<std::size_t>(schedule.operands[static_cast<std::size_t>(g.first_load + i)])];
        for (int i = 0; i < g.store_count; ++i)
            to[i] =
                e.place[static_cast<std::size_t>(schedule.stores[static_cast<std::size_t>(g.first_store + i)].value)];
        std::get<K>(e.scans_).run(from, to, rows, w);
    }
    // By the movements' kernel, or by the loop of the operation that is given.
    template <class Op> static void run_movement(executor& e, const schedule_group& g, long rows, worker w, int&) {
        constexpr int most = find_most_operands();
        const T* from[most + 1];
        value_type types[most + 1];
        const node& n = Compiled::final_graph::value.nodes[static_cast<std::size_t>(g.node)];
        for (int i = 0; i < g.load_count; ++i) {
            from[i] = e.place[static_cast<std::size_t>(schedule.operands[static_cast<std::size_t>(g.first_load + i)])];
            types[i] = Compiled::final_graph::value
                           .nodes[static_cast<std::size_t>(
                               Compiled::final_graph::value.operands[static_cast<std::size_t>(n.first_operand + i)])]
                           .type;
        }
        T* const to = e.place[static_cast<std::size_t>(schedule.stores[static_cast<std::size_t>(g.first_store)].value)];
        if constexpr (std::is_void_v<Op>)
            move_elements(n, types, from, g.load_count, to, n.type.batched ? rows : 1, w);
        else
            run_reference<Op>(n, types, from, g.load_count, to, rows, w);
    }
    static constexpr int find_most_operands() {
        int most = 0;
        for (int g = 0; g < groups; ++g)
            if (group_at(g).kind == group_kind::movement) most = std::max(most, group_at(g).load_count);
        return most;
    }
};

HOURGLASS_END
