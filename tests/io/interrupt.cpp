#include "hourglass/io/interrupt.hpp"

#include "support/child_process.hpp"

#include <csignal>
#include <initializer_list>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace io = hourglass::io;
using namespace hourglass_test;

TEST_CASE("the first signal raises the flag") {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        std::signal(number, SIG_DFL); // nohup has SIGHUP ignored
        {
            const io::interrupt_guard guard;
            CHECK_FALSE(io::interrupted());
            CHECK(io::interrupting_signal() == 0);
            std::raise(number);
            CHECK(io::interrupted());
            CHECK(io::interrupting_signal() == number);
        }
        CHECK(io::interrupted()); // still known when the guard has gone
        const io::interrupt_guard next;
        CHECK_FALSE(io::interrupted()); // and forgotten by the next
    }
}

TEST_CASE("the second signal ends the process, of whichever kind") {
    for (const int one : {SIGINT, SIGTERM, SIGHUP})
        for (const int other : {SIGINT, SIGTERM, SIGHUP})
            CHECK(outcome([=] {
                      const io::interrupt_guard guard;
                      std::raise(one);
                      std::raise(other);
                      return 1;
                  }) == 1000 + other);
}

TEST_CASE("after the guard signals act as before it") {
    CHECK(outcome([] {
              { const io::interrupt_guard guard; }
              std::raise(SIGINT);
              return 1;
          }) == 1000 + SIGINT);
}

TEST_CASE("an inner guard changes nothing") {
    CHECK(outcome([] {
              const io::interrupt_guard outer;
              std::raise(SIGINT);
              {
                  const io::interrupt_guard inner;
                  if (!io::interrupted()) return 1;
              }
              if (!io::interrupted()) return 2;
              std::raise(SIGINT);
              return 3;
          }) == 1000 + SIGINT);
    CHECK(outcome([] {
              const io::interrupt_guard outer;
              { const io::interrupt_guard inner; }
              std::raise(SIGINT); // the outer one still catches
              return io::interrupted() ? 0 : 1;
          }) == 0);
}

TEST_CASE("a signal that was ignored stays ignored") {
    CHECK(outcome([] {
              std::signal(SIGINT, SIG_IGN);
              const io::interrupt_guard guard;
              std::raise(SIGINT);
              return io::interrupted() ? 1 : 0;
          }) == 0);
}
