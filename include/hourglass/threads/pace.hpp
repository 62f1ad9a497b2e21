// How many threads the next run of a program takes, by how its last ones went. Where others use the processors, a
// helper that was put off its own comes back a time slice later, and all wait for it: then fewer threads are faster, at
// the worst one. Results do not depend on the number, so it may change at any run. Knows nothing of teams and programs;
// it is told what they took.
#pragma once

#include <algorithm>
#include <cstdint>

#include <hourglass/config.hpp>

HOURGLASS_BEGIN

// Runs are judged by windows of so many together, by the work that they did in a nanosecond: one run may be lucky, and
// one pause of milliseconds among a hundred runs is what counts. While the caller's thread waits little, nothing is
// tried. When it waits much, a window runs alone, and one with half as many threads where that did no more; what did
// more is kept. From there twice as many threads are tried. What fails is tried again later: after twenty times what it
// cost, and after twice as long each time.
class pace {
public:
    explicit pace(int most) : most_(most), threads_(most) {}

    int most() const { return most_; }
    int threads() const { return threads_; }

    // A run has ended at `now`; it did so much work in so many nanoseconds, of which the caller's thread waited so
    // many.
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
        // Where the thread waited for some of the time, a pause may have come from elsewhere: more runs tell.
        bool tells() const { return !waits() || waited > most_of_it * took || took >= long_time; }
        double speed() const { return work / took; }
    };
    // When the next attempt may be made, and how long it is put off when it fails.
    struct patience {
        double next = 0, pause = shortest;

        static constexpr double shortest = 1e8, longest = 6e10;
        void failed(double cost, double now) {
            pause = std::clamp(std::max(2 * pause, 20 * cost), shortest, longest);
            next = now + pause;
        }
        // Of what is given up for the first time: it may have been a single pause.
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
    // What the window has lost against the threads before it.
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
