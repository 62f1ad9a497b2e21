// Runs a scan: the schedule of one step (graph/split.hpp), over and over, by the threads that run the program. It has
// an arena of its own for what one step computes, and a place for each state and for the slices of sequences that
// differ between rows; what does not is read where it lies.
#pragma once

#include <memory>
#include <vector>

#include <hourglass/graph/compile.hpp>
#include <hourglass/program/movement.hpp>
#include <hourglass/program/parameters.hpp>

HOURGLASS_BEGIN

template <class Compiled, class T> class executor;
struct inside_another_executor {}; // which has started the threads

template <class Step, class T> class recurrence {
    static constexpr auto plan = Step::plan;
    static constexpr const auto& schedule = Step::schedule;
    static constexpr const auto& graph = Step::final_graph::value;
    static constexpr long rows_at_most = Step::spec::rows;

    // A leaf of the step's graph, and the value that it is in the schedule.
    struct leaf {
        int value = -1;
        value_type type{};
    };
    static constexpr leaf find(step_leaf what, int which) {
        for (int v = 0; v < Step::sizes.values; ++v) {
            const stored_value& value = schedule.values[static_cast<std::size_t>(v)];
            const node& at = graph.nodes[static_cast<std::size_t>(value.node)];
            if (value.storage == storage_kind::fed && at.options.flags[0] == static_cast<int>(what) &&
                at.options.flags[1] == which)
                return {v, value.type};
        }
        return {}; // nothing reads it from memory
    }
    static constexpr value_type root_type(int root) {
        return graph.nodes[static_cast<std::size_t>(graph.roots[static_cast<std::size_t>(root)].node)].type;
    }
    static constexpr int root_value(int root) { return schedule.results[static_cast<std::size_t>(root)].value; }
    static constexpr long size_of(const value_type& t) {
        return (t.extents.size() * (t.batched ? rows_at_most : 1) + 15) / 16 * 16;
    }
    // The places of states, one behind another, then of slices.
    static constexpr long state_place(int s) {
        long at = 0;
        for (int i = 0; i < s; ++i) at += size_of(root_type(i));
        return at;
    }
    static constexpr long slice_place(int q) {
        long at = state_place(plan.states);
        for (int i = 0; i < q; ++i)
            if (const value_type t = find(step_leaf::slice, i).type; t.batched) at += size_of(t);
        return at;
    }

    // What runs steps: the threads together, or each thread by itself.
    struct lane {
        executor<Step, T> step;
        aligned_memory<T> memory;

        explicit lane(int threads)
            : step(threads, inside_another_executor{}),
              memory(allocate_aligned<T>(static_cast<std::size_t>(slice_place(plan.sequences)) + 16)) {
            each<plan.states>([&]<int S>() {
                constexpr leaf state_ = find(step_leaf::state, S);
                if constexpr (state_.value >= 0) place(state_.value) = state<S>();
            });
            each<plan.sequences>([&]<int Q>() {
                constexpr leaf slice_ = find(step_leaf::slice, Q);
                if constexpr (slice_.value >= 0 && slice_.type.batched) place(slice_.value) = slice<Q>();
            });
        }
        T*& place(int v) { return step.place[static_cast<std::size_t>(v)]; }
        template <int S> T* state() { return memory.get() + state_place(S); }
        template <int Q> T* slice() { return memory.get() + slice_place(Q); }
        template <int Root> const T* root() { return place(root_value(Root)); }
    };
    std::vector<std::unique_ptr<lane>> lanes_;

public:
    // How many operations a call takes.
    static constexpr double work(long rows) {
        return plan.steps * (schedule.work + schedule.work_per_row * static_cast<double>(rows));
    }

    explicit recurrence(int threads) {
        for (int i = 0; i < (Step::by_blocks ? threads : 1); ++i)
            lanes_.push_back(std::make_unique<lane>(Step::by_blocks ? 1 : threads));
    }

    // By all threads together. `from` are the operands of the scan, `to` its results.
    void run(const T* const* from, T* const* to, long rows, worker w) {
        if constexpr (!Step::by_blocks) {
            run_rows(*lanes_[0], from, to, 0, rows, w);
        } else {
            const long blocks = (rows + rows_at_most - 1) / rows_at_most;
            const share mine(is_batched() ? blocks : 1, w);
            for (long b = mine.first; b < mine.last; ++b)
                run_rows(*lanes_[static_cast<std::size_t>(w.thread)], from, to, b * rows_at_most,
                         is_batched() ? std::min(rows_at_most, rows - b * rows_at_most) : rows, {0, 1});
        }
    }

private:
    static constexpr bool is_batched() {
        for (int n = 0; n < Step::final_graph::sizes.nodes; ++n)
            if (graph.nodes[static_cast<std::size_t>(n)].type.batched) return true;
        return false;
    }
    void run_rows(lane& l, const T* const* from, T* const* to, long first, long rows, worker w) {
        if (w.thread == 0) {
            each<plan.outer>([&]<int I>() {
                constexpr leaf outer = find(step_leaf::outer, I);
                if constexpr (outer.value >= 0)
                    l.place(outer.value) = const_cast<T*>(from_row<outer.type>(from[I], first));
            });
            l.step.compute_numbers(rows);
        }
        const T* const* const initial = from + plan.outer;
        const T* const* const sequence = initial + plan.states;
        each<plan.states>([&]<int S>() {
            copy<root_type(S)>(l.template state<S>(), 0, 1, from_row<root_type(S)>(initial[S], first), 0, 1, rows, w);
        });
        int products = 0;
        for (int i = 0; i < plan.steps; ++i) {
            const int at = plan.backwards ? plan.steps - 1 - i : i;
            each<plan.sequences>([&]<int Q>() {
                constexpr leaf slice = find(step_leaf::slice, Q);
                if constexpr (slice.value >= 0 && slice.type.batched)
                    copy<slice.type>(l.template slice<Q>(), 0, 1, from_row<slice.type>(sequence[Q], first * plan.steps),
                                     at, plan.steps, rows, w);
                else if constexpr (slice.value >= 0)
                    if (w.thread == 0)
                        l.place(slice.value) = const_cast<T*>(sequence[Q]) + at * slice.type.extents.size();
            });
            wait_for_all(w);
            l.step.walk(rows, w, products);
            wait_for_all(w);
            each<Step::results>([&]<int R>() {
                constexpr scan_result_plan result = plan.results[static_cast<std::size_t>(R)];
                if constexpr (result.stacked) keep<result.root>(l, to[R], at, plan.steps, first, rows, w);
            });
            each<plan.states>(
                [&]<int S>() { copy<root_type(S)>(l.template state<S>(), 0, 1, l.template root<S>(), 0, 1, rows, w); });
        }
        each<Step::results>([&]<int R>() {
            constexpr scan_result_plan result = plan.results[static_cast<std::size_t>(R)];
            if constexpr (!result.stacked) keep<result.root>(l, to[R], 0, 1, first, rows, w);
        });
    }
    // What is the same for all rows is kept by the first block.
    template <int Root> static void keep(lane& l, T* to, int step, int steps, long first, long rows, worker w) {
        constexpr value_type type = root_type(Root);
        if (type.batched || first == 0)
            copy<type>(const_cast<T*>(from_row<type>(to, first * steps)), step, steps, l.template root<Root>(), 0, 1,
                       rows, w);
    }
    template <value_type Type> static const T* from_row(const T* x, long row) {
        return Type.batched ? x + row * Type.extents.size() : x;
    }
    template <int Count> static void each(auto&& f) {
        [&]<int... I>(std::integer_sequence<int, I...>) { (f.template operator()<I>(), ...); }
        (std::make_integer_sequence<int, Count>{});
    }

    // A value of one step, out of the place of that step in all of them into another; each thread its rows.
    template <value_type Type> static void copy(T* to, int step_to, int steps_to, const T* from, int step_from,
                                                int steps_from, long rows, worker w) {
        constexpr long length = Type.extents.size();
        if constexpr (Type.batched) {
            copy_runs(runs<T>{to + step_to * length, steps_to * length, rows},
                      runs<const T>{from + step_from * length, steps_from * length, rows}, length, w);
        } else if constexpr (length == 1) {
            if (w.thread == 0) to[step_to] = from[step_from];
        } else {
            copy_runs(runs<T>{to + step_to * length, length, 1}, runs<const T>{from + step_from * length, length, 1},
                      length, w);
        }
    }
};

HOURGLASS_END
