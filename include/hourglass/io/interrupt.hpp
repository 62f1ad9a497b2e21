// Ctrl-C as a question that a training loop asks between two steps, so that it can finish the step and save. What is
// then saved is the loop's business.
#pragma once

namespace hourglass::io {

// While one lives, the first SIGINT, SIGTERM or SIGHUP (a terminal that closes) only raises a flag; after it all act as
// they did without us, so that a second Ctrl-C ends a process that does not react. A signal that the process was
// started with ignored (nohup) stays so. Made and destroyed in one thread, last in first out; an inner one changes
// nothing.
class interrupt_guard {
public:
    interrupt_guard(); // lowers the flag
    interrupt_guard(const interrupt_guard&) = delete;
    interrupt_guard& operator=(const interrupt_guard&) = delete;
    ~interrupt_guard(); // puts back what was there before
};

// Whether a signal has come since the outermost guard was made; the answer stays after the guard has gone. Costs one
// load from memory, in any thread.
bool interrupted() noexcept;

// Its number, 0 where none has come: a shell expects the exit status 128 + this.
int interrupting_signal() noexcept;

}
