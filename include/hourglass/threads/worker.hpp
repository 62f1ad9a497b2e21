// How the threads of a program share its work: which of them one is, where all of them meet, and a thread's share of a
// number of items. What they do with it is elsewhere, and so is where they come from (threads/team.hpp).
#pragma once

#include <algorithm>
#include <concepts>
#include <type_traits>

#include <hourglass/threads/waiting.hpp>

HOURGLASS_BEGIN

// Where the threads of a run meet, and how long the first of them has waited there for the others.
struct team_meeting {
    meeting_point point{};
    std::int64_t waited = 0; // nanoseconds
};

// Which part of a program's work a thread does.
struct worker {
    int thread = 0;
    int threads = 1;
    team_meeting* meeting = nullptr; // null for a single thread
};
// What each thread of a run does: any function of a worker, which must live until the run ends. Its type is erased, so
// that a crew is compiled once for all programs.
class team_task {
    void* of_ = nullptr;
    void (*call_)(void*, worker) = nullptr;

public:
    team_task() = default;
    template <class Task>
    requires(!std::same_as<std::remove_cv_t<Task>, team_task>) team_task(Task& task)
        : of_(&task), call_([](void* of, worker w) { (*static_cast<Task*>(of))(w); }) {}
    void operator()(worker w) const { call_(of_, w); }
};

// A barrier for all threads of a run; does nothing for a single one.
inline void wait_for_all(worker w) {
    if (w.threads == 1) return;
    if (w.thread == 0)
        w.meeting->waited += w.meeting->point.arrive_and_wait_timed();
    else
        w.meeting->point.arrive_and_wait();
}
/// A thread's share of `count` items: a range of whole multiples of `grain`, except at the end. It depends only on the
/// arguments.
struct share {
    long first, last; ///< the range [first, last)
    constexpr share(long count, worker w, long grain = 1) {
        const long pieces = (count + grain - 1) / grain;
        first = std::min(count, pieces * w.thread / w.threads * grain);
        last = std::min(count, pieces * (w.thread + 1) / w.threads * grain);
    }
};

HOURGLASS_END
