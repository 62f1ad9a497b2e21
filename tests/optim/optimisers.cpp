// The update rules against their recurrences, written out by hand in double over twenty steps; a rule of a user's own;
// and resuming a run, which must give the same bits.
#include <hourglass/hourglass.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

using numbers = std::vector<double>;
using in_double = hg::element<double>;

}

namespace bowl {

// A loss whose gradient is known: curvature * (w - centre), elementwise; the data only scales it from step to step.
inline constexpr hg::input<"pull"> pull;
inline constexpr hg::argument<"centre", 2, 3> centre;
inline constexpr hg::parameter<"w", 2, 3> w;
inline constexpr hg::parameter<"b"> b;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::graph model{
    loss = pull * (0.5 * squared_error(w, centre) + 2 * square(b - 1)),
};

}

namespace {

// What a rule may keep for each number.
struct memory {
    double first = 0, second = 0;
};

// Runs a trainer and, beside it, `step(weight, gradient, memory, number of the step)`; they must agree after every
// step.
template <class Rule> void compare(auto step, auto... options) {
    using namespace bowl;
    hg::parameters<model, in_double> theta{hg::seed = 11};
    hg::trainer<model, loss, Rule, in_double> train{theta};
    const numbers middle = {0.3, -1, 2, 0.1, 0, -0.5};
    numbers weights(theta[w].begin(), theta[w].end());
    weights.push_back(theta[b]());
    std::vector<memory> kept(7);
    for (int t = 1; t <= 20; ++t) {
        const double strength = 0.5 + std::sin(t);
        const numbers rows = {strength, strength}; // a mean over two rows alike
        train(pull = rows, centre = middle, options...);
        for (std::size_t i = 0; i < 7; ++i) {
            const double gradient = i < 6 ? strength * (weights[i] - middle[i]) : strength * 4 * (weights[i] - 1);
            step(weights[i], gradient, kept[i], t);
            CAPTURE(t);
            CAPTURE(i);
            const double ours = i < 6 ? theta[w].span()[i] : theta[b]();
            CHECK(ours == doctest::Approx(weights[i]).epsilon(1e-12));
        }
    }
}

}

TEST_CASE("gradient descent") {
    compare<hg::sgd>([](double& x, double g, memory&, int) { x -= 0.05 * g; }, hg::learning_rate = 0.05);
    compare<hg::sgd>([](double& x, double g, memory&, int) { x -= 1e-3 * g; }); // its default
}

TEST_CASE("momentum: Polyak's heavy ball in PyTorch's form") {
    compare<hg::momentum_sgd>(
        [](double& x, double g, memory& m, int) {
            m.first = 0.8 * m.first + g;
            x -= 0.05 * m.first;
        },
        hg::learning_rate = 0.05, hg::momentum = 0.8);
    compare<hg::momentum_sgd>([](double& x, double g, memory& m, int) { x -= 1e-3 * (m.first = 0.9 * m.first + g); });
}

TEST_CASE("Nesterov's momentum looks ahead by one step of the velocity") {
    compare<hg::nesterov>(
        [](double& x, double g, memory& m, int) {
            m.first = 0.7 * m.first + g;
            x -= 0.05 * (g + 0.7 * m.first);
        },
        hg::learning_rate = 0.05, hg::momentum = 0.7);
}

TEST_CASE("Adam: algorithm 1 of Kingma and Ba 2015") {
    const auto adam = [](double rate, double beta1, double beta2, double epsilon) {
        return [=](double& x, double g, memory& m, int t) {
            m.first = beta1 * m.first + (1 - beta1) * g;
            m.second = beta2 * m.second + (1 - beta2) * g * g;
            const double first = m.first / (1 - std::pow(beta1, t)), second = m.second / (1 - std::pow(beta2, t));
            x -= rate * first / (std::sqrt(second) + epsilon);
        };
    };
    compare<hg::adam>(adam(1e-3, 0.9, 0.999, 1e-8));
    compare<hg::adam>(adam(0.05, 0.8, 0.95, 1e-3), hg::learning_rate = 0.05, hg::beta1 = 0.8, hg::beta2 = 0.95,
                      hg::epsilon = 1e-3);
}

TEST_CASE("AdamW: the weight decays beside Adam's step") {
    const auto adamw = [](double rate, double decay) {
        return [=](double& x, double g, memory& m, int t) {
            m.first = 0.9 * m.first + 0.1 * g;
            m.second = 0.999 * m.second + 0.001 * g * g;
            x -= rate * decay * x;
            x -= rate * m.first / (1 - std::pow(0.9, t)) / (std::sqrt(m.second / (1 - std::pow(0.999, t))) + 1e-8);
        };
    };
    compare<hg::adamw>(adamw(1e-3, 1e-2));
    compare<hg::adamw>(adamw(0.05, 0.3), hg::learning_rate = 0.05, hg::weight_decay = 0.3);
}

TEST_CASE("RMSProp divides by a running root mean square") {
    compare<hg::rmsprop>(
        [](double& x, double g, memory& m, int) {
            m.second = 0.9 * m.second + 0.1 * g * g;
            x -= 0.05 * g / (std::sqrt(m.second) + 1e-5);
        },
        hg::learning_rate = 0.05, hg::decay = 0.9, hg::epsilon = 1e-5);
}

