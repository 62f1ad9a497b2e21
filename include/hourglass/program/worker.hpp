// How the threads of a program share its work: which of them one is, where all of them meet, and a thread's share of so
// many items. What they do with it is elsewhere.
#pragma once

#include <algorithm>

#include <hourglass/config.hpp>

#if defined(_OPENMP) && __has_include(<pthread.h>)
    #include <pthread.h>
#endif

HOURGLASS_BEGIN

// Whether several threads can be started. In a child process that fork() made, the threads of the parent's team are
// gone, and GCC's OpenMP library would wait for them for ever: there programs run on the calling thread, which gives
// the same numbers.
#if defined(_OPENMP) && __has_include(<pthread.h>)
inline bool can_start_team() {
    static bool is_child = false;
    static const int watched = pthread_atfork(nullptr, nullptr, [] { is_child = true; });
    static_cast<void>(watched);
    return !is_child;
}
#else
inline bool can_start_team() { return true; }
#endif

// Which part of a program's work a thread does.
struct worker {
    int thread = 0;
    int threads = 1;
};
// All threads of the step meet here; alone, nothing happens.
inline void wait_for_all([[maybe_unused]] worker w) {
#if defined(_OPENMP)
    if (w.threads > 1) {
    #pragma omp barrier
    }
#endif
}
// A thread's share of `count` items, whole multiples of `grain` except at the end; the split depends on nothing else.
struct share {
    long first, last;
    constexpr share(long count, worker w, long grain = 1) {
        const long pieces = (count + grain - 1) / grain;
        first = std::min(count, pieces * w.thread / w.threads * grain);
        last = std::min(count, pieces * (w.thread + 1) / w.threads * grain);
    }
};

HOURGLASS_END
