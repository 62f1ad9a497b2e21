// Runs a scan: the schedule of one step (graph/split.hpp), over and over, by the threads that run the program. It has
// an arena of its own for what one step computes, and a place for each state and for the slices of sequences that
// differ between rows; what does not is read where it lies.
#pragma once

#include <hourglass/graph/compile.hpp>
#include <hourglass/program/movement.hpp>
#include <hourglass/program/parameters.hpp>

HOURGLASS_BEGIN

template <class Compiled, class T> class executor;
inline void wait_for_all(worker w);
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

    executor<Step, T> step_;
    aligned_memory<T> memory_;

public:
    // How many operations a call takes.
    static constexpr double work(long rows) {
        return plan.steps * (schedule.work + schedule.work_per_row * static_cast<double>(rows));
    }

    explicit recurrence(int threads)
        : step_(threads, inside_another_executor{}),
          memory_(allocate_aligned<T>(static_cast<std::size_t>(slice_place(plan.sequences)) + 16)) {
        each<plan.states>([&]<int S>() {
            constexpr leaf state = find(step_leaf::state, S);
            if constexpr (state.value >= 0) place(state.value) = memory_.get() + state_place(S);
        });
        each<plan.sequences>([&]<int Q>() {
            constexpr leaf slice = find(step_leaf::slice, Q);
            if constexpr (slice.value >= 0 && slice.type.batched) place(slice.value) = memory_.get() + slice_place(Q);
        });
    }

    // By all threads together. `from` are the operands of the scan, `to` its results.
    void run(const T* const* from, T* const* to, long rows, worker w) {
        if (w.thread == 0) {
            each<plan.outer>([&]<int I>() {
                constexpr leaf outer = find(step_leaf::outer, I);
                if constexpr (outer.value >= 0) place(outer.value) = const_cast<T*>(from[I]);
            });
            step_.compute_numbers(rows);
        }
        const T* const* const initial = from + plan.outer;
        const T* const* const sequence = initial + plan.states;
        each<plan.states>([&]<int S>() { copy<root_type(S)>(state<S>(), 0, 1, initial[S], 0, 1, rows, w); });
        int products = 0;
        for (int i = 0; i < plan.steps; ++i) {
            const int at = plan.backwards ? plan.steps - 1 - i : i;
            each<plan.sequences>([&]<int Q>() {
                constexpr leaf slice = find(step_leaf::slice, Q);
                if constexpr (slice.value >= 0 && slice.type.batched)
                    copy<slice.type>(memory_.get() + slice_place(Q), 0, 1, sequence[Q], at, plan.steps, rows, w);
                else if constexpr (slice.value >= 0)
                    if (w.thread == 0)
                        place(slice.value) = const_cast<T*>(sequence[Q]) + at * slice.type.extents.size();
            });
            wait_for_all(w);
            step_.walk(rows, w, products);
            wait_for_all(w);
            each<Step::results>([&]<int R>() {
                constexpr scan_result_plan result = plan.results[static_cast<std::size_t>(R)];
                if constexpr (result.stacked)
                    copy<root_type(result.root)>(to[R], at, plan.steps, root<result.root>(), 0, 1, rows, w);
            });
            each<plan.states>([&]<int S>() { copy<root_type(S)>(state<S>(), 0, 1, root<S>(), 0, 1, rows, w); });
        }
        each<Step::results>([&]<int R>() {
            constexpr scan_result_plan result = plan.results[static_cast<std::size_t>(R)];
            if constexpr (!result.stacked)
                copy<root_type(result.root)>(to[R], 0, 1, root<result.root>(), 0, 1, rows, w);
        });
    }

private:
    template <int Count> static void each(auto&& f) {
        [&]<int... I>(std::integer_sequence<int, I...>) { (f.template operator()<I>(), ...); }
        (std::make_integer_sequence<int, Count>{});
    }
    T*& place(int v) { return step_.place[static_cast<std::size_t>(v)]; }
    template <int S> T* state() { return memory_.get() + state_place(S); }
    template <int Root> const T* root() { return place(root_value(Root)); }

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
