// The threads that one program runs on: how many there may be, the team that helps it, and how many each run takes.
#pragma once

#include <hourglass/threads/pace.hpp>
#include <hourglass/threads/team.hpp>

HOURGLASS_BEGIN

class crew {
public:
    // Floating-point operations between two barriers. For fewer, waking other threads and waiting for them costs more
    // than it saves.
    static constexpr double work_worth_a_team = 4e5;

    explicit crew(thread_limit limit)
        : is_pinned_(limit.is_pinned),
          pace_(limit.is_pinned || limit.most == 1 ? limit.most : std::min(limit.most, processors::available())) {}
    crew(const crew&) = delete;
    crew& operator=(const crew&) = delete;

    int most() const { return pace_.most(); }
    // Makes the team in advance, so that no run has to.
    void prepare() {
        if (most() > 1 && take()) team_->give_back();
    }

    // Calls task(worker) in as many threads as pay off for a run with this many floating-point operations between two
    // barriers.
    template <class Task> void run(double work, Task task) { run_task(work, task); }

private:
    void run_task(double work, team_task task) {
        const bool may_share = most() > 1 && (is_pinned_ || work > work_worth_a_team);
        const bool shares = may_share && pace_.threads() > 1 && take();
        // A run that did not get its team says nothing about the team's speed.
        const bool is_judged = may_share && !is_pinned_ && shares == (pace_.threads() > 1);
        const std::int64_t start = is_judged ? monotonic_nanoseconds() : 0;
        std::int64_t waited = 0;
        if (shares) {
            waited = team_->run(pace_.threads(), task);
            team_->give_back();
        } else {
            task(worker{});
        }
        if (!is_judged) return;
        const std::int64_t end = monotonic_nanoseconds();
        pace_.ran(work, end - start, waited, end);
    }
    bool take() {
        const int helpers = pace_.threads() - 1;
        if (team_ && team_->try_take()) {
            if (team_->helpers() >= helpers) return true;
            team_->give_back();
        }
        team* const found = teams::take(helpers, is_pinned_);
        if (found) team_ = found;
        return found != nullptr;
    }

    bool is_pinned_;
    pace pace_;
    team* team_ = nullptr;
};

// Replaces `crew` in a program that only ever uses its caller's thread.
struct loner {
    explicit loner(thread_limit) {}
    static constexpr int most() { return 1; }
    static void prepare() {}
    template <class Task> static void run(double, Task task) { task(worker{}); }
};

HOURGLASS_END
