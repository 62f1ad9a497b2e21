// How often draws of discrete distributions and masks come out as what, by computation: the leaf is fed, and the number
// at which the choice changes is the probability, since the generator's uniform numbers are below any normal float as
// often as it says (tests/kernels/philox.cpp).
#include <hourglass/hourglass.hpp>

#include <bit>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

inline constexpr hg::argument<"one", 1> one;
inline constexpr hg::argument<"two", 2> two;
inline constexpr hg::argument<"many", 1000> many;
inline constexpr hg::scalar<"p"> p{0.25};
inline constexpr hg::symbol<"bit"> bit;
inline constexpr hg::symbol<"choice"> choice;
inline constexpr hg::symbol<"choices"> choices;
inline constexpr hg::symbol<"soft_bit"> soft_bit;
inline constexpr hg::symbol<"soft_choice"> soft_choice;
inline constexpr hg::symbol<"masked"> masked;
inline constexpr hg::symbol<"seldom"> seldom;
inline constexpr hg::symbol<"asked"> asked;
inline constexpr hg::symbol<"event"> event;

inline constexpr hg::graph model{
    bit = draw(bernoulli(one)),
    choice = draw(categorical(two)),
    choices = draw(categorical(many)),
    soft_bit = sample(bernoulli(one), hg::relaxed(0.5)),
    soft_choice = gumbel_softmax(two, 0.5),
    masked = mask_and_rescale(one, 0.25),
    seldom = mask_and_rescale(one, 1e-9),
    asked = mask_and_rescale(one, p),
    event = bernoulli_noise_like(one, p),
};

// The smallest positive float up to `high` at which `f` is false, true below, as ordered floats are searched; or
// `high`.
float threshold(auto f, float high) {
    std::int32_t low = std::bit_cast<std::int32_t>(0x1p-126F), end = std::bit_cast<std::int32_t>(high);
    if (!f(0x1p-126F)) return 0;
    while (end - low > 1) {
        const std::int32_t middle = low + (end - low) / 2;
        (f(std::bit_cast<float>(middle)) ? low : end) = middle;
    }
    return std::bit_cast<float>(end);
}

}

TEST_CASE("Bernoulli draws and relaxed ones have the probability of their logit over all of its range") {
    hg::function<model, hg::from<hg::name<"bit.noise">>, hg::to<bit>> hard;
    hg::function<model, hg::from<hg::name<"soft_bit.noise">>, hg::to<soft_bit>> soft;
    for (float logit : {0.5F, 3.0F, 10.0F, 16.0F, 18.0F, 30.0F, 50.0F, 80.0F, 87.0F})
        for (float sign : {-1.0F, 1.0F}) {
            CAPTURE(logit);
            CAPTURE(sign);
            const std::vector<float> at{sign * logit};
            const double rare = 1 / (1 + std::exp(static_cast<double>(logit)));
            const float likely = sign > 0 ? 1.0F : 0.0F;
            const float found = threshold(
                [&](float u) { return hard(one = at, hg::name<"bit.noise"> = std::vector{u})[bit](0, 0) != likely; },
                1);
            CHECK(static_cast<double>(found) == doctest::Approx(rare).epsilon(1e-5));
            const float relaxed = threshold(
                [&](float u) {
                    return (soft(one = at, hg::name<"soft_bit.noise"> = std::vector{u})[soft_bit](0, 0) > 0.5F) !=
                           (sign > 0);
                },
                0.9F);
            CHECK(static_cast<double>(relaxed) == doctest::Approx(rare).epsilon(1e-3));
        }
    const std::vector<float> bad{std::nanf("")}, some{0.5F};
    CHECK(std::isnan(hard(one = bad, hg::name<"bit.noise"> = some)[bit](0, 0)));
}

