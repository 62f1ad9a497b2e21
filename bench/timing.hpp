// Times several ways of doing one thing against each other on a machine that other work disturbs: in turn, within one
// run, so that what slows one of them slows all, in processor time, and as a median with its spread. What is done is
// the caller's business; it has one thread.
#pragma once

#include "machine.hpp"

#include <functional>

namespace bench {

struct contender {
    std::function<void()> run;     // once
    int runs_per_round = 1;        // more for what is short
    bool warm_up = true;           // one more run, not counted, in every round, since the one before has had the caches
    std::vector<double> seconds{}; // of each run
};

struct spread {
    double median = 0, min = 0, max = 0;
};

// Round after round, until `seconds` have passed, but not fewer rounds than `least` nor more than `most`.
inline void run_in_turn(std::vector<contender>& contenders, int least, int most, double seconds) {
    const double begin = processor_time();
    for (int round = 0; round < most && (round < least || processor_time() - begin < seconds); ++round)
        for (contender& c : contenders) {
            if (c.warm_up) c.run();
            for (int n = 0; n < c.runs_per_round; ++n) {
                const double start = processor_time();
                c.run();
                c.seconds.push_back(processor_time() - start);
            }
        }
}

// Times `scale`: 1e6 for microseconds.
inline spread spread_of(std::vector<double> values, double scale) {
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    return {scale * (values[n / 2] + values[(n - 1) / 2]) / 2, scale * values.front(), scale * values.back()};
}

}
