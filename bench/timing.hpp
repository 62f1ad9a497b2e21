// Times several implementations of the same thing against each other on a machine that other work disturbs: in turn
// within one run, so that a disturbance slows all of them; in processor time; as a median with its spread.
// Single-threaded. The caller supplies the work.
#pragma once

#include "machine.hpp"

#include <functional>

namespace bench {

struct contender {
    std::function<void()> run; // one run
    int runs_per_round = 1;    // more for short runs
    bool warm_up = true;       // one more run per round, not counted, since the previous contender has used the caches
    std::vector<double> seconds{}; // of each run
};

struct spread {
    double median = 0, min = 0, max = 0;
};

// Runs rounds until `seconds` have passed, but at least `least` and at most `most`.
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

// Multiplies by `scale`: 1e6 for microseconds.
inline spread spread_of(std::vector<double> values, double scale) {
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    return {scale * (values[n / 2] + values[(n - 1) / 2]) / 2, scale * values.front(), scale * values.back()};
}

}
