// What a training shows while it runs: a line that is redrawn on a terminal, and one line for each epoch that stays.
// Numbers for programs to read go to metrics.json (metrics.hpp), results of a command to its standard output.
#pragma once

#include "hourglass/io/metrics.hpp"

#include <cstdint>
#include <cstdio>
#include <functional>
#include <span>
#include <string>

namespace hourglass::io {

// What one line shows; a field below zero is left out.
struct progress_state {
    int epoch = 0;
    int epochs = 0;
    std::int64_t done = 0;  // examples of this epoch
    std::int64_t total = 0; // of them in an epoch
    std::span<const metric> losses{};
    double examples_per_second = -1;
    double seconds_left = -1;    // of the whole training
    const char* unit = "images"; // what the examples are
};

// "epoch  3/10  42% [########------------] 25344/60000  loss 244.1234  31234 images/s  0:12 left", at most `width`
// characters: the bar gives way first, then the end is cut. `colour` puts the bar's escape sequences in besides.
std::string progress_line(const progress_state& state, int width, bool colour);

// Seconds as 0:07, 12:34 or 1:02:03.
std::string clock_text(double seconds);

struct progress_options {
    std::FILE* stream = stderr;
    enum class kind { detect, terminal, plain } output = kind::detect; // detect: is the stream a terminal that moves?
    std::function<double()> clock{}; // seconds from any start; empty: the steady clock
    std::string unit = "images";     // what the examples are
};

// The line that is being redrawn appears on terminals only, at most ten times a second, in colour unless NO_COLOR is
// set; elsewhere nothing but one plain line for each epoch is written. An error of the stream does not end a
// training because nobody looks on; lost_output of standard_streams.hpp knows of it.
class progress {
public:
    // `epochs` epochs of so many examples each.
    progress(int epochs, std::int64_t examples, progress_options options = {});
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;
    ~progress(); // ends a line that is still open

    void begin_epoch(int epoch); // counted from 1

    // `done` examples of the epoch are through; `losses` are shown as they are (running means, by custom). Cheap where
    // the line is not due.
    void update(std::int64_t done, std::span<const metric> losses);

    // The line that stays: "epoch  3/10  train loss 244.1234  test loss 245.9876  31234 images/s  1.9 s  0:12 left".
    // Uses train, validation, test and seconds.
    void end_epoch(const epoch_metrics& result);

    // A message between the lines, on a line of its own ("saved to ...").
    void note(const std::string& text);

private:
    double now() const;
    double seconds_left(std::int64_t done, double at) const;
    void erase();

    int epochs_;
    std::int64_t examples_;
    progress_options options_;
    bool terminal_;
    bool colour_;
    bool open_ = false;
    int epoch_ = 0;
    int first_epoch_ = 0; // less than `epoch_` by the epochs that this run has done: a resumed run does not begin at 1
    double start_ = 0;
    double epoch_start_ = 0;
    double shown_;
};

}