namespace own {

// Chen et al. 2023, algorithm 2, as a user would write it: equations over the names of hg::update_rule.
inline constexpr hg::slot<"momentum"> m{};
inline constexpr hg::symbol<"direction"> direction{};
inline constexpr hg::scalar<"lion_beta"> lion_beta{0.95};

struct lion {
    static constexpr hg::update_rule rule{
        direction = sign(hg::beta1 * m + (1 - hg::beta1) * hg::gradient_of_loss),
        next(m) = lion_beta * m + (1 - lion_beta) * hg::gradient_of_loss,
        next(hg::weight) = hg::weight - hg::learning_rate * (direction + hg::weight_decay * hg::weight),
    };
};
// The rate falls with the number of the step, as a schedule inside the rule.
struct falling {
    static constexpr hg::update_rule rule{
        next(hg::weight) = hg::weight - hg::learning_rate / sqrt(hg::step_number) * hg::gradient_of_loss,
    };
};

}

TEST_CASE("a user's own rules: Lion, and a rate that falls with the step") {
    compare<own::lion>(
        [](double& x, double g, memory& m, int) {
            const double c = 0.9 * m.first + (1 - 0.9) * g;
            m.first = 0.9375 * m.first + (1 - 0.9375) * g;
            x -= 0.01 * ((c > 0 ? 1 : c < 0 ? -1 : 0) + 0.1 * x);
        },
        hg::learning_rate = 0.01, hg::weight_decay = 0.1, own::lion_beta = 0.9375);
    compare<own::falling>([](double& x, double g, memory&, int t) { x -= 0.05 / std::sqrt(t) * g; },
                          hg::learning_rate = 0.05);
    using namespace bowl;
    hg::parameters<model, in_double> theta;
    hg::trainer<model, loss, own::lion, in_double> train{theta};
    std::vector<std::string> names;
    train.state().for_each([&](const std::string& name, const auto&, bool) { names.push_back(name); });
    CHECK(names == std::vector<std::string>{"w.momentum", "b.momentum"});
}

namespace resumed {

inline constexpr hg::input<"x", 20> x;
inline constexpr hg::symbol<"z"> z;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::state<"seen"> seen{};
inline constexpr hg::graph model{
    next(seen) = seen + 1,
    z = sample(normal(tanh(hg::dense<6>(x)), 0.1)),
    loss = mse(hg::dense<20>(dropout(z, 0.2)), x) + 1e-3 * l1(z),
};

template <class Rule> using trainer = hg::trainer<model, loss, Rule>;

std::vector<float> batch(int step) {
    std::vector<float> data(20 * 33);
    for (std::size_t i = 0; i < data.size(); ++i)
        data[i] = std::sin(static_cast<float>(i * 7 + static_cast<std::size_t>(step) * 131));
    return data;
}

}

TEST_CASE_TEMPLATE("a run that is resumed gives the same bits as one that was never stopped", Rule, hg::sgd,
                   hg::nesterov, hg::adam, hg::rmsprop) {
    using namespace resumed;
    hg::parameters<model> straight{hg::seed = 5}, first_half{hg::seed = 5};
    trainer<Rule> whole{straight, hg::seed = 7};
    std::vector<float> losses;
    for (int step = 0; step < 12; ++step) losses.push_back(whole(x = batch(step))[loss]);

    trainer<Rule> before{first_half, hg::seed = 7};
    for (int step = 0; step < 5; ++step) CHECK(before(x = batch(step))[loss] == losses[static_cast<std::size_t>(step)]);
    // What a file would hold: parameters with state, the optimiser's tensors, the number of steps.
    hg::parameters<model> loaded;
    loaded = first_half;
    trainer<Rule> after{loaded, hg::seed = 7};
    after.state() = before.state();
    after.set_steps(before.steps());
    for (int step = 5; step < 12; ++step) CHECK(after(x = batch(step))[loss] == losses[static_cast<std::size_t>(step)]);
    CHECK(after.steps() == 12);
    CHECK(loaded[seen]() == 12);
    for (int i = 0; i < straight.count; ++i) CHECK(std::ranges::equal(straight.view(i), loaded.view(i)));
}

TEST_CASE("a trainer goes on with what is assigned to its parameters, copied, moved or made on the spot") {
    using namespace resumed;
    hg::parameters<model> theta{hg::seed = 5}, expected{hg::seed = 6};
    trainer<hg::sgd> train{theta}, other{expected};
    const float first = other(x = batch(0))[loss];
    theta = hg::parameters<model>{hg::seed = 6};
    CHECK(train(x = batch(0))[loss] == first);
    hg::parameters<model> kept{hg::seed = 6};
    theta = std::move(kept);
    train.set_steps(0);
    CHECK(train(x = batch(0))[loss] == first);
    for (int i = 0; i < theta.count; ++i) CHECK(std::ranges::equal(theta.view(i), expected.view(i)));
    // The optimiser's state the same.
    trainer<hg::adam> slow{theta}, quick{expected};
    slow(x = batch(0)), quick(x = batch(0));
    auto state = slow.state();
    slow.state() = std::move(state);
    slow.state() = state;
    CHECK(slow(x = batch(1))[loss] == quick(x = batch(1))[loss]);
}

TEST_CASE("the same seed gives the same bits with one, two and three threads") {
    using namespace resumed;
    std::vector<float> reference;
    for (int threads : {1, 2, 3}) {
        hg::parameters<model> theta{hg::seed = 5};
        trainer<hg::adam> train{theta, hg::seed = 7, hg::threads = hg::pinned(threads)};
        std::vector<float> seen_now;
        for (int step = 0; step < 6; ++step) seen_now.push_back(train(x = batch(step))[loss]);
        for (int i = 0; i < theta.count; ++i)
            seen_now.insert(seen_now.end(), theta.view(i).begin(), theta.view(i).end());
        if (reference.empty()) reference = seen_now;
        CHECK(seen_now == reference);
    }
}
