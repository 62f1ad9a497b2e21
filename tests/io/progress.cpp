#include "hourglass/io/progress.hpp"

#include "support/folder.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace io = hourglass::io;
using namespace hourglass_test;

namespace {

using output = io::progress_options::kind;

// A progress whose stream is a file and whose clock is a number.
struct bench {
    explicit bench(output kind, int epochs = 3) : shown(epochs, 1000, {stream, kind, [this] { return time; }}) {}

    std::string text() {
        std::fflush(stream);
        return get(folder / "out");
    }

    temporary_folder folder{};
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen((folder / "out").c_str(), "w"), &std::fclose};
    std::FILE* stream = file.get();
    double time = 100;
    io::progress shown;
};

// Sets or, for nullptr, removes a variable of the environment for the time of a test.
class environment {
public:
    environment(const char* name, const char* value) : name_(name) {
        if (const char* old = std::getenv(name)) old_ = old;
        put(value);
    }
    environment(const environment&) = delete;
    environment& operator=(const environment&) = delete;
    ~environment() { put(old_.empty() ? nullptr : old_.c_str()); }

private:
    void put(const char* value) {
        if (value)
            setenv(name_, value, 1);
        else
            unsetenv(name_);
    }
    const char* name_;
    std::string old_{};
};

}

TEST_CASE("the line has epoch, bar, numbers, losses, rate and time left") {
    const std::vector<io::metric> losses{{"loss", 244.12341}, {"kl", 0.00012345}};
    io::progress_state state{.epoch = 3,
                             .epochs = 10,
                             .done = 25000,
                             .total = 60000,
                             .losses = losses,
                             .examples_per_second = 31234.4,
                             .seconds_left = 71.2};
    CHECK(
        io::progress_line(state, 200, false) ==
        "epoch  3/10   41% [########------------] 25000/60000  loss 244.1234  kl 1.234e-04  31234 images/s  1:12 left");
    CHECK(io::progress_line(state, 200, true) == "epoch  3/10   41% [\x1b[36m########\x1b[0m------------] 25000/60000  "
                                                 "loss 244.1234  kl 1.234e-04  31234 images/s  "
                                                 "1:12 left");
    // The bar gives way first, then the end.
    CHECK(io::progress_line(state, 93, false) ==
          "epoch  3/10   41% [##---] 25000/60000  loss 244.1234  kl 1.234e-04  31234 images/s  1:12 left");
    CHECK(io::progress_line(state, 92, false) ==
          "epoch  3/10   41% 25000/60000  loss 244.1234  kl 1.234e-04  31234 images/s  1:12 left");
    CHECK(io::progress_line(state, 40, false) == "epoch  3/10   41% 25000/60000  loss 244.");
    CHECK(io::progress_line(state, 0, false).empty());
    state = {.epoch = 1, .epochs = 1};
    CHECK(io::progress_line(state, 60, false) == "epoch 1/1    0% [--------------------] 0/0");
    state = {.epoch = 1, .epochs = 1, .done = 5, .total = 5, .examples_per_second = 0.25};
    CHECK(io::progress_line(state, 80, false) == "epoch 1/1  100% [####################] 5/5  0.25 images/s");
}

TEST_CASE("time reads as on a clock") {
    CHECK(io::clock_text(0) == "0:00");
    CHECK(io::clock_text(6.2) == "0:07");
    CHECK(io::clock_text(59.5) == "1:00");
    CHECK(io::clock_text(754) == "12:34");
    CHECK(io::clock_text(3723) == "1:02:03");
    CHECK(io::clock_text(-1) == "-:--");
    CHECK(io::clock_text(std::numeric_limits<double>::quiet_NaN()) == "-:--");
    CHECK(io::clock_text(std::numeric_limits<double>::infinity()) == "277777:46:40");
}

TEST_CASE("where there is no terminal, every epoch is one line without control codes") {
    for (const output kind : {output::plain, output::detect}) { // a file is no terminal
        bench b(kind);
        b.shown.begin_epoch(1);
        for (int i = 1; i <= 10; ++i) {
            b.time += 1;
            b.shown.update(i * 100, {});
        }
        b.shown.end_epoch({1, {{"loss", 2.5}, {"kl", 1}}, {{"loss", 2.75}}, 8});
        b.shown.note("saved");
        b.shown.begin_epoch(2);
        b.time += 10;
        b.shown.end_epoch({2, {{"loss", 2}}, {}, 10});
        b.shown.begin_epoch(3);
        b.time += 10;
        b.shown.end_epoch({3, {}, {}, 10});
        CHECK(b.text() == "epoch 1/3  train loss 2.5000  kl 1.0000  test loss 2.7500  125 images/s  8.0 s  0:20 left\n"
                          "saved\n"
                          "epoch 2/3  train loss 2.0000  100 images/s  10.0 s  0:10 left\n"
                          "epoch 3/3  100 images/s  10.0 s\n");
    }
}

TEST_CASE("a terminal's line is redrawn at most ten times a second, and ended") {
    const environment no_colour("NO_COLOR", "1");
    std::string text;
    {
        const temporary_folder folder;
        std::FILE* stream = std::fopen((folder / "out").c_str(), "w");
        double time = 0;
        {
            io::progress shown(1, 1000, {stream, output::terminal, [&] { return time; }});
            shown.begin_epoch(1);
            for (int i = 1; i <= 1000; ++i) {
                time = i * 0.001;
                shown.update(i, {});
            }
        }
        std::fclose(stream);
        text = get(folder / "out");
    }
    const auto drawn = std::count(text.begin(), text.end(), '\r');
    CHECK(drawn >= 9);
    CHECK(drawn <= 11);
    CHECK(text.starts_with("\r\x1b[Kepoch 1/1    0% [--------------------]    1/1000  1000 images/s  0:01 left"));
    CHECK(text.ends_with(" left\n"));
    CHECK(text.find("\x1b[36m") == std::string::npos); // NO_COLOR
}

TEST_CASE("the line that stays replaces the one that was redrawn") {
    const environment no_colour("NO_COLOR", nullptr);
    bench b(output::terminal, 2);
    b.shown.begin_epoch(2); // a resumed run: what the epochs before took is not known
    b.time += 5;
    b.shown.update(500, {});
    b.time += 5;
    b.shown.end_epoch({2, {{"loss", 1}}, {}, 10});
    CHECK(b.text() == "\r\x1b[Kepoch 2/2   50% [\x1b[36m##########\x1b[0m----------]  500/1000  100 images/s  0:05 left"
                      "\r\x1b[Kepoch 2/2  train loss 1.0000  100 images/s  10.0 s\n");
}
