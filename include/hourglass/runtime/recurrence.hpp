// Runs a scan: repeats a step (runtime/step_lane.hpp) on the threads that run the program, keeps the requested values
// of each step, and, if not all states were kept, rematerialises the steps of the scan before it.
#pragma once

#include <memory>
#include <vector>

#include <hourglass/runtime/local_lane.hpp>
#include <hourglass/runtime/step_lane.hpp>

HOURGLASS_BEGIN

template <class Step, class T> using lane_of =
    std::conditional_t<local_lane<Step, T>::possible, local_lane<Step, T>, step_lane<Step, T>>;
// Where a lane lies: in memory, or on the stack where it runs.
template <class Lane> struct kept_lane {
    Lane lane;
    explicit kept_lane(int threads) : lane(threads) {}
    Lane& get() { return lane; }
};
template <class Lane>
requires Lane::is_local struct kept_lane<Lane> {
    explicit kept_lane(int) {}
    static Lane get() { return {}; }
};

template <class Step, class T> class recurrence {
    using lane = lane_of<Step, T>;
    static constexpr auto plan = Step::plan;
    static constexpr long rows_at_most = Step::spec::rows;
    static constexpr bool does_again = plan.again >= 0;
    static constexpr int every = plan.every > 0 ? plan.every : 1;

    // Rematerialises the steps of another scan from a checkpoint, with the state before each. Unused if there is no
    // such scan.
    struct replay {
        using steps = lane_of<typename Step::again, T>;
        static constexpr int checkpoints = (plan.steps + every - 1) / every;
        kept_lane<steps> kept_;
        aligned_memory<T> states_;

        static constexpr long place(int state) {
            long at = 0;
            for (int s = 0; s < state; ++s) at += every * steps::size_of(steps::root_type(s));
            return at;
        }
        explicit replay(int threads)
            : kept_(threads), states_(allocate_aligned<T>(static_cast<std::size_t>(place(steps::plan.states)) + 16)) {}
        template <int S> T* state(int slot) {
            return states_.get() + place(S) + slot * steps::size_of(steps::root_type(S));
        }
        // Runs up to step i, in that scan's order. `from` are the operands from its checkpoints on.
        void run(const T* const* from, int i, long first, long rows, worker w, int& products) {
            if constexpr (!steps::is_batched()) { // one thread's, whichever thread reads the states
                if (w.thread != 0) return;
                w = {0, 1};
            }
            auto&& lane_ = kept_.get();
            const int begin = i / every * every;
            const T* const* const outer = from + steps::plan.states;
            const T* const* const sequence = outer + steps::plan.outer;
            lane_.bind(outer, first, rows, w);
            steps::template each<steps::plan.states>([&]<int S>() __attribute__((always_inline)) {
                constexpr value_type type = steps::root_type(S);
                if constexpr (steps::template reads_state<S>())
                    steps::template copy<type>(lane_.template state<S>(), 0, 1,
                                               steps::template from_row<type>(from[S], first * checkpoints), i / every,
                                               checkpoints, rows, w);
            });
            for (int now = begin;; ++now) {
                steps::template each<steps::plan.states>([&]<int S>() __attribute__((always_inline)) {
                    constexpr value_type type = steps::root_type(S);
                    if constexpr (steps::template reads_state<S>())
                        steps::template copy<type>(state<S>(now - begin), 0, 1, lane_.template state<S>(), 0, 1, rows,
                                                   w);
                });
                if (now == i) return;
                steps::template each<steps::plan.sequences>([&]<int Q>() __attribute__((always_inline)) {
                    lane_.template set_slice<Q>(sequence[Q], steps::step_number(now), first, rows, w);
                });
                lane_.walk(rows, w, products);
                lane_.advance(rows, w);
            }
        }
    };
    struct nothing {
        explicit nothing(int) {}
        template <int> T* state(int) { return nullptr; } // Clang looks for it although it is never called
    };
    struct member {
        kept_lane<lane> steps;
        std::conditional_t<does_again, replay, nothing> again;
        explicit member(int threads) : steps(threads), again(threads) {}
    };
    static constexpr bool has_memory = !lane::is_local || does_again;
    std::vector<std::unique_ptr<member>> members_; // one, or one for each thread, if it has memory

    decltype(auto) member_of([[maybe_unused]] int thread) {
        if constexpr (has_memory)
            return (*members_[static_cast<std::size_t>(thread)]);
        else
            return member(1);
    }

    // Includes nested scans.
    template <class Of> static constexpr double work_of_step(long rows) {
        const double own = Of::run_time.work + Of::run_time.work_per_row * static_cast<double>(rows);
        return [&]<int... J>(std::integer_sequence<int, J...>) {
            return (own + ... + recurrence<typename Of::template step<J>, T>::work(rows));
        }
        (std::make_integer_sequence<int, Of::scans>{});
    }

public:
    // How many operations a call takes.
    static constexpr double work(long rows) {
        return plan.steps * (work_of_step<Step>(rows) + (does_again ? work_of_step<typename Step::again>(rows) : 0));
    }

    explicit recurrence(int threads) {
        for (int i = 0; has_memory && i < (Step::by_blocks ? threads : 1); ++i)
            members_.push_back(std::make_unique<member>(Step::by_blocks ? 1 : threads));
    }

    // By all threads together. `from` are the operands of the scan, `to` its results.
    void run(const T* const* from, T* const* to, long rows, worker w) {
        if constexpr (!Step::by_blocks) {
            run_rows(member_of(0), from, to, 0, rows, w);
        } else {
            const long blocks = (rows + rows_at_most - 1) / rows_at_most;
            const share mine(lane::is_batched() ? blocks : 1, w);
            for (long b = mine.first; b < mine.last; ++b)
                run_rows(member_of(w.thread), from, to, b * rows_at_most,
                         lane::is_batched() ? std::min(rows_at_most, rows - b * rows_at_most) : rows, {0, 1});
        }
    }

private:
    static void run_rows(auto&& m, const T* const* from, T* const* to, long first, long rows, worker w) {
        auto&& steps = m.steps.get();
        const T* const* const initial = from + plan.outer;
        const T* const* const sequence = initial + plan.states;
        int products = 0, products_again = 0;
        steps.bind(from, first, rows, w);
        lane::template each<plan.states>([&]<int S>() __attribute__((always_inline)) {
            constexpr value_type type = lane::root_type(S);
            steps.template set_state<S>(lane::template from_row<type>(initial[S], first), rows, w);
        });
        for (int i = 0; i < plan.steps; ++i) {
            const int at = lane::step_number(i);
            if constexpr (does_again) // the other scan's order is the reverse of this one's
                if (const int there = plan.steps - 1 - i; i == 0 || (there + 1) % every == 0)
                    m.again.run(sequence + plan.sequences, there, first, rows, w, products_again);
            lane::template each<plan.sequences>([&]<int Q>() __attribute__((always_inline)) {
                constexpr int state = plan.state_of[Q];
                if constexpr (state >= 0)
                    steps.template point_slice<Q>(m.again.template state<state>((plan.steps - 1 - i) % every), w);
                else
                    steps.template set_slice<Q>(sequence[Q], at, first, rows, w);
            });
            steps.walk(rows, w, products);
            lane::template each<Step::results>([&]<int R>() __attribute__((always_inline)) {
                constexpr scan_result_plan result = plan.results[R];
                if constexpr (result.stacked && result.every == 0)
                    keep<result.root>(steps, to[R], at, plan.steps, first, rows, w);
                else if constexpr (result.stacked)
                    if (i % result.every == 0)
                        keep<result.root>(steps, to[R], i / result.every,
                                          (plan.steps + result.every - 1) / result.every, first, rows, w);
            });
            steps.advance(rows, w);
        }
        lane::template each<Step::results>([&]<int R>() __attribute__((always_inline)) {
            constexpr scan_result_plan result = plan.results[R];
            if constexpr (!result.stacked) keep<result.root>(steps, to[R], 0, 1, first, rows, w);
        });
    }
    // Values that are the same for all rows are kept by the first block.
    template <int Root>
    [[gnu::always_inline]] static void keep(lane& steps, T* to, int step, int count, long first, long rows, worker w) {
        constexpr value_type type = lane::root_type(Root);
        if (type.batched || first == 0)
            lane::template copy<type>(const_cast<T*>(lane::template from_row<type>(to, first * count)), step, count,
                                      steps.template root<Root>(), 0, 1, rows, w);
    }
};

HOURGLASS_END
