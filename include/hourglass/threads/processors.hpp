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

// The first line of a file, without its end; empty where there is none.
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

// A quota of processor time, "200000 100000" or "max 100000": how many processors that is, rounded up.
inline int of_quota(const std::string& text) {
    char* end = nullptr;
    const double time = std::strtod(text.c_str(), &end), period = std::strtod(end, nullptr);
    if (!(time > 0) || !(period > 0)) return INT_MAX;
    return static_cast<int>(std::clamp((time - 1) / period + 1, 1.0, 1e6));
}

// The least quota of a control group and of those that hold it. `process` is what /proc/self/cgroup is, `root` where
// the groups are mounted: in a container its own group, whatever path the process is told of.
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

// Those that the scheduler may put this thread on, as taskset and the like leave them.
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

// OMP_NUM_THREADS, which batch systems set for whatever computes with threads: its first number.
inline int in_environment() {
    const char* const given = std::getenv("OMP_NUM_THREADS");
    const long number = given ? std::strtol(given, nullptr, 10) : 0;
    return number >= 1 && number <= INT_MAX ? static_cast<int>(number) : INT_MAX;
}

// All of these; the quota is read once.
inline int available() {
    static const int quota = in_control_group("/proc/self/cgroup", "/sys/fs/cgroup");
    return std::min({in_affinity(), quota, in_environment()});
}

}

// What hg::threads may be bound to: n, the most threads of a run, which takes no more than there are processors; or
// pinned(n), on which every run is done, however little it is and whatever else the machine does.
inline constexpr int most_threads = 1024;
template <std::integral Number> struct pinned { Number threads; };
template <class Number> pinned(Number) -> pinned<Number>;
struct thread_limit {
    int most = 1;
    bool is_pinned = false;

    static thread_limit by_default() { return {std::min(processors::available(), most_threads), false}; }
};

HOURGLASS_END
