// State: tensors that a trainer writes at the end of a step through next(m) = ..., and that every program reads. And
// the difference between training and evaluation, which running statistics are made for.
#include <hourglass/hourglass.hpp>

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

using numbers = std::vector<double>;
using in_double = hg::element<double>;

}

namespace running {

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::state<"running_mean", 3> running_mean{0.5};
inline constexpr hg::state<"steps_seen"> steps_seen{};
inline constexpr hg::symbol<"mean_now"> mean_now;
inline constexpr hg::symbol<"centred"> centred;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"ahead"> ahead;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::parameter<"w", 3> w{hg::ones};

inline constexpr hg::graph model{
    mean_now = batch_mean(x),
    next(running_mean) = 0.9 * running_mean + 0.1 * mean_now,
    next(steps_seen) = steps_seen + 1,
    centred = x - in_training(mean_now, running_mean),
    y = w * centred,
    ahead = 2 * next(running_mean), // what it is about to become
    loss = sum(square(y)),
};
static_assert(hg::check<model>);
using trainer = hg::trainer<model, loss, hg::sgd, in_double>;

const numbers batch = {1, 2, 3, 3, 2, 7}; // two rows with the mean 2, 2, 5

}

TEST_CASE("a trainer writes state at the end of its step") {
    using namespace running;
    hg::parameters<model, in_double> theta;
    CHECK(theta[running_mean](0) == 0.5);
    CHECK(theta[steps_seen]() == 0);
    trainer train{theta};
    numbers expected(3, 0.5);
    for (int step = 1; step <= 5; ++step) {
        train(x = batch);
        const numbers means = {2, 2, 5};
        for (std::size_t i = 0; i < 3; ++i) {
            expected[i] = 0.9 * expected[i] + 0.1 * means[i];
            CHECK(theta[running_mean](i) == doctest::Approx(expected[i]).epsilon(1e-14));
        }
        CHECK(theta[steps_seen]() == step);
    }
}

TEST_CASE("only a trainer writes state: functions and gradients read it, in training or not") {
    using namespace running;
    hg::parameters<model, in_double> theta;
    theta[running_mean](1) = -1;
    const auto unchanged = [&] {
        return theta[running_mean](0) == 0.5 && theta[running_mean](1) == -1 && theta[steps_seen]() == 0;
    };
    hg::function<model, hg::from<x>, hg::to<centred, ahead>, in_double> evaluate;
    const auto out = evaluate(theta, x = batch);
    CHECK(out[centred](0, 1) == 3);
    CHECK(out[centred](1, 2) == 6.5);
    CHECK(out[ahead](0) == doctest::Approx(2 * (0.45 + 0.2)).epsilon(1e-14));
    CHECK(unchanged());

    hg::function<model, hg::from<x>, hg::to<centred>, hg::training, in_double> as_in_training;
    CHECK(as_in_training(theta, x = batch)[centred](0, 1) == 0);
    CHECK(as_in_training(theta, x = batch)[centred](1, 2) == 2);
    CHECK(unchanged());

    hg::gradient<model, loss, in_double> slope;
    CHECK(slope(theta, x = batch)[loss] == doctest::Approx(1 + 4).epsilon(1e-14)); // of what a trainer trains on
    CHECK(unchanged());
}

TEST_CASE("state is not trained: it has no gradient and no slot in the optimiser") {
    using namespace running;
    hg::parameters<model, in_double> theta;
    hg::trainer<model, loss, hg::adam, in_double> train{theta};
    std::vector<std::string> names;
    train.state().for_each([&](const std::string& name, const auto&, bool) { names.push_back(name); });
    CHECK(names == std::vector<std::string>{"w.first_moment", "w.second_moment"});
}

TEST_CASE("state is among the parameters, is copied with them, and is marked as state") {
    using namespace running;
    hg::parameters<model, in_double> theta;
    std::vector<std::string> states, others;
    theta.for_each(
        [&](const std::string& name, const auto&, bool is_state) { (is_state ? states : others).push_back(name); });
    CHECK(states == std::vector<std::string>{"running_mean", "steps_seen"});
    CHECK(others == std::vector<std::string>{"w"});
    trainer train{theta};
    train(x = batch);
    auto copy = theta;
    CHECK(copy[steps_seen]() == 1);
    train(x = batch);
    CHECK(copy[steps_seen]() == 1);
    CHECK(theta[steps_seen]() == 2);
}

namespace order {

// Two states that exchange their values: each next reads the old value of the other.
inline constexpr hg::input<"x", 2> x;
inline constexpr hg::state<"left", 2> left{1};
inline constexpr hg::state<"right", 2> right{2};
inline constexpr hg::parameter<"w", 2> w{hg::ones};
inline constexpr hg::symbol<"loss"> loss;

inline constexpr hg::graph exchange{
    next(left) = right + 0,
    next(right) = left + 0,
    loss = sum(w * x * left),
};

}

TEST_CASE("every next is computed from the values before the step") {
    using namespace order;
    hg::parameters<exchange, in_double> theta;
    hg::trainer<exchange, loss, hg::sgd, in_double> train{theta};
    const numbers data = {1, 1};
    CHECK(train(x = data)[loss] == doctest::Approx(2));
    CHECK(theta[left](0) == 2);
    CHECK(theta[right](1) == 1);
    CHECK(train(x = data)[loss] == doctest::Approx(2 * 2 * (1 - 1e-3)));
    CHECK(theta[left](1) == 1);
    CHECK(theta[right](0) == 2);
}

namespace constants_and_state {

inline constexpr hg::input<"x", 2> x;
inline constexpr hg::state<"flag"> flag{3};
inline constexpr hg::parameter<"w", 2> w{hg::ones};
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::graph model{
    next(flag) = 7,
    loss = flag * dot(w, x),
};

}

TEST_CASE("next of a state may be a number") {
    using namespace constants_and_state;
    hg::parameters<model, in_double> theta;
    hg::trainer<model, loss, hg::sgd, in_double> train{theta};
    const numbers data = {1, 2};
    CHECK(train(x = data, hg::learning_rate = 0)[loss] == 9);
    CHECK(theta[flag]() == 7);
    CHECK(train(x = data, hg::learning_rate = 0)[loss] == 21);
}

namespace written_only {

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::parameter<"w", 3> w{hg::ones};
inline constexpr hg::state<"latest", 3> latest{5};
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::graph model{
    next(latest) = batch_mean(x),
    y = x - in_training(batch_mean(x), latest),
    loss = sum(square(w * y)),
};

}

TEST_CASE("a trainer writes state that it does not read itself") {
    using namespace written_only;
    hg::parameters<model, in_double> theta;
    hg::trainer<model, loss, hg::sgd, in_double> train{theta};
    const numbers data = {1, 2, 3, 3, 4, 7};
    train(x = data);
    CHECK(theta[latest](0) == 2);
    CHECK(theta[latest](2) == 5);
    hg::function<model, hg::from<x>, hg::to<y>, in_double> f;
    CHECK(f(theta, x = data)[y](1, 2) == 2);
}
