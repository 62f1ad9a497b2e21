// Runs the steps of a scan whose step is a few elementwise operations on a few numbers, such as a random walk. All
// values of a step are local variables of the loop over the steps, which the compiler keeps in registers, and groups
// are called by name. Has the interface of runtime/step_lane.hpp, for one thread, which has no rows to share.
#pragma once

#include <hourglass/runtime/direct.hpp>
#include <hourglass/runtime/step_lane.hpp>

HOURGLASS_BEGIN

template <class Step, class T> class local_lane : public step_facts<Step> {
    using facts = step_facts<Step>;

public:
    using facts::plan, facts::schedule, facts::at, facts::node_at, facts::find, facts::root_type, facts::state_place;

private:
    using typename facts::leaf;

    static constexpr bool find_possible() {
        constexpr long most = 1024; // numbers of local memory
        bool fits = true;
        for (int g = 0; g < Step::sizes.groups; ++g)
            with_runner_of(schedule.groups[g].kind, [&](auto runner) { fits = fits && runner.fits_local_lane; });
        if (!fits) return false;
        for (int u = 0; u < Step::sizes.uniforms; ++u)
            if (node_at(at(schedule.uniforms[u]).node).op->kind != operation_kind::literal) return false;
        return direct_runs<Step, T>::possible && schedule.arena + state_place(plan.states) <= most;
    }

    // The index of a leaf of this kind; -1 for other values.
    static constexpr int which(int v, step_leaf what) {
        const node& of = node_at(at(v).node);
        const ops::step_source source = ops::step_source::of(of.options);
        return at(v).storage == storage_kind::fed && source.kind == what ? source.which : -1;
    }
    // A number of the outer graph is a local variable too: a store might seem to change it in memory.
    static constexpr bool is_number(int v) { return at(v).type.extents.size() == 1; }

    alignas(64) T own_[static_cast<std::size_t>(schedule.arena) + 1];
    T states_[static_cast<std::size_t>(state_place(plan.states)) + 1];
    T numbers_[static_cast<std::size_t>(plan.outer) + 1];
    T* outer_[static_cast<std::size_t>(plan.outer) + 1];
    T* slices_[static_cast<std::size_t>(plan.sequences) + 1];

public:
    static constexpr bool is_local = true;
    static constexpr bool possible = find_possible();

    local_lane() {} // nothing is read before it is written

    template <int Value> [[gnu::always_inline]] T* address() {
        if constexpr (constexpr int s = which(Value, step_leaf::state); s >= 0)
            return state<s>();
        else if constexpr (constexpr int q = which(Value, step_leaf::slice); q >= 0)
            return slices_[q];
        else if constexpr (constexpr int o = which(Value, step_leaf::outer); o >= 0)
            return is_number(Value) ? &numbers_[o] : outer_[o];
        else
            return own_ + at(Value).offset;
    }
    template <int S> [[gnu::always_inline]] T* state() { return states_ + state_place(S); }
    template <int Root> [[gnu::always_inline]] const T* root() { return address<facts::root_value(Root)>(); }

    [[gnu::always_inline]] void bind(const T* const* outer, long, long, worker) {
        facts::template each<plan.outer>([&]<int I>() __attribute__((always_inline)) {
            outer_[I] = const_cast<T*>(outer[I]);
            if constexpr (constexpr leaf leaf_ = facts::find(step_leaf::outer, I);
                          leaf_.value >= 0 && is_number(leaf_.value))
                numbers_[I] = *outer[I];
        });
        facts::template each<Step::sizes.uniforms>([&]<int U>() __attribute__((always_inline)) {
            constexpr int v = schedule.uniforms[U];
            *address<v>() = static_cast<T>(node_at(at(v).node).options.number);
        });
    }
    template <int S> [[gnu::always_inline]] void set_state(const T* from, long rows, worker w) {
        copy<root_type(S)>(state<S>(), 0, 1, from, 0, 1, rows, w);
    }
    template <int Q> [[gnu::always_inline]] void set_slice(const T* sequence, int step, long, long, worker) {
        if constexpr (constexpr leaf leaf_ = facts::find(step_leaf::slice, Q); leaf_.value >= 0)
            slices_[Q] = const_cast<T*>(sequence) + step * leaf_.type.extents.size();
    }
    template <int Q> [[gnu::always_inline]] void point_slice(T* slice, worker) { slices_[Q] = slice; }
    [[gnu::always_inline]] void walk(long, worker, int&) { direct_runs<Step, T>::run_all_inline(*this); }
    [[gnu::always_inline]] void advance(long rows, worker w) {
        facts::template each<plan.states>([&]<int S>()
                                              __attribute__((always_inline)) { set_state<S>(root<S>(), rows, w); });
    }
    template <value_type Type>
    [[gnu::always_inline]] static void copy(T* to, int step_to, int, const T* from, int step_from, int, long, worker) {
        constexpr long length = Type.extents.size();
        for (long i = 0; i < length; ++i) to[step_to * length + i] = from[step_from * length + i];
    }
};

HOURGLASS_END
