// How many processors this process may use, and so how many threads a program may run on. Knows nothing of programs.
#pragma once

#include <algorithm>
#include <climits>
#include <concepts>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <hourglass/config.hpp>

#if __has_include(<unistd.h>)
    #include <unistd.h>
#endif
#if defined(__linux__)
    #include <sched.h>
#endif

HOURGLASS_BEGIN

namespace processors {

// The first line of a file that contains a given string, without its end; empty if there is none.
inline std::string first_line(const std::string& path, const char* containing = "") {
    std::string found;
    if (std::FILE* file = std::fopen(path.c_str(), "r")) {
        char line[4096];
        while (found.empty() && std::fgets(line, sizeof line, file))
            if (std::strstr(line, containing)) found.assign(line, std::strcspn(line, "\n"));
        std::fclose(file);
    }
    return found;
}

// Parses a quota of processor time, "200000 100000" or "max 100000". Returns the number of processors, rounded up.
inline int of_quota(const std::string& text) {
    char* end = nullptr;
    const double time = std::strtod(text.c_str(), &end), period = std::strtod(end, nullptr);
    if (!(time > 0) || !(period > 0)) return INT_MAX;
    return static_cast<int>(std::clamp((time - 1) / period + 1, 1.0, 1e6));
}

// The smallest quota of a control group and its ancestors. `process` is the text of /proc/self/cgroup. `root` is where
// the groups are mounted: in a container that is its own group, whatever path /proc tells the process.
HOURGLASS_COLD inline int in_control_group(const std::string& process, const std::string& root) {
    int least = INT_MAX;
    const auto look = [&](std::string group, const std::string& mount, int (*read)(const std::string&)) {
        for (;;) {
            least = std::min(least, read(mount + group));
            if (group.empty()) return;
            group.resize(group.rfind('/') == std::string::npos ? 0 : group.rfind('/'));
        }
    };
    const auto path_in = [](const std::string& line) {
        const std::size_t colon = line.rfind(':');
        const std::string path = colon == std::string::npos ? "" : line.substr(colon + 1);
        return path == "/" ? std::string() : path;
    };
    look(path_in(first_line(process, "0::")), root,
         [](const std::string& group) { return of_quota(first_line(group + "/cpu.max")); });
    look(path_in(first_line(process, ":cpu")), root + "/cpu", [](const std::string& group) { // version 1
        return of_quota(first_line(group + "/cpu.cfs_quota_us") + " " + first_line(group + "/cpu.cfs_period_us"));
    });
    return least;
}

// The processors that the scheduler may put this thread on, as set by taskset and the like.
inline int in_affinity() {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
#endif
#if defined(_SC_NPROCESSORS_ONLN)
    return static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
#else
    return 1;
#endif
}

// The first number in OMP_NUM_THREADS, which batch systems set for anything that computes with threads.
inline int in_environment() {
    const char* const given = std::getenv("OMP_NUM_THREADS");
    const long number = given ? std::strtol(given, nullptr, 10) : 0;
    return number >= 1 && number <= INT_MAX ? static_cast<int>(number) : INT_MAX;
}

// The least of these limits. The quota is read only once.
inline int available() {
    static const int quota = in_control_group("/proc/self/cgroup", "/sys/fs/cgroup");
    return std::min({in_affinity(), quota, in_environment()});
}

}

/// The most threads that a run can have.
inline constexpr int most_threads = 1024;
/// A value for `hg::threads`: every run uses exactly this many threads, however small it is and whatever else the
/// machine does. A plain number is an upper bound, which the number of processors limits too.
template <std::integral Number> struct pinned { Number threads; };
template <class Number> pinned(Number) -> pinned<Number>;
/// How many threads a program may use, from what `hg::threads` is bound to.
struct thread_limit {
    int most = 1;
    bool is_pinned = false;

    static thread_limit by_default() { return {std::min(processors::available(), most_threads), false}; }
};

HOURGLASS_END
