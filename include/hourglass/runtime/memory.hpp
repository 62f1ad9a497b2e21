// The memory that a program works in besides what it is given: how much scratch memory its groups need, and where that
// and the arena lie.
#pragma once

#include <hourglass/kernels/aligned_memory.hpp>
#include <hourglass/runtime/group_runners.hpp>

HOURGLASS_BEGIN

// How much a program's groups need, in numbers. Groups run one at a time, so the largest need counts.
template <class Compiled, class T> class scratch_plan {
    static constexpr scratch_sizes find() {
        scratch_sizes most;
        for (int g = 0; g < Compiled::sizes.groups; ++g) {
            const schedule_group& group = Compiled::run_time.groups[g];
            with_runner_of(group.kind,
                           [&](auto runner) { most.grow_to(decltype(runner)::template scratch<Compiled, T>(group)); });
        }
        return most;
    }
    static constexpr scratch_sizes sizes = find();

public:
    static constexpr long sums = sizes.sums, shared = sizes.shared, panel = sizes.panel,
                          of_thread = sizes.panel + sizes.own_left;

    // The arena and all scratch memory.
    static constexpr long with_arena(int thread_count) {
        return Compiled::run_time.arena + 2 * shared + 2 * sums + thread_count * of_thread;
    }
};

// A program's arena and scratch memory. Either allocated and zeroed, or, if the size is known, inside the program and
// not initialised: nothing is read there before it is written.
template <class T, std::size_t Size> class program_memory {
    alignas(64) T numbers_[Size];

public:
    explicit program_memory(long) {}
    T* get() const { return const_cast<T*>(numbers_); } // results are read through a const program
};
template <class T> class program_memory<T, 0> {
    aligned_memory<T> numbers_;

public:
    explicit program_memory(long size) : numbers_(allocate_aligned<T>(static_cast<std::size_t>(size))) {}
    T* get() const { return numbers_.get(); }
};

HOURGLASS_END
