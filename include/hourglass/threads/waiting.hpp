// How a thread waits for others: spinning for some tens of microseconds, since waking up takes about as long, and then
// asleep, so that the thread it waits for finds a free processor.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <ctime>

#include <hourglass/config.hpp>

HOURGLASS_BEGIN

// <chrono> would cost every program that includes this half a second of compile time.
inline std::int64_t monotonic_nanoseconds() {
    std::timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

inline void relax_processor() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
    asm volatile("yield");
#endif
}

inline constexpr std::int64_t nanoseconds_awake = 50'000;

// Returns when `word` is no longer `old`.
inline void wait_while(const std::atomic<unsigned>& word, unsigned old) {
    constexpr int looks_between_clocks = 32;
    const std::int64_t start = monotonic_nanoseconds();
    do {
        for (int i = 0; i < looks_between_clocks; ++i) {
            if (word.load(std::memory_order_acquire) != old) return;
            relax_processor();
        }
    } while (monotonic_nanoseconds() - start < nanoseconds_awake);
    word.wait(old, std::memory_order_acquire);
}

// A barrier for a number of threads, reusable: none continues before all have arrived.
class meeting_point {
public:
    // Must be called before any of these threads arrives, while no other thread is on its way here.
    void expect(int threads) {
        threads_ = threads;
        missing_.store(threads, std::memory_order_relaxed);
    }
    void arrive() { count_in(); }
    void arrive_and_wait() {
        const unsigned now = phase_.load(std::memory_order_relaxed);
        if (!count_in()) wait_while(phase_, now);
    }
    // The same; returns how long it waited, in nanoseconds.
    std::int64_t arrive_and_wait_timed() {
        const unsigned now = phase_.load(std::memory_order_relaxed);
        if (count_in()) return 0;
        const std::int64_t start = monotonic_nanoseconds();
        wait_while(phase_, now);
        return monotonic_nanoseconds() - start;
    }

private:
    // Returns whether this was the last thread.
    bool count_in() {
        if (missing_.fetch_sub(1, std::memory_order_acq_rel) > 1) return false;
        missing_.store(threads_, std::memory_order_relaxed);
        phase_.fetch_add(1, std::memory_order_release);
        phase_.notify_all();
        return true;
    }

    static constexpr std::size_t cache_line = 64;
    int threads_ = 0;
    alignas(cache_line) std::atomic<int> missing_{0};
    alignas(cache_line) std::atomic<unsigned> phase_{0};
};

HOURGLASS_END
