// Actions in a child process of their own: what is the whole process's to set or to lose, such as signals and threads.
#pragma once

#include <csignal>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hourglass_test {

// The exit status, which is what the action returns, or 1000 + the signal that ended it. It begins with the signals as
// a fresh process has them, and one that waits for ever is ended.
template <class Action> int outcome(Action action) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_DFL);
        alarm(60);
        _exit(action());
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

template <class Check> bool holds_in_child(Check check) {
    return outcome([&] { return check() ? 0 : 1; }) == 0;
}

}
