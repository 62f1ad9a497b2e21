// Runs a schedule: owns the arena and the threads' scratch memory, and walks the groups, each through the kernel of its
// structure. Knows values by their index in the schedule; program/program.hpp knows their names.
#pragma once

#include <hourglass/compile/compile.hpp>
#include <hourglass/runtime/call_error.hpp>
#include <hourglass/runtime/direct.hpp>
#include <hourglass/runtime/memory.hpp>
#include <hourglass/runtime/recurrence.hpp>
#include <hourglass/threads/crew.hpp>

#include <tuple>

HOURGLASS_BEGIN

// Whether a program never runs on several threads, so that nothing needs to ask how many there are.
template <class Compiled, class T> struct threads_of {
    static constexpr bool inside = requires { requires Compiled::spec::options::template has<arena_inside>; };

    // The work of a program without a batch axis.
    static constexpr double work_alone() {
        if constexpr (Compiled::scans == 0) // a step of a scan has none, nor a name for them
            return Compiled::run_time.work;
        else
            return []<int... K>(std::integer_sequence<int, K...>) {
                return (Compiled::run_time.work + ... + recurrence<typename Compiled::template step<K>, T>::work(1));
            }
        (std::make_integer_sequence<int, Compiled::scans>{});
    }
    static constexpr bool never_others() {
        if constexpr (direct_runs<Compiled, T>::possible) return inside || work_alone() <= crew::work_worth_a_team;
        return inside;
    }
};

