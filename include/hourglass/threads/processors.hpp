// How many processors this process may use, and so how many threads a program may run on. Knows nothing of programs.
#pragma once

#include <algorithm>
#include <climits>
#include <concepts>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <hourglass/config.hpp>

#if __has_include(<unistd.h>)
    #include <unistd.h>
#endif
#if defined(__linux__)
    #include <sched.h>
#endif

HOURGLASS_BEGIN

namespace processors {

// A line or a path. Longer text is truncated. Every program that uses the library compiles this file, so it does
// without std::string, whose inlined code would be five times as large.
class short_text {
    char text_[4096] = "";
    std::size_t size_ = 0;

public:
    HOURGLASS_COLD short_text& add(const char* more, std::size_t count) {
        count = std::min(count, sizeof text_ - 1 - size_);
        std::memcpy(text_ + size_, more, count);
        truncate(size_ + count);
        return *this;
    }
    short_text& add(const char* more) { return add(more, std::strlen(more)); }
    void truncate(std::size_t size) { text_[size_ = size] = 0; }
    std::size_t size() const { return size_; }
    const char* begin() const { return text_; }
};

// Appends the first line of a file that contains a text, without its end; nothing if there is none.
HOURGLASS_COLD inline void add_line(short_text& to, const short_text& path, const char* containing = "") {
    if (std::FILE* file = std::fopen(path.begin(), "r")) {
        char line[4096];
        while (std::fgets(line, sizeof line, file))
            if (std::strstr(line, containing)) {
                to.add(line, std::strcspn(line, "\n"));
                break;
            }
        std::fclose(file);
    }
}

// Parses a quota of processor time, "200000 100000" or "max 100000". Returns how many processors that is, rounded up.
HOURGLASS_COLD inline int of_quota(const char* text) {
    char* end = nullptr;
    const double time = std::strtod(text, &end), period = std::strtod(end, nullptr);
    if (!(time > 0) || !(period > 0)) return INT_MAX;
    return static_cast<int>(std::clamp((time - 1) / period + 1, 1.0, 1e6));
}

// The least quota of a control group and its ancestors. The group is named by the line of `process` that contains
// `line`; groups are mounted at `mount`, and the files that hold a quota are called `quota` and, in version 1,
// `period`.
HOURGLASS_COLD inline int least_quota(const short_text& process, const char* line, const short_text& mount,
                                      const char* quota, const char* period) {
    short_text found;
    add_line(found, process, line);
    const char* const colon = std::strrchr(found.begin(), ':');
    short_text group = mount;
    if (colon && std::strcmp(colon + 1, "/") != 0) group.add(colon + 1);
    for (int least = INT_MAX;;) {
        short_text values;
        add_line(values, short_text(group).add(quota));
        if (period) add_line(values.add(" "), short_text(group).add(period));
        least = std::min(least, of_quota(values.begin()));
        if (group.size() <= mount.size()) return least;
        const char* const slash = std::strrchr(group.begin() + mount.size(), '/');
        group.truncate(slash ? static_cast<std::size_t>(slash - group.begin()) : mount.size());
    }
}

// The least quota of the process's control group and its ancestors, of both versions of Linux's control groups.
// `process` is normally /proc/self/cgroup, and `root` the folder where groups are mounted. In a container that is its
// own group, whatever path the process sees.
HOURGLASS_COLD inline int in_control_group(const char* process, const char* root) {
    const short_text lines = short_text().add(process), mount = short_text().add(root);
    return std::min(
        least_quota(lines, "0::", mount, "/cpu.max", nullptr),
        least_quota(lines, ":cpu", short_text(mount).add("/cpu"), "/cpu.cfs_quota_us", "/cpu.cfs_period_us"));
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
