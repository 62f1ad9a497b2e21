// Decides how many threads a program's next run takes, from how its last runs went. If other processes use the
// processors, a helper that was preempted returns only a time slice later, and all others wait for it; then fewer
// threads, in the worst case one, are faster. Results do not depend on the number, so it may change at any run. Knows
// nothing of teams and programs, only how long runs took.
#pragma once

#include <algorithm>
#include <cstdint>

#include <hourglass/config.hpp>

HOURGLASS_BEGIN

// Runs are judged in windows of several, by the work done per nanosecond: one run may be lucky, and one pause of
// milliseconds in a hundred runs is what counts. While the caller's thread waits little, nothing is tried. When it
// waits much, a window with one thread is tried, and then one with half as many threads if that did no more work; the
// faster choice is kept. From there twice as many threads are tried. A failed attempt is repeated after twenty times
// its cost, and after twice as long each time.
class pace {
public:
    explicit pace(int most) : most_(most), threads_(most) {}

    int most() const { return most_; }
    int threads() const { return threads_; }

    // Records a run that ended at `now`, with its work and its duration in nanoseconds, of which the caller's thread
    // waited `waited`.
    void ran(double work, std::int64_t took, std::int64_t waited, std::int64_t now) {
        window_.add(work, static_cast<double>(took), static_cast<double>(waited));
        if (trying_) {
            if (window_.whole() || is_hopeless()) end_attempt(static_cast<double>(now));
        } else if (window_.whole() && window_.tells()) {
            settled_ = window_;
            window_ = {};
            consider(static_cast<double>(now));
        }
    }

private:
    struct window {
        double work = 0, took = 0, waited = 0;
        int runs = 0;

        static constexpr int least_runs = 4;
        static constexpr double least_time = 2e7;
        void add(double more_work, double more_time, double more_waiting) {
            work += more_work;
            took += more_time;
            waited += more_waiting;
            ++runs;
        }
        static constexpr double long_time = 2e8;
        static constexpr double much_waiting = 0.4, most_of_it = 0.8;
        bool whole() const { return took >= least_time && (runs >= least_runs || waited > most_of_it * took); }
        bool waits() const { return waited > much_waiting * took; }
        // If the thread waited part of the time, the pause may have come from elsewhere: more runs will tell.
        bool tells() const { return !waits() || waited > most_of_it * took || took >= long_time; }
        double speed() const { return work / took; }
    };
    // When the next attempt may be made, and how long it is postponed if it fails.
    struct patience {
        double next = 0, pause = shortest;

        static constexpr double shortest = 1e8, longest = 6e10;
        void failed(double cost, double now) {
            pause = std::clamp(std::max(2 * pause, 20 * cost), shortest, longest);
            next = now + pause;
        }
        // After giving something up for the first time: the cause may have been a single pause.
        void put_off(double cost, double now) { next = now + std::max(pause, 4 * cost); }
        void won() {
            pause = std::max(pause / 2, shortest);
            next = 0;
        }
    };
    static constexpr double clearly_faster = 1.05;

    void consider(double now) {
        if (threads_ > 1 && settled_.waits() && now >= fewer_.next)
            attempt(1);
        else if (threads_ < most_ && now >= more_.next)
            attempt(std::min(2 * threads_, most_));
    }
    void attempt(int threads) {
        before_ = threads_;
        threads_ = threads;
        trying_ = true;
    }
    // The time that the window lost compared with the number of threads before.
    double loss() const { return window_.took - window_.work / settled_.speed(); }
    bool is_hopeless() const { return loss() > window::least_time; }

    void end_attempt(double now) {
        const bool has_more = threads_ > before_;
        patience& of = has_more ? more_ : fewer_;
        if (window_.speed() > (has_more ? clearly_faster : 1.0) * settled_.speed()) {
            of.won();
            if (!has_more) more_.put_off(settled_.took - settled_.work / window_.speed(), now);
            settled_ = window_;
            trying_ = false;
        } else {
            of.failed(std::max(0.0, loss()), now);
            const bool half_is_left = threads_ == 1 && before_ > 3;
            threads_ = half_is_left ? before_ / 2 : before_;
            trying_ = half_is_left;
        }
        window_ = {};
    }

    int most_, threads_, before_ = 0;
    bool trying_ = false;
    window window_{}, settled_{};
    patience more_{}, fewer_{};
};

HOURGLASS_END
