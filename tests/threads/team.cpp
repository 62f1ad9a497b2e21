// Teams of threads: that all their parts are done, who gets one, child processes, signals; and programs that the
// caller's own threads run.
#include <hourglass/hourglass.hpp>

#include "support/child_process.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <numeric>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;
using namespace hourglass_test;

namespace {

inline constexpr hg::input<"x", 96> x;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::graph model{h = tanh(hg::dense<64>(x)), loss = mean(square(hg::dense<96>(h) - x))};
using trainer = hg::trainer<model, loss, hg::adam, hg::max_rows<64>>;

std::vector<float> some_rows() {
    std::vector<float> all(96 * 64);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<float>((i * 37) % 101) / 101;
    return all;
}
// A weight after some steps.
float trained(hg::thread_limit limit) {
    hg::parameters<model> theta{hg::seed = 1};
    const std::vector<float> rows = some_rows();
    const auto train_with = [&](auto threads) {
        trainer train{theta, hg::threads = threads};
        for (int step = 0; step < 20; ++step) train(x = rows);
    };
    if (limit.is_pinned)
        train_with(hg::pinned(limit.most));
    else
        train_with(limit.most);
    return theta[hg::name<"h.weight">].data()[7];
}

// Of each thread, how often it came and how many it met.
struct counting {
    std::vector<int> visits;
    std::atomic<int> here{0};
    bool all_met = true;

    explicit counting(int threads) : visits(static_cast<std::size_t>(threads)) {}
    void operator()(hg::worker w) {
        visits[static_cast<std::size_t>(w.thread)] += 1;
        for (int meeting = 1; meeting <= 5; ++meeting) {
            here.fetch_add(1);
            hg::wait_for_all(w);
            if (w.thread == 0 && here.load() != meeting * w.threads) all_met = false;
            hg::wait_for_all(w);
        }
    }
};
bool does_all(hg::team& helped, int threads) {
    counting task(threads);
    helped.run(threads, task);
    return task.all_met && std::all_of(task.visits.begin(), task.visits.end(), [](int n) { return n == 1; });
}

}

TEST_CASE("each thread of a team does its part once, whatever number takes part") {
    hg::team* const helped = hg::teams::take(5, true);
    REQUIRE(helped);
    CHECK(helped->helpers() >= 5);
    for (int again = 0; again < 20; ++again)
        for (const int threads : {2, 6, 3, 1}) {
            CAPTURE(threads);
            CHECK(does_all(*helped, threads));
        }
    helped->give_back();
}

TEST_CASE("a team is one run's at a time; another gets another, and none once there are as many as processors") {
    hg::team* const first = hg::teams::take(1, true);
    REQUIRE(first);
    CHECK_FALSE(first->try_take());
    hg::team* const second = hg::teams::take(1, true);
    REQUIRE(second);
    CHECK(second != first);
    CHECK(does_all(*second, 2));
    CHECK(hg::teams::take(2 * hg::processors::available(), false) == nullptr);
    first->give_back();
    second->give_back();
    CHECK(first->try_take());
    first->give_back();
}

TEST_CASE("a child process has teams of its own, and leaves its parent's alone") {
    hg::team* const mine = hg::teams::take(2, true);
    REQUIRE(mine);
    CHECK(does_all(*mine, 3));
    mine->give_back();
    const auto in_child = [&] {
        if (mine->try_take()) return false;
        hg::team* const own = hg::teams::take(2, true);
        return own && own != mine && does_all(*own, 3);
    };
    CHECK(holds_in_child(in_child));
    CHECK(holds_in_child([&] { return in_child() && holds_in_child(in_child); }));
    CHECK(mine->try_take());
    CHECK(does_all(*mine, 3));
    mine->give_back();
}

TEST_CASE("signals go to the caller's threads") {
    static std::atomic<int> in_helpers{0}, in_all{0};
    static thread_local bool is_helper = false;
    const auto before = std::signal(SIGUSR1, [](int) {
        in_all.fetch_add(1);
        if (is_helper) in_helpers.fetch_add(1);
    });
    hg::team* const helped = hg::teams::take(3, true);
    REQUIRE(helped);
    auto task = [](hg::worker w) {
        is_helper = w.thread > 0;
        hg::wait_for_all(w);
        if (w.thread == 0)
            for (int i = 0; i < 100; ++i) kill(getpid(), SIGUSR1);
        hg::wait_for_all(w);
    };
    helped->run(4, task);
    helped->give_back();
    CHECK(in_all.load() > 0);
    CHECK(in_helpers.load() == 0);
    std::signal(SIGUSR1, before);
}

TEST_CASE("programs in the caller's own threads, with and without teams, give the same bits") {
    const float expected = trained({1, true});
    for (const bool pinned : {true, false}) {
        CAPTURE(pinned);
        std::vector<float> found(4);
        std::vector<std::thread> callers;
        for (float& result : found) callers.emplace_back([&result, pinned] { result = trained({3, pinned}); });
        for (std::thread& caller : callers) caller.join();
        for (const float result : found) CHECK(result == expected);
    }
}

TEST_CASE("pinned programs share the least work") {
    hg::crew together({3, true});
    int threads = 0;
    together.run(1, [&](hg::worker w) {
        if (w.thread == 0) threads = w.threads;
    });
    CHECK(threads == 3);
    hg::crew usual({2, false});
    usual.run(1, [&](hg::worker w) {
        if (w.thread == 0) threads = w.threads;
    });
    CHECK(threads == 1);
    CHECK(usual.most() <= hg::processors::available());
}
