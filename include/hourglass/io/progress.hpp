// The progress display of a training: a line redrawn on a terminal, and one permanent line per epoch. Numbers for
// programs go to metrics.json (metrics.hpp), results of a command to its standard output.
#pragma once

#include "hourglass/io/metrics.hpp"

#include <cstdint>
#include <cstdio>
#include <functional>
#include <span>
#include <string>

namespace hourglass::io {

/// The contents of one progress line; negative fields are left out.
struct progress_state {
    int epoch = 0;                    ///< counted from 1
    int epochs = 0;                   ///< of the training
    std::int64_t done = 0;            ///< examples of this epoch that are done
    std::int64_t total = 0;           ///< examples in an epoch
    std::span<const metric> losses{}; ///< shown as they are
    double examples_per_second = -1;  ///< speed
    double seconds_left = -1;         ///< of the whole training
    const char* unit = "images";      ///< what the examples are called
};

/// Returns the line `epoch  3/10  42% [########------------] 25344/60000  loss 244.1234  31234 images/s  0:12 left`, at
/// most `width` characters: the bar shrinks first, then the end is cut. `colour` adds escape sequences to the bar.
std::string progress_line(const progress_state& state, int width, bool colour);

/// Returns seconds as 0:07, 12:34 or 1:02:03.
std::string clock_text(double seconds);

/// Where and how progress is shown.
struct progress_options {
    std::FILE* stream = stderr;                                        ///< where the lines go
    enum class kind { detect, terminal, plain } output = kind::detect; ///< detect: terminal if the stream is one
    std::function<double()> clock{}; ///< seconds from any origin; empty: the steady clock
    std::string unit = "images";     ///< what the examples are called
};

/// Shows the progress of a training. Only terminals get the line that is redrawn, at most ten times a second, coloured
/// unless NO_COLOR is set; other streams get one plain line per epoch. An error of the stream does not end the
/// training; lost_output of standard_streams.hpp reports it.
class progress {
public:
    /// Starts `epochs` epochs of `examples` examples each.
    progress(int epochs, std::int64_t examples, progress_options options = {});
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;
    ~progress(); ///< Ends a line that is still open.

    void begin_epoch(int epoch); ///< Starts an epoch, counted from 1.

    /// Reports that `done` examples of the epoch are finished. `losses` are shown as given (by custom, running means).
    /// Cheap when the line is not due.
    void update(std::int64_t done, std::span<const metric> losses);

    /// Prints the permanent line:
    /// `epoch  3/10  train loss 244.1234  test loss 245.9876  31234 images/s  1.9 s  0:12 left`. Uses train,
    /// validation, test and seconds.
    void end_epoch(const epoch_metrics& result);

    /// Prints a message on its own line ("saved to ...").
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
    int first_epoch_ = 0; // epoch_ minus the epochs of this run: a resumed run does not begin at 1
    double start_ = 0;
    double epoch_start_ = 0;
    double shown_;
};

}
