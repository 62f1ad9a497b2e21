// Turns Ctrl-C into a flag that a training loop checks between two steps, so that it can finish the step and save. What
// to save is up to the loop.
#pragma once

namespace hourglass::io {

/// While a guard lives, the first SIGINT, SIGTERM or SIGHUP (the terminal closes) only raises a flag. Later signals act
/// as they did before, so that a second Ctrl-C ends a process that does not react. Signals ignored since the process
/// started (nohup) stay ignored. Guards must be created and destroyed in one thread, last in first out; an inner guard
/// has no effect.
class interrupt_guard {
public:
    interrupt_guard(); ///< Lowers the flag.
    interrupt_guard(const interrupt_guard&) = delete;
    interrupt_guard& operator=(const interrupt_guard&) = delete;
    ~interrupt_guard(); ///< Restores the previous behaviour.
};

/// Returns whether a signal has arrived since the outermost guard was created; still valid after the guard is gone.
/// Costs one load from memory, in any thread.
bool interrupted() noexcept;

/// Returns the signal's number, or 0. A shell expects the exit status 128 plus this number.
int interrupting_signal() noexcept;

}
