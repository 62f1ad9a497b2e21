// Learning rates by the step, against closed forms and PyTorch's (2.15, float64) OneCycleLR(max_lr=0.1,
// total_steps=20), of which this gives a number:
//     print(scheduler.get_last_lr()[0]); optimizer.step(); scheduler.step()
#include <hourglass/optim/schedules.hpp>

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

doctest::Approx near(double x) { return doctest::Approx(x).epsilon(1e-12); }

}

TEST_CASE("a rate that falls by steps") {
    for (const std::uint64_t n : {0u, 4u}) CHECK(hg::step_decay(n, 5, 0.1) == 0.1);
    for (const std::uint64_t n : {5u, 9u}) CHECK(hg::step_decay(n, 5, 0.1) == near(0.01));
    CHECK(hg::step_decay(10, 5, 0.1, 0.5) == near(0.025));
    CHECK(hg::step_decay(3, 0, 0.1) == near(1e-4));
}

TEST_CASE("half a cosine, which stays where it ends") {
    CHECK(hg::cosine_decay(0, 10, 0.1) == 0.1);
    CHECK(hg::cosine_decay(5, 10, 0.1) == near(0.05));
    CHECK(hg::cosine_decay(3, 10, 0.1, 0.01) == near(0.01 + 0.09 * (1 + std::cos(0.3 * std::acos(-1.0))) / 2));
    for (const std::uint64_t n : {10ull, 11ull, 1ull << 60}) CHECK(hg::cosine_decay(n, 10, 0.1, 0.01) == near(0.01));
    CHECK(hg::cosine_decay(0, 0, 0.1, 0.01) == near(0.01));
}

TEST_CASE("a warm-up reaches the rate with its last step") {
    CHECK(hg::warm_up(0, 4, 0.1) == near(0.025));
    CHECK(hg::warm_up(2, 4, 0.1) == near(0.075));
    for (const std::uint64_t n : {3u, 4u, 1000u}) CHECK(hg::warm_up(n, 4, 0.1) == 0.1);
    CHECK(hg::warm_up(0, 0, 0.1) == 0.1);
    CHECK(hg::warm_up(1, 4) * hg::cosine_decay(1, 10, 0.1) == near(0.5 * hg::cosine_decay(1, 10, 0.1)));
}

TEST_CASE("one cycle rises and falls as PyTorch's does") {
    const double rates[] = {0.004,
                            0.013167184270002533,
                            0.037167184270002526,
                            0.06683281572999747,
                            0.09083281572999748,
                            0.1,
                            0.09874640062350874,
                            0.09504846320134738,
                            0.089091617757105,
                            0.0811745653949763,
                            0.07169430017913009,
                            0.06112620219362893,
                            0.0500002,
                            0.03887419780637107,
                            0.028306099820869922,
                            0.0188258346050237,
                            0.010908782242895003,
                            0.004951936798652629,
                            0.0012539993764912555,
                            4e-07};
    std::uint64_t step = 0;
    for (const double rate : rates) CHECK(hg::one_cycle(step++, 20, 0.1) == near(rate));
    CHECK(hg::one_cycle(500, 20, 0.1) == near(4e-7));
    for (const std::uint64_t few : {0u, 1u}) CHECK(std::isfinite(hg::one_cycle(0, few, 0.1)));
}
