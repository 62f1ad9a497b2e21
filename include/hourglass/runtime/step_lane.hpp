// Runs the steps of a scan, one at a time: the schedule of a step (passes/split.hpp) with its memory, a place for each
// state, and the places of the slices. The order of the steps, and what is kept of each, is decided in
// runtime/recurrence.hpp. A step of a few elementwise operations runs by runtime/local_lane.hpp instead.
#pragma once

#include <hourglass/compile/compile.hpp>
#include <hourglass/kernels/aligned_memory.hpp>
#include <hourglass/runtime/direct.hpp>
#include <hourglass/runtime/movement.hpp>

HOURGLASS_BEGIN

template <class Compiled, class T> class executor;
struct inside_another_executor {}; // which has started the threads

// What is known of a step at compile time.
template <class Step> struct step_facts {
    static constexpr auto plan = Step::plan;
    static constexpr const auto& schedule = Step::run_time;
    static constexpr const auto& graph = Step::final_graph::value;

    static constexpr const stored_value& at(int v) { return schedule.values[v]; }
    static constexpr const node& node_at(int n) { return graph.nodes[n]; }
    // A leaf of the step's graph, and its value in the schedule.
    struct leaf {
        int value = -1;
        value_type type{};
    };
    static constexpr leaf find(step_leaf what, int which) {
        for (int v = 0; v < Step::sizes.values; ++v) {
            const node& of = node_at(at(v).node);
            const ops::step_source source = ops::step_source::of(of.options);
            if (at(v).storage == storage_kind::fed && source.kind == what && source.which == which)
                return {v, at(v).type};
        }
        return {}; // nothing reads it from memory
    }
    template <int S> static constexpr bool reads_state() { return find(step_leaf::state, S).value >= 0; }
    static constexpr value_type root_type(int root) { return node_at(graph.roots[root].node).type; }
    static constexpr int root_value(int root) { return schedule.results[root].value; }
    // The size of a value of one step, in numbers.
    static constexpr long size_of(const value_type& t) {
        return (t.extents.size() * (t.batched ? Step::spec::rows : 1) + 15) / 16 * 16;
    }
    static constexpr long state_place(int s) { // consecutive
        long place = 0;
        for (int i = 0; i < s; ++i) place += size_of(root_type(i));
        return place;
    }
    static constexpr bool is_batched() {
        for (int n = 0; n < Step::final_graph::sizes.nodes; ++n)
            if (node_at(n).type.batched) return true;
        return false;
    }
    static constexpr int step_number(int i) { return plan.backwards ? plan.steps - 1 - i : i; }

    template <int Count, class F> [[gnu::always_inline]] static void each(F&& f) {
        [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
            (f.template operator()<I>(), ...);
        }
        (std::make_integer_sequence<int, Count>{});
    }
    template <value_type Type, class T> static const T* from_row(const T* x, long row) {
        return Type.batched ? x + row * Type.extents.size() : x;
    }
};

// Uses an executor of its own. Slices that differ between rows are copied out of the sequences; others are read in
// place.
template <class Step, class T> class step_lane : public step_facts<Step> {
    using facts = step_facts<Step>;

public:
    using facts::plan, facts::find, facts::size_of, facts::root_type, facts::state_place;

private:
    using typename facts::leaf;

    // After the places of the states.
    static constexpr long slice_place(int q) {
        long at = state_place(plan.states);
        for (int i = 0; i < q; ++i)
            if (const value_type t = find(step_leaf::slice, i).type; t.batched) at += size_of(t);
        return at;
    }

    executor<Step, T> step_;
    aligned_memory<T> memory_;

    T*& place(int v) { return step_.place[v]; }

public:
    static constexpr bool is_local = false;

    explicit step_lane(int threads)
        : step_({threads, true}, inside_another_executor{}),
          memory_(allocate_aligned<T>(static_cast<std::size_t>(slice_place(plan.sequences)) + 16)) {
        facts::template each<plan.states>([&]<int S>() {
            constexpr leaf state_ = find(step_leaf::state, S);
            if constexpr (state_.value >= 0) place(state_.value) = state<S>();
        });
        facts::template each<plan.sequences>([&]<int Q>() {
            constexpr leaf slice_ = find(step_leaf::slice, Q);
            if constexpr (slice_.value >= 0 && slice_.type.batched) place(slice_.value) = slice<Q>();
        });
    }
    template <int S> T* state() { return memory_.get() + state_place(S); }
    template <int Q> T* slice() { return memory_.get() + slice_place(Q); }
    template <int Root> const T* root() { return place(facts::root_value(Root)); }

    // Binds what the steps read of the outer graph, for the rows from `first` on.
    void bind(const T* const* outer, long first, long rows, worker w) {
        if (w.thread != 0) return;
        facts::template each<plan.outer>([&]<int I>() {
            constexpr leaf leaf_ = find(step_leaf::outer, I);
            if constexpr (leaf_.value >= 0)
                place(leaf_.value) = const_cast<T*>(facts::template from_row<leaf_.type>(outer[I], first));
        });
        step_.compute_numbers(rows);
    }
    template <int S> void set_state(const T* from, long rows, worker w) {
        copy<root_type(S)>(state<S>(), 0, 1, from, 0, 1, rows, w);
    }
    // Sets the slice of one step, of a sequence that begins at row `first`.
    template <int Q> void set_slice(const T* sequence, int at, long first, long rows, worker w) {
        constexpr leaf leaf_ = find(step_leaf::slice, Q);
        if constexpr (leaf_.value >= 0 && leaf_.type.batched)
            copy<leaf_.type>(slice<Q>(), 0, 1, facts::template from_row<leaf_.type>(sequence, first * plan.steps), at,
                             plan.steps, rows, w);
        else if constexpr (leaf_.value >= 0)
            if (w.thread == 0) place(leaf_.value) = const_cast<T*>(sequence) + at * leaf_.type.extents.size();
    }
    // Sets a slice that already lies by itself.
    template <int Q> void point_slice(T* at, worker w) {
        constexpr leaf leaf_ = find(step_leaf::slice, Q);
        if constexpr (leaf_.value >= 0)
            if (w.thread == 0) place(leaf_.value) = at;
    }
    void walk(long rows, worker w, int& products) {
        if constexpr (direct_runs<Step, T>::possible) {
            step_.walk_alone();
        } else {
            wait_for_all(w);
            step_.walk(rows, w, products);
            wait_for_all(w);
        }
    }
    void advance(long rows, worker w) {
        facts::template each<plan.states>([&]<int S>() { set_state<S>(root<S>(), rows, w); });
    }

    // Copies a value of one step from that step's place among all steps to another; each thread copies its rows.
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
