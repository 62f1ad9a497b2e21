#include "hourglass/io/interrupt.hpp"

#include <array>
#include <atomic>
#include <cerrno>

#include <signal.h>

namespace hourglass::io {
namespace {

constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};

std::atomic<int> received{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may touch lock-free atomics only");

int guards = 0;
std::array<struct sigaction, signals.size()> before;

// Only uses calls that POSIX allows in a handler.
void on_signal(int number) {
    const int saved = errno;
    received.store(number);
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &before[i], nullptr);
    errno = saved;
}

}

interrupt_guard::interrupt_guard() {
    if (guards++ > 0) return;
    received.store(0);
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], nullptr, &before[i]);
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART; // interrupted reads and writes resume
    sigemptyset(&action.sa_mask);
    for (const int number : signals) sigaddset(&action.sa_mask, number);
    for (std::size_t i = 0; i < signals.size(); ++i)
        if (before[i].sa_handler != SIG_IGN) sigaction(signals[i], &action, nullptr);
}

interrupt_guard::~interrupt_guard() {
    if (--guards > 0) return;
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &before[i], nullptr);
}

bool interrupted() noexcept { return received.load(std::memory_order_relaxed) != 0; }

int interrupting_signal() noexcept { return received.load(std::memory_order_relaxed); }

}
