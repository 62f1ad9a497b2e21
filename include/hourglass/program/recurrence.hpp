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

// What runs the steps of a scan: the schedule's memory, and the places of states and slices.
template <class Step, class T> class step_lane {
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

    T*& place(int v) { return step_.place[static_cast<std::size_t>(v)]; }

public:
    static constexpr auto plan = Step::plan;
    static constexpr value_type root_type(int root) {
        return graph.nodes[static_cast<std::size_t>(graph.roots[static_cast<std::size_t>(root)].node)].type;
    }
    // Of a value of one step.
    static constexpr long size_of(const value_type& t) {
        return (t.extents.size() * (t.batched ? rows_at_most : 1) + 15) / 16 * 16;
    }
    static constexpr bool is_batched() {
        for (int n = 0; n < Step::final_graph::sizes.nodes; ++n)
            if (graph.nodes[static_cast<std::size_t>(n)].type.batched) return true;
        return false;
    }

    explicit step_lane(int threads)
        : step_(threads, inside_another_executor{}),
          memory_(allocate_aligned<T>(static_cast<std::size_t>(slice_place(plan.sequences)) + 16)) {
        each<plan.states>([&]<int S>() {
            constexpr leaf state_ = find(step_leaf::state, S);
            if constexpr (state_.value >= 0) place(state_.value) = state<S>();
        });
        each<plan.sequences>([&]<int Q>() {
            constexpr leaf slice_ = find(step_leaf::slice, Q);
            if constexpr (slice_.value >= 0 && slice_.type.batched) place(slice_.value) = slice<Q>();
        });
    }
    template <int S> static constexpr bool reads_state() { return find(step_leaf::state, S).value >= 0; }
    template <int S> T* state() { return memory_.get() + state_place(S); }
    template <int Q> T* slice() { return memory_.get() + slice_place(Q); }
    template <int Root> const T* root() { return place(schedule.results[static_cast<std::size_t>(Root)].value); }

    static constexpr int step_number(int i) { return plan.backwards ? plan.steps - 1 - i : i; }
    // What the steps read of the outer graph, for the rows from `first` on.
    void bind(const T* const* outer, long first, long rows, worker w) {
        if (w.thread != 0) return;
        each<plan.outer>([&]<int I>() {
            constexpr leaf leaf_ = find(step_leaf::outer, I);
            if constexpr (leaf_.value >= 0) place(leaf_.value) = const_cast<T*>(from_row<leaf_.type>(outer[I], first));
        });
        step_.compute_numbers(rows);
    }
    template <int S> void set_state(const T* from, long rows, worker w) {
        copy<root_type(S)>(state<S>(), 0, 1, from, 0, 1, rows, w);
    }
    // The slice of one step, of a sequence that begins with row `first`.
    template <int Q> void set_slice(const T* sequence, int at, long first, long rows, worker w) {
        constexpr leaf leaf_ = find(step_leaf::slice, Q);
        if constexpr (leaf_.value >= 0 && leaf_.type.batched)
            copy<leaf_.type>(slice<Q>(), 0, 1, from_row<leaf_.type>(sequence, first * plan.steps), at, plan.steps, rows,
                             w);
        else if constexpr (leaf_.value >= 0)
            if (w.thread == 0) place(leaf_.value) = const_cast<T*>(sequence) + at * leaf_.type.extents.size();
    }
    // A slice that lies by itself already.
    template <int Q> void point_slice(T* at, worker w) {
        constexpr leaf leaf_ = find(step_leaf::slice, Q);
        if constexpr (leaf_.value >= 0)
            if (w.thread == 0) place(leaf_.value) = at;
    }
    void walk(long rows, worker w, int& products) {
        wait_for_all(w);
        step_.walk(rows, w, products);
        wait_for_all(w);
    }
    void advance(long rows, worker w) {
        each<plan.states>([&]<int S>() { set_state<S>(root<S>(), rows, w); });
    }

    template <int Count> static void each(auto&& f) {
        [&]<int... I>(std::integer_sequence<int, I...>) { (f.template operator()<I>(), ...); }
        (std::make_integer_sequence<int, Count>{});
    }
    template <value_type Type> static const T* from_row(const T* x, long row) {
        return Type.batched ? x + row * Type.extents.size() : x;
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

template <class Step, class T> class recurrence {
    using lane = step_lane<Step, T>;
    static constexpr auto plan = Step::plan;
    static constexpr long rows_at_most = Step::spec::rows;
    static constexpr bool does_again = plan.again >= 0;

    // The steps of another scan, done again from a checkpoint, with the states before each of them. Where there is no
    // such scan, nothing is made of it.
    struct replay {
        using steps = step_lane<typename Step::again, T>;
        static constexpr int every = plan.every > 0 ? plan.every : 1;
        static constexpr int checkpoints = (plan.steps + every - 1) / every;
        steps lane_;
        aligned_memory<T> states_;

        static constexpr long place(int state) {
            long at = 0;
            for (int s = 0; s < state; ++s) at += every * steps::size_of(steps::root_type(s));
            return at;
        }
        explicit replay(int threads)
            : lane_(threads), states_(allocate_aligned<T>(static_cast<std::size_t>(place(steps::plan.states)) + 16)) {}
        template <int S> T* state(int slot) {
            return states_.get() + place(S) + slot * steps::size_of(steps::root_type(S));
        }
        // Up to the i-th step, in the order of that scan. `from` are the operands from its checkpoints on.
        void run(const T* const* from, int i, long first, long rows, worker w, int& products) {
            const int begin = i / every * every;
            const T* const* const outer = from + steps::plan.states;
            const T* const* const sequence = outer + steps::plan.outer;
            lane_.bind(outer, first, rows, w);
            steps::template each<steps::plan.states>([&]<int S>() {
                constexpr value_type type = steps::root_type(S);
                if constexpr (steps::template reads_state<S>())
                    steps::template copy<type>(lane_.template state<S>(), 0, 1,
                                               steps::template from_row<type>(from[S], first * checkpoints), i / every,
                                               checkpoints, rows, w);
            });
            for (int now = begin;; ++now) {
                steps::template each<steps::plan.states>([&]<int S>() {
                    constexpr value_type type = steps::root_type(S);
                    steps::template copy<type>(state<S>(now - begin), 0, 1, lane_.template state<S>(), 0, 1, rows, w);
                });
                if (now == i) return;
                steps::template each<steps::plan.sequences>([&]<int Q>() {
                    lane_.template set_slice<Q>(sequence[Q], steps::step_number(now), first, rows, w);
                });
                lane_.walk(rows, w, products);
                lane_.advance(rows, w);
            }
        }
    };
    struct nothing {
        explicit nothing(int) {}
        template <int> T* state(int) { return nullptr; } // Clang looks for it where it is not called
    };
    struct member {
        lane steps;
        std::conditional_t<does_again, replay, nothing> again;
        explicit member(int threads) : steps(threads), again(threads) {}
    };
    std::vector<std::unique_ptr<member>> members_; // one, or one for each thread

public:
    // How many operations a call takes.
    static constexpr double work(long rows) {
        double one = Step::schedule.work + Step::schedule.work_per_row * static_cast<double>(rows);
        if (does_again)
            one += Step::again::schedule.work + Step::again::schedule.work_per_row * static_cast<double>(rows);
        return plan.steps * one;
    }

    explicit recurrence(int threads) {
        for (int i = 0; i < (Step::by_blocks ? threads : 1); ++i)
            members_.push_back(std::make_unique<member>(Step::by_blocks ? 1 : threads));
    }

    // By all threads together. `from` are the operands of the scan, `to` its results.
    void run(const T* const* from, T* const* to, long rows, worker w) {
        if constexpr (!Step::by_blocks) {
            run_rows(*members_[0], from, to, 0, rows, w);
        } else {
            const long blocks = (rows + rows_at_most - 1) / rows_at_most;
            const share mine(lane::is_batched() ? blocks : 1, w);
            for (long b = mine.first; b < mine.last; ++b)
                run_rows(*members_[static_cast<std::size_t>(w.thread)], from, to, b * rows_at_most,
                         lane::is_batched() ? std::min(rows_at_most, rows - b * rows_at_most) : rows, {0, 1});
        }
    }

private:
    static void run_rows(member& m, const T* const* from, T* const* to, long first, long rows, worker w) {
        lane& steps = m.steps;
        const T* const* const initial = from + plan.outer;
        const T* const* const sequence = initial + plan.states;
        int products = 0, products_again = 0;
        steps.bind(from, first, rows, w);
        lane::template each<plan.states>([&]<int S>() {
            constexpr value_type type = lane::root_type(S);
            steps.template set_state<S>(lane::template from_row<type>(initial[S], first), rows, w);
        });
        for (int i = 0; i < plan.steps; ++i) {
            const int at = lane::step_number(i);
            if constexpr (does_again) // the other scan's order is the reverse of this one's
                if (const int there = plan.steps - 1 - i; i == 0 || (there + 1) % plan.every == 0)
                    m.again.run(sequence + plan.sequences, there, first, rows, w, products_again);
            lane::template each<plan.sequences>([&]<int Q>() {
                constexpr int state = plan.state_of[static_cast<std::size_t>(Q)];
                if constexpr (state >= 0)
                    steps.template point_slice<Q>(m.again.template state<state>((plan.steps - 1 - i) % plan.every), w);
                else
                    steps.template set_slice<Q>(sequence[Q], at, first, rows, w);
            });
            steps.walk(rows, w, products);
            lane::template each<Step::results>([&]<int R>() {
                constexpr scan_result_plan result = plan.results[static_cast<std::size_t>(R)];
                if constexpr (result.stacked && result.every == 0)
                    keep<result.root>(steps, to[R], at, plan.steps, first, rows, w);
                else if constexpr (result.stacked)
                    if (i % result.every == 0)
                        keep<result.root>(steps, to[R], i / result.every,
                                          (plan.steps + result.every - 1) / result.every, first, rows, w);
            });
            steps.advance(rows, w);
        }
        lane::template each<Step::results>([&]<int R>() {
            constexpr scan_result_plan result = plan.results[static_cast<std::size_t>(R)];
            if constexpr (!result.stacked) keep<result.root>(steps, to[R], 0, 1, first, rows, w);
        });
    }
    // What is the same for all rows is kept by the first block.
    template <int Root> static void keep(lane& steps, T* to, int step, int count, long first, long rows, worker w) {
        constexpr value_type type = lane::root_type(Root);
        if (type.batched || first == 0)
            lane::template copy<type>(const_cast<T*>(lane::template from_row<type>(to, first * count)), step, count,
                                      steps.template root<Root>(), 0, 1, rows, w);
    }
};

HOURGLASS_END