template <class Compiled, class T> class executor {
public:
    using compiled_graph = Compiled;
    using element_type = T;
    static constexpr bool inside = threads_of<Compiled, T>::inside,
                          runs_alone = threads_of<Compiled, T>::never_others();
    static constexpr const auto& schedule = Compiled::run_time;
    static constexpr int values = Compiled::sizes.values, groups = Compiled::sizes.groups;
    static constexpr long max_rows = Compiled::spec::rows;

    explicit executor(thread_limit limit) : executor(limit, inside_another_executor{}) { crew_.prepare(); }
    executor(thread_limit limit, inside_another_executor)
        : crew_(limit), memory_(scratch::with_arena(crew_.most())),
          scans_(make_scans(crew_.most(), std::make_integer_sequence<int, Compiled::scans>{})) {
        if (inside && limit.most > 1)
            throw call_error{"hg::threads is ", limit.most, ", but a program with hg::arena_inside runs on 1 thread"};
        for (int v = 0; v < values; ++v)
            if (at(v).offset >= 0) place[v] = memory_.get() + at(v).offset;
        write_literals();
        run_once();
    }

    // Where each value lies: places in the arena are set here, the others by the caller before run().
    table<T*, values> place;
    template <int Value> T* address() const {
        if constexpr (at(Value).offset >= 0)
            return memory_.get() + at(Value).offset;
        else
            return place[Value];
    }
    // Whether an address lies in the arena, which holds the results of the latest call and will hold those of the next.
    bool owns(const T* p) const {
        constexpr auto bytes = static_cast<std::uintptr_t>(schedule.arena) * sizeof(T);
        return reinterpret_cast<std::uintptr_t>(p) - reinterpret_cast<std::uintptr_t>(memory_.get()) < bytes;
    }
    // Run-time scalars by node. run() fills in literals and what is computed from them.
    table<double, Compiled::final_graph::sizes.nodes> number;
    kernels::noise_stream noise{};
    std::uint64_t first_example = 0;

    // Scratch memory of the products: packed operands, shared ones and those of each thread.
    using scratch = scratch_plan<Compiled, T>;
    T* shared_operand(int turn) { return memory_.get() + schedule.arena + (turn & 1) * scratch::shared; }
    T* own_panel(int thread) {
        return memory_.get() + schedule.arena + 2 * scratch::shared + 2 * scratch::sums + thread * scratch::of_thread;
    }
    T* sums_of_rows(int turn) { return memory_.get() + schedule.arena + 2 * scratch::shared + turn * scratch::sums; }
    T* own_left(int thread) { return own_panel(thread) + scratch::panel; }

    // Sets scalars that no call has bound.
    void set_defaults() {
        static constexpr auto scalars = find_scalars();
        for (const given_number& given : scalars) number[given.node] = given.number;
    }

    template <bool Flush> void run(long rows) {
        compute_numbers(rows);
        if constexpr (direct::possible) {
            if (crew_.most() == 1) {
                [[maybe_unused]] const denormals<Flush> while_running;
                return direct::run_all(*this);
            }
        }
        if constexpr (!direct::possible || !runs_alone) {
            double work = schedule.work + schedule.work_per_row * static_cast<double>(rows);
            std::apply([&](const auto&... scan) { ((work += scan.work(rows)), ...); }, scans_);
            static constexpr double parts = count_parts();
            crew_.run(work / parts, [&](worker w) { run_groups<Flush>(rows, w); });
        }
    }

    // A thread's part of a run by all threads. The count of products is the thread's own and continues from one walk of
    // a run to the next.
    void walk(long rows, worker w, int& products) {
        static constexpr auto functions = make_functions(std::make_integer_sequence<int, groups>{});
        for (int g = 0; g < groups; ++g) {
            if (group_at(g).once) continue;
            if (group_at(g).wait_before) wait_for_all(w);
            functions[g](*this, group_at(g), rows, w, products);
        }
    }

    // The same on a single thread, if there is no batch axis.
    void walk_alone() { direct::run_all(*this); }

    // Runs group G on a single thread: every product packs into the same place, where the next may find it.
    template <int G> void run_group() {
        int products = group_at(G).product.left_is_packed ? 1 : 0;
        function_of<group_at(G).representative>()(*this, group_at(G), 1, {0, 1}, products);
    }
    template <int K> auto& scan() { return std::get<K>(scans_); }

private:
    // A program that always runs on one thread keeps no crew: small programs are made in loops.
    std::conditional_t<runs_alone, loner, crew> crew_;
    program_memory<T, inside ? static_cast<std::size_t>(scratch_plan<Compiled, T>::with_arena(1)) : 0> memory_;

    using direct = direct_runs<Compiled, T>;
    struct left_as_they_are {};
    template <bool Flush> using denormals = std::conditional_t<Flush, kernels::flush_denormals, left_as_they_are>;
    static constexpr auto find_once() {
        short_list<int, groups> once;
        for (int g = 0; g < groups; ++g)
            if (group_at(g).once) once.push(g);
        return once;
    }
    void run_once() {
        static constexpr auto once = find_once();
        if constexpr (once.size() > 0) {
            compute_numbers(1);
            [&]<int... I>(std::integer_sequence<int, I...>) {
                [[maybe_unused]] const int done[] = {(run_group<once[I]>(), 0)...};
            }
            (std::make_integer_sequence<int, once.size()>{});
        }
    }

    template <int... K> static auto make_scans([[maybe_unused]] int threads, std::integer_sequence<int, K...>) {
        return std::tuple<recurrence<typename Compiled::template step<K>, T>...>{
            recurrence<typename Compiled::template step<K>, T>(threads)...};
    }
    decltype(make_scans(0, std::make_integer_sequence<int, Compiled::scans>{})) scans_;

    // The parts of a run that are separated by barriers.
    static constexpr int count_parts() {
        int parts = 1;
        for (int g = 0; g < groups; ++g) parts += !group_at(g).once && group_at(g).wait_before;
        return parts;
    }
    static constexpr const stored_value& at(int v) { return schedule.values[v]; }
    static constexpr const schedule_group& group_at(int g) { return schedule.groups[g]; }

    // Scalars of the call, in double: learning rates, corrections of moments, 1 / rows. Those computed only from
    // literals are the same in every call.
    static constexpr const node& number_at(int i) { return Compiled::final_graph::value.nodes[schedule.numbers[i]]; }
    template <int I> void compute_number(long rows) {
        constexpr int n = schedule.numbers[I];
        double& to = number[n];
        if constexpr (is<ops::rows>(number_at(I)))
            to = static_cast<double>(rows);
        else if constexpr (number_at(I).op->kind != operation_kind::leaf &&
                           number_at(I).op->kind != operation_kind::literal) {
            using Op = typename implementation<number_at(I).op->id>::type;
            to = [&]<int... O>(std::integer_sequence<int, O...>) {
                return Op::template forward<double>(number[operand_of<n, O>]...);
            }
            (std::make_integer_sequence<int, number_at(I).operand_count>{});
        }
    }
    template <int Node, int Operand>
    static constexpr int operand_of = Compiled::final_graph::view().operand(Node, Operand);
    static constexpr bool is_literal_value(int v) {
        return Compiled::final_graph::value.nodes[at(v).node].op->kind == operation_kind::literal;
    }
    // A number for a scalar of the call or a value in memory.
    struct given_number {
        int node = -1, value = -1;
        double number = 0;
    };
    // Numbers that never change, written when the program is made.
    static constexpr auto find_literals() {
        short_list<given_number, Compiled::sizes.numbers + Compiled::sizes.uniforms> literals;
        for (int i = 0; i < Compiled::sizes.numbers; ++i)
            if (number_at(i).op->kind == operation_kind::literal)
                literals.push({schedule.numbers[i], -1, number_at(i).options.number});
        for (int i = 0; i < Compiled::sizes.uniforms; ++i)
            if (const int v = schedule.uniforms[i]; is_literal_value(v))
                literals.push({-1, v, Compiled::final_graph::view()[at(v).node].options.number});
        return literals;
    }
    // Scalars that a call may override.
    static constexpr auto find_scalars() {
        short_list<given_number, Compiled::sizes.numbers> scalars;
        for (int i = 0; i < Compiled::sizes.numbers; ++i)
            if (is<ops::scalar>(number_at(i))) scalars.push({schedule.numbers[i], -1, number_at(i).options.number});
        return scalars;
    }
    template <int I> void write_uniform() {
        constexpr int v = schedule.uniforms[I];
        if constexpr (!is_literal_value(v)) *place[v] = static_cast<T>(number[at(v).node]);
    }

public:
    // In lists, since Clang allows at most 256 operands in a fold expression.
    void compute_numbers(long rows) {
        [&]<int... I>(std::integer_sequence<int, I...>) {
            [[maybe_unused]] const int done[] = {0, (compute_number<I>(rows), 0)...};
        }
        (std::make_integer_sequence<int, Compiled::sizes.numbers>{});
        [&]<int... I>(std::integer_sequence<int, I...>) {
            [[maybe_unused]] const int done[] = {0, (write_uniform<I>(), 0)...};
        }
        (std::make_integer_sequence<int, Compiled::sizes.uniforms>{});
    }

private:
    void write_literals() {
        static constexpr auto literals = find_literals();
        for (const given_number& given : literals) {
            if (given.node >= 0) number[given.node] = given.number;
            if (given.value >= 0) *place[given.value] = static_cast<T>(given.number);
        }
    }

    template <int... G> static constexpr auto make_functions(std::integer_sequence<int, G...>) {
        const group_function<executor> all[] = {function_of<group_at(G).representative>()..., nullptr};
        return table<group_function<executor>, static_cast<int>(sizeof...(G))>({all, static_cast<int>(sizeof...(G))});
    }
    template <int G> static constexpr group_function<executor> function_of() {
        return group_runner<group_at(G).kind>::template function<G, executor>();
    }

    template <bool Flush> void run_groups(long rows, worker w) {
        int products = 0;
        [[maybe_unused]] const denormals<Flush> while_running;
        walk(rows, w, products);
    }
};

HOURGLASS_END