TEST_CASE("of two classes the rarer one is drawn as often as it should, whatever the difference of the logits") {
    hg::function<model, hg::from<hg::name<"choice.noise">>, hg::to<choice>> hard;
    hg::function<model, hg::from<hg::name<"soft_choice.noise">>, hg::to<soft_choice>> soft;
    constexpr int parts = 400; // of the likely class's noise, at whose quantiles the rarer one wins below a threshold
    for (float difference : {0.5F, 4.0F, 16.0F, 18.0F, 40.0F, 70.0F, 84.0F})
        for (int rarer : {0, 1}) {
            CAPTURE(difference);
            CAPTURE(rarer);
            const std::vector<float> at =
                rarer == 0 ? std::vector{-difference, 0.0F} : std::vector{1.0F, 1 - difference};
            double wins = 0, soft_wins = 0;
            for (int i = 0; i < parts; ++i) {
                const float other = (static_cast<float>(i) + 0.5F) / parts;
                const auto noise = [&](float u) { return rarer == 0 ? std::vector{u, other} : std::vector{other, u}; };
                wins += static_cast<double>(threshold(
                            [&](float u) {
                                return hard(two = at, hg::name<"choice.noise"> = noise(u))[choice](0, rarer) == 1;
                            },
                            1)) /
                        parts;
                soft_wins += static_cast<double>(threshold(
                                 [&](float u) {
                                     return soft(two = at, hg::name<"soft_choice.noise"> =
                                                               noise(u))[soft_choice](0, rarer) > 0.5F;
                                 },
                                 1)) /
                             parts;
            }
            const double wanted = 1 / (1 + std::exp(static_cast<double>(difference)));
            CHECK(wins == doctest::Approx(wanted).epsilon(0.01));
            CHECK(soft_wins == doctest::Approx(wanted).epsilon(0.01));
        }
}

TEST_CASE("a categorical draw is one 1, the first of the largest") {
    hg::function<model, hg::from<hg::name<"choices.noise">>, hg::to<choices>> f;
    std::vector<float> logits(1000, 0.25F), noise(1000, 0.5F);
    const auto check = [&](int wanted) {
        const auto out = f(many = logits, hg::name<"choices.noise"> = noise);
        for (int i = 0; i < 1000; ++i) REQUIRE(out[choices](0, i) == (i == wanted ? 1.0F : 0.0F));
    };
    check(0);
    noise[700] = noise[300] = noise[999] = 0x1p-24F;
    check(300);
    noise[41] = noise[42] = 0; // as may be fed
    check(41);
    logits[41] = -std::numeric_limits<float>::infinity();
    check(42);
    logits[999] = logits[998] = std::numeric_limits<float>::infinity();
    check(998);
    logits[5] = std::nanf("");
    const auto out = f(many = logits, hg::name<"choices.noise"> = noise);
    for (int i = 0; i < 1000; ++i) REQUIRE(std::isnan(out[choices](0, i)));
}

TEST_CASE("what is masked seldom is masked as often as it should") {
    hg::function<model, hg::from<hg::name<"masked.noise">>, hg::to<masked>> f;
    hg::function<model, hg::from<hg::name<"seldom.noise">>, hg::to<seldom>> g;
    hg::function<model, hg::from<hg::name<"asked.noise">>, hg::to<asked>> h;
    hg::function<model, hg::from<hg::name<"event.noise">>, hg::to<event>> e;
    const std::vector<float> x{3.0F};
    const auto dropped = [&](float u, float with) {
        return h(one = x, p = with, hg::name<"asked.noise"> = std::vector{u})[asked](0, 0) == 0;
    };
    // A p that is no rarity drops where the number is large, as it always did.
    for (float u : {0.0F, 0.5F, 0.7499999F, 0.75F, 0.99F}) {
        CHECK((f(one = x, hg::name<"masked.noise"> = std::vector{u})[masked](0, 0) == 0) == (u >= 0.75F));
        CHECK(dropped(u, 0.25F) == (u >= 0.75F));
        CHECK(dropped(u, 1.0F));
    }
    const float of_number =
        threshold([&](float u) { return g(one = x, hg::name<"seldom.noise"> = std::vector{u})[seldom](0, 0) == 0; }, 1);
    CHECK(of_number == 1e-9F);
    for (float with : {1e-30F, 1e-9F, 1e-4F}) {
        CHECK(threshold([&](float u) { return dropped(u, with); }, 1) == with);
        CHECK(
            threshold([&](float u) { return e(p = with, hg::name<"event.noise"> = std::vector{u})[event](0, 0) == 1; },
                      1) == with);
    }
}
