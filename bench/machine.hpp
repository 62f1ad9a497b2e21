// Describes the machine of a benchmark and measures its peak on one core: fused multiply-adds, and bytes moved by an
// in-place update. Knows nothing of the benchmark.
#pragma once

#include <hourglass/kernels/simd.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace bench {

// The processor time of this thread in seconds, which excludes other programs on a busy machine. Costs a fraction of a
// microsecond.
inline double processor_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct machine {
    std::string processor, simd, compiler;
    unsigned cores = 0; // as counted by the operating system
    double load = 0;    // processes that wanted a core, averaged over the minute before the benchmark
};

#define BENCH_TEXT_(x) #x
#define BENCH_TEXT(x) BENCH_TEXT_(x)

inline machine this_machine() {
    machine m;
    m.processor = "unknown";
    std::ifstream information("/proc/cpuinfo");
    for (std::string line; std::getline(information, line);)
        if (line.starts_with("model name")) {
            m.processor = line.substr(std::min(line.size(), line.find(':') + 2));
            break;
        }
    m.simd = BENCH_TEXT(HOURGLASS_SIMD_NAME);
#if defined(__clang__)
    m.compiler = __VERSION__;
#else
    m.compiler = "GCC " __VERSION__;
#endif
    m.cores = std::thread::hardware_concurrency();
    double loads[1] = {0};
    if (getloadavg(loads, 1) == 1) m.load = loads[0];
    return m;
}

// Floating-point operations per second of one core in float; an addition and a multiplication count as one each.
inline double multiply_add_peak() {
    namespace kernels = hourglass::kernels;
    constexpr int chains = 12, rounds = 200000; // enough chains to hide the latency of two units
    using vector = kernels::vector<float>;
    volatile float source = 0.999f;
    const vector factor = kernels::broadcast<float>(source), term = kernels::broadcast<float>(source);
    volatile float sink = 0;
    double best = 0;
    for (int attempt = 0; attempt < 20; ++attempt) {
        vector sums[chains];
        for (auto& s : sums) s = kernels::broadcast<float>(source);
        const double start = processor_time();
        for (int n = 0; n < rounds; ++n)
            for (auto& s : sums) s = kernels::fused_multiply_add(s, factor, term);
        const double seconds = processor_time() - start;
        for (auto& s : sums) sink = sink + kernels::horizontal_sum(s);
        best = std::max(best, 2.0 * kernels::width<float> * chains * rounds / seconds);
    }
    return best;
}

// Bytes read and written per second by one core that repeatedly updates this many floats in place.
inline double update_bandwidth(std::size_t count) {
    std::vector<float> numbers(count, 1.0f);
    const std::size_t passes = std::max<std::size_t>(1, (std::size_t{1} << 23) / count);
    double best = 0;
    for (int attempt = 0; attempt < 10; ++attempt) {
        const double start = processor_time();
        for (std::size_t pass = 0; pass < passes; ++pass)
            for (float& x : numbers) x = x * 0.999f + 0.001f;
        best = std::max(best, 2.0 * sizeof(float) * static_cast<double>(count * passes) / (processor_time() - start));
    }
    volatile float sink = numbers[count / 2];
    static_cast<void>(sink);
    return best;
}

}
