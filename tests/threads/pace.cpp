// How many threads a program takes when others use the processors, on a clock of the test's own.
#include <hourglass/threads/pace.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <vector>

namespace {

using hourglass::pace;

constexpr double millisecond = 1e6;

// What a run takes with so many threads, and what share of that the caller's thread waits.
struct run_time {
    double nanoseconds, waits;
};
using machine = std::function<run_time(int threads)>;

// A run by itself takes a millisecond; a team's share evenly, and wait for a twentieth of the time.
run_time quiet(int threads) { return {millisecond / threads, threads > 1 ? 0.05 : 0.0}; }
// A helper is off its processor for most of the time.
run_time busy(int threads) { return {threads > 1 ? 30 * millisecond : 1.5 * millisecond, threads > 1 ? 0.9 : 0.0}; }

class program {
public:
    explicit program(int most) : threads_(most) {}
    // Runs for so long, and returns what share of the time the fastest choice would have taken.
    double run(double nanoseconds, const machine& on, double fastest) {
        double used = 0, runs = 0;
        while (used < nanoseconds) {
            const run_time t = on(threads_.threads());
            now_ += t.nanoseconds;
            used += t.nanoseconds;
            runs += 1;
            with_[static_cast<std::size_t>(threads_.threads())] += t.nanoseconds;
            threads_.ran(1000, static_cast<std::int64_t>(t.nanoseconds),
                         static_cast<std::int64_t>(t.nanoseconds * t.waits), static_cast<std::int64_t>(now_));
        }
        return runs * fastest / used;
    }
    int threads() const { return threads_.threads(); }
    double time_with(int threads) const { return with_[static_cast<std::size_t>(threads)]; }

private:
    pace threads_;
    double now_ = 0;
    std::vector<double> with_ = std::vector<double>(65);
};

constexpr double second = 1000 * millisecond;

}

TEST_CASE("where nobody disturbs, a program runs on all its threads and tries nothing") {
    for (const int most : {2, 3, 16}) {
        CAPTURE(most);
        program p(most);
        CHECK(p.run(10 * second, quiet, millisecond / most) > 0.999);
        CHECK(p.time_with(most) >= 10 * second);
    }
}

TEST_CASE("beside busy processes it runs alone, and loses little by trying again") {
    for (const int most : {2, 3, 16}) {
        CAPTURE(most);
        program p(most);
        p.run(second, busy, 1.5 * millisecond);
        CHECK(p.threads() == 1);
        CHECK(p.run(60 * second, busy, 1.5 * millisecond) > 0.95);
        // Later it tries less often.
        const double tried = p.time_with(2);
        p.run(60 * second, busy, 1.5 * millisecond);
        CHECK(p.time_with(2) - tried < tried);
        CHECK(p.time_with(2) > tried);
    }
}

TEST_CASE("when the others end it takes all its threads again") {
    for (const int most : {2, 3, 16}) {
        CAPTURE(most);
        program p(most);
        p.run(5 * second, busy, 1.5 * millisecond);
        CHECK(p.threads() == 1);
        p.run(70 * second, quiet, millisecond / most);
        CHECK(p.threads() == most);
        CHECK(p.run(10 * second, quiet, millisecond / most) > 0.999);
    }
}

TEST_CASE("it keeps as many threads as there are free processors") {
    // Four of sixteen are free: with more, each run waits for the slowest.
    const machine four_are_free = [](int threads) {
        return threads <= 4 ? run_time{millisecond / threads, 0.05} : run_time{3 * millisecond, 0.9};
    };
    program p(16);
    p.run(2 * second, four_are_free, millisecond / 4);
    CHECK(p.threads() == 4);
    CHECK(p.run(60 * second, four_are_free, millisecond / 4) > 0.9);
}

TEST_CASE("what counts is the sum of many runs: neither one lucky run nor a rare pause decides") {
    // Most runs take half of a lone run, and each hundredth a pause: in sum a team is slower.
    int run = 0;
    const machine rare_pauses = [&run](int threads) {
        if (threads == 1) return run_time{millisecond, 0};
        return ++run % 100 == 0 ? run_time{100 * millisecond, 0.99} : run_time{millisecond / 2, 0.05};
    };
    program p(2);
    CHECK(p.run(20 * second, rare_pauses, millisecond) > 0.9);
    CHECK(p.time_with(1) > p.time_with(2));

    // A quiet machine but for one pause in a hundred seconds costs little more than the pause.
    double since = 0;
    const machine one_pause = [&since](int threads) {
        const run_time t = threads > 1 && since > 1e11 ? run_time{50 * millisecond, 0.99} : quiet(threads);
        since = since > 1e11 ? 0 : since + t.nanoseconds;
        return t;
    };
    program once(2);
    CHECK(once.run(400 * second, one_pause, millisecond / 2) > 0.997);

    // Work that is shared badly, but is faster shared: the team stays, although the caller's thread waits much.
    const machine uneven = [](int threads) {
        return threads == 1 ? run_time{millisecond, 0} : run_time{0.7 * millisecond, 0.5};
    };
    program q(2);
    CHECK(q.run(20 * second, uneven, 0.7 * millisecond) > 0.98);
    CHECK(q.threads() == 2);
}
