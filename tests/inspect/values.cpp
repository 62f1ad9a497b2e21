// Looking inside: the interpreter's values against programs', the same noise and the same updates, and the first value
// that is not finite, found and put in words.
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/inspect.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <boost/multiprecision/cpp_dec_float.hpp>

#include <doctest/doctest.h>

namespace hg = hourglass;

// An operation that the library does not have.
struct cube : hg::elementwise<1> {
    static constexpr std::string_view name = "cube";
    template <class V> static constexpr V forward(const V& x) { return x * x * x; }
    template <class H> static constexpr H derivative(H x, H, H g) { return hadamard(g, hadamard(square(x), 3)); }
};
HOURGLASS_OPERATION(cube);

namespace {

using numbers = std::vector<double>;
using in_double = hg::element<double>;

numbers waves(std::size_t count) {
    numbers values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = 0.5 + 0.5 * std::sin(1.7 * static_cast<double>(i));
    return values;
}

template <class A, class B> double largest_difference(const A& a, const B& b) {
    REQUIRE(a.size() == b.size());
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a.begin()[i] - b.begin()[i]));
    return largest;
}

// The text of the call_error that `action` throws.
template <class Action> std::string message_of(Action&& action) {
    try {
        action();
    } catch (const hg::call_error& error) { return error.what(); }
    return "(nothing was thrown)";
}

// A variational autoencoder with dropout and a running mean: noise of both kinds, training and evaluation, state.
namespace coder {

inline constexpr hg::input<"x", 9> x;
inline constexpr hg::scalar<"beta"> beta{1};
inline constexpr hg::state<"mean_code", 3> mean_code{0};
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"mu"> mu;
inline constexpr hg::symbol<"logvar"> logvar;
inline constexpr hg::symbol<"z"> z;
inline constexpr hg::symbol<"logits"> logits;
inline constexpr hg::symbol<"divergence"> divergence;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr auto q = normal(mu, exp(logvar / 2));

inline constexpr hg::graph model{
    h = dropout(relu(dense<7>(x)), 0.25),
    mu = dense<3>(h),
    logvar = dense<3>(h),
    z = sample(q),
    logits = dense<9>(z),
    divergence = kl(q, hg::standard_normal),
    loss = bernoulli_nll(logits, x) + beta * divergence,
    next(mean_code) = 0.9 * mean_code + 0.1 * batch_mean(mu),
};
using evaluation = hg::function<model, hg::to<h, mu, z, logits, loss>, in_double>;
using in_training = hg::function<model, hg::to<h, mu, z, logits, loss>, in_double, hg::training>;
using trainer = hg::trainer<model, loss, hg::adam, in_double>;

}

// Each equation has one way to leave the finite numbers.
namespace fragile {

inline constexpr hg::input<"x", 2, 3> x;
inline constexpr hg::parameter<"w", 3> w{hg::ones};
inline constexpr hg::symbol<"saturated"> saturated;
inline constexpr hg::symbol<"logs"> logs;
inline constexpr hg::symbol<"total"> total;
inline constexpr hg::symbol<"root"> root;
inline constexpr hg::symbol<"loss"> loss;

inline constexpr hg::graph model{
    saturated = 1 / (1 + exp(x)), // e^1000 is infinite on the way, the value is not
    logs = log(w - x) * 2,        total = sum(logs * 1e300),
    root = sqrt(abs(sum(w) - 3)), // at zero its derivative is infinite
    loss = sum(saturated) + root,
};
using trainer = hg::trainer<model, loss, hg::sgd, in_double>;

}

}

TEST_CASE("a user's own operation is known where the graph names its type, and else is added") {
    static constexpr hg::input<"x", 2> x;
    static constexpr hg::symbol<"y"> y;
    static constexpr hg::graph model{y = hg::apply_operation(cube{}, x)};
    hg::interpreter<model> look;
    const numbers values = {2, -3};
    look(x = values);
    CHECK(look[y](0, 0) == 8);
    CHECK(look[y](0, 1) == -27);
    hg::forward_rules<double> rules;
    const auto cubes = [&] {
        hg::interpretation<double> run(hg::lowered<model>::view(), rules, 1);
        run.feed("x", values);
        run.run();
        return run["y"];
    };
    CHECK_THROWS_WITH(cubes(), "the interpreter has no rule for the operation 'cube': add it with add<>()");
    rules.add<cube>();
    CHECK(cubes() == numbers{8, -27});
}

TEST_CASE("every symbol has the value that programs give it, in evaluation and in training, noise included") {
    using namespace coder;
    const hg::parameters<model, in_double> theta{hg::seed = 3};
    const numbers images = waves(9 * 5);
    const auto compare = [&](auto& program, auto& look) {
        auto out = program(theta, x = images, beta = 0.5, hg::first_example = 40);
        look(x = images, beta = 0.5, hg::first_example = 40);
        CHECK(largest_difference(look[h], out[h]) < 1e-12);
        CHECK(largest_difference(look[mu], out[mu]) < 1e-12);
        CHECK(largest_difference(look[z], out[z]) < 1e-12);
        CHECK(largest_difference(look[logits], out[logits]) < 1e-12);
        CHECK(largest_difference(look[loss], out[loss]) < 1e-11);
    };
    evaluation evaluate{hg::seed = 11};
    hg::interpreter<model> look{theta, hg::seed = 11};
    compare(evaluate, look);
    const double active = look[h](0, 0);
    in_training train{hg::seed = 11};
    hg::interpreter<model, hg::training> look_in_training{theta, hg::seed = 11};
    compare(train, look_in_training);
    // Kept units are rescaled, so the two modes did differ.
    const double dropped = look_in_training[h](0, 0);
    CHECK((dropped == 0 || std::abs(dropped - active / 0.75) < 1e-12));
    CHECK(largest_difference(look_in_training[h], look[h]) > 0.01);
}

TEST_CASE("views have the shapes of the symbols, rows first, and numbers are numbers") {
    using namespace coder;
    const hg::parameters<model> theta; // float: the interpreter computes in double all the same
    hg::interpreter<model> look{theta};
    look(x = waves(9 * 5));
    CHECK(look[h].rank() == 2);
    CHECK(look[h].extent(0) == 5);
    CHECK(look[h].extent(1) == 7);
    CHECK(look[loss].rank() == 1);
    CHECK(look[beta] == 1.0);
    CHECK(look[mean_code].extent(0) == 3);
    CHECK(look[hg::name<"h.weight">](2, 3) == static_cast<double>(theta[hg::name<"h.weight">](2, 3)));
    CHECK(look.value("h.weight").extent(1) == 9);
    CHECK(look.value("z.noise").extent(0) == 5);
    CHECK(message_of([&] { look.value("hh"); }) == "the graph has nothing named 'hh'");
}

TEST_CASE("noise and any other symbol can be fed by name; what is then missing is said when it is asked for") {
    using namespace coder;
    const hg::parameters<model> theta{hg::seed = 3};
    hg::interpreter<model> look{theta};
    const numbers images = waves(9 * 2), zeros(6, 0.0);
    look(x = images, hg::name<"z.noise"> = zeros);
    CHECK(largest_difference(look[z], look[mu]) == 0);
    const numbers codes = {1, 2, 3, 4, 5, 6};
    look(z = codes);
    CHECK(look[z](1, 2) == 6);
    CHECK(std::isfinite(look[logits](1, 8)));
    CHECK(message_of([&] { static_cast<void>(look[h]); }) == "'h' could not be computed: the input 'x' was not bound");
    CHECK(message_of([&] { look.value("loss"); }) == "'loss' could not be computed: the input 'x' was not bound");
}

TEST_CASE("a call that does not fit is refused in words") {
    using namespace coder;
    hg::parameters<model> theta;
    hg::interpreter<model> look{theta};
    CHECK(message_of([&] { static_cast<void>(look[h]); }) ==
          "nothing has been evaluated yet: call the interpreter with the model's inputs first");
    CHECK(message_of([&] { look.first_non_finite(); }) ==
          "nothing has been evaluated yet: call the interpreter with the model's inputs first");
    CHECK(message_of([&] { look(x = numbers(10)); }) ==
          "'x' needs 9 numbers for each row, but is bound to 10, which is no multiple of that");
    CHECK(message_of([&] { look(x = numbers(18), z = numbers(3)); }) == "'z' has 1 rows, but 'x' has 2");
    CHECK(message_of([&] { look(beta = 2.0); }) ==
          "nothing with a batch axis is bound, so the call must say how many rows: hg::rows = n");
    look(hg::rows = 3);
    CHECK(look.value("z.noise").extent(0) == 3);
    CHECK(message_of([&] { look(hg::rows = 0); }) == "hg::rows is 0, but a call has 1 to 2^63 - 1 rows");
    CHECK(message_of([&] { look(x = numbers()); }) == "a call with no rows: 'x' is empty");
    CHECK(message_of([&] { look(x = numbers(9), hg::first_example = -2); }) ==
          "hg::first_example is -2, but examples are numbered from 0");
    CHECK(message_of([&] { look(x = numbers(9), hg::step_number = -1); }) ==
          "hg::step_number is -1, but steps are numbered from 1, and 0 is no step");
    const hg::interpreter<model> without_parameters;
    hg::interpreter<model> bare;
    bare(x = numbers(9));
    CHECK(message_of([&] { static_cast<void>(bare[mu]); }) ==
          "'mu' could not be computed: the parameter 'mu.weight' was not bound");
}

TEST_CASE("parameters are read at each call") {
    using namespace coder;
    hg::parameters<model> theta;
    hg::interpreter<model> look{theta};
    look(x = numbers(9, 0.0));
    const double before = look[mu](0, 1);
    theta[hg::name<"mu.bias">](1) += 2;
    CHECK(look[mu](0, 1) == before);
    look(x = numbers(9, 0.0));
    CHECK(look[mu](0, 1) == doctest::Approx(before + 2).epsilon(1e-6));
}

TEST_CASE("any number type: fifty digits") {
    using namespace coder;
    using fifty = boost::multiprecision::cpp_dec_float_50;
    const hg::parameters<model, in_double> theta{hg::seed = 3};
    hg::interpreter<model> look{theta};
    hg::interpreter<model, hg::element<fifty>> precise{theta};
    const numbers images = waves(9 * 2);
    look(x = images);
    precise(x = images);
    const fifty difference = precise[loss](1) - look[loss](1);
    CHECK(abs(difference) < 1e-13);
    CHECK(difference != 0);
}

TEST_CASE("a training step can be looked at before it is taken: losses, gradients, updates") {
    using namespace coder;
    hg::parameters<model, in_double> theta{hg::seed = 3};
    trainer train{theta, hg::seed = 5};
    const numbers images = waves(9 * 6);
    hg::program_interpreter<trainer> look{theta, train.state(), hg::seed = 5};
    hg::interpreter<model, hg::training> whole{theta, hg::seed = 5};
    for (int step = 0; step < 3; ++step) {
        look(x = images, beta = 0.5, hg::learning_rate = 0.01, hg::step_number = train.steps() + 1);
        whole(x = images, beta = 0.5, hg::learning_rate = 0.01, hg::step_number = train.steps() + 1);
        auto out = train(x = images, beta = 0.5, hg::learning_rate = 0.01);
        CHECK(look.result(loss)() == doctest::Approx(out[loss]).epsilon(1e-12));
        double mean = 0;
        for (double l : whole[loss]) mean += l / 6;
        CHECK(mean == doctest::Approx(out[loss]).epsilon(1e-12));
        CHECK(largest_difference(look[z], whole[z]) == 0);
        const auto weight = hg::name<"logvar.weight">;
        CHECK(largest_difference(look.update(weight), theta[weight]) < 1e-12);
        CHECK(largest_difference(look.update(mean_code), theta[mean_code]) < 1e-14);
        CHECK(largest_difference(look.update(hg::name<"mu.bias.second_moment">),
                                 train.state()[hg::name<"mu.bias.second_moment">]) < 1e-14);
        CHECK(message_of([&] { look.update(h); }) == "the program has no such result, gradient or update");
    }
    using slope = hg::gradient<model, loss, in_double>;
    slope differentiate{hg::seed = 5};
    hg::program_interpreter<slope> look_at_slope{theta, hg::seed = 5};
    auto out = differentiate(theta, x = images);
    look_at_slope(x = images);
    CHECK(largest_difference(look_at_slope.gradient(hg::name<"h.weight">), out.gradient(hg::name<"h.weight">)) < 1e-12);
    // The trainer's gradient is the same, its noise being that of step 0 too.
    look(x = images, hg::step_number = 0);
    CHECK(largest_difference(look.gradient(hg::name<"h.weight">), out.gradient(hg::name<"h.weight">)) < 1e-12);
    double size = 0;
    for (double g : out.gradient(hg::name<"h.weight">)) size += std::abs(g);
    CHECK(size > 0.01);
}

TEST_CASE("the first equation whose value is not finite, and the operation in it") {
    using namespace fragile;
    hg::parameters<model, in_double> theta;
    hg::interpreter<model> look{theta};
    numbers data(2 * 2 * 3, 0.5);
    look(x = data);
    CHECK_FALSE(look.first_non_finite());

    data[9] = 1000; // row 1, [1, 0]: e^1000 overflows inside an equation that comes out finite; the log does not
    look(x = data);
    CHECK(look[saturated](1, 1, 0) == 0);
    auto found = look.first_non_finite();
    REQUIRE(found);
    CHECK(found->name == "logs");
    CHECK(found->row == 1);
    CHECK(found->index == std::vector<long>{1, 0});
    CHECK(std::isnan(found->value));
    CHECK(found->sentence() ==
          "the equation 'logs' is the first that is not finite: log(-999) = nan in row 1 at [1, 0]");

    data[9] = 1 - 1e-300;
    data[2] = 1;
    look(x = data);
    CHECK(look.first_non_finite()->sentence() ==
          "the equation 'logs' is the first that is not finite: log(0) = -inf in row 0 at [0, 2]");

    for (double& value : data) value = 1 - 1e9;
    look(x = data);
    CHECK_FALSE(look.first_non_finite());
    for (double& value : data) value = -std::numeric_limits<double>::max();
    look(x = data); // log(1.8e308) = 709.8, times 2, times 1e300, six times
    CHECK_FALSE(look.first_non_finite());
}

TEST_CASE("leaves that are not finite are named as what they are") {
    using namespace fragile;
    hg::parameters<model, in_double> theta;
    hg::interpreter<model> look{theta};
    numbers data(2 * 2 * 3, 0.5);
    data[7] = std::numeric_limits<double>::quiet_NaN();
    look(x = data);
    CHECK(look.first_non_finite()->sentence() ==
          "the input 'x' is the first that is not finite: nan in row 1 at [0, 1]");
    theta[w](2) = -std::numeric_limits<double>::infinity();
    data[7] = 0;
    look(x = data);
    CHECK(look.first_non_finite()->sentence() == "the parameter 'w' is the first that is not finite: -inf at [2]");
    const numbers fed(2 * 2 * 3, std::numeric_limits<double>::infinity());
    theta[w](2) = 1;
    look(x = data, logs = fed);
    CHECK(look.first_non_finite()->sentence() ==
          "what is fed to 'logs' is the first that is not finite: inf in row 0 at [0, 0]");
}

TEST_CASE("a step that makes parameters not a number is explained by its own bindings") {
    using namespace fragile;
    hg::parameters<model, in_double> theta;
    const hg::parameters<model, in_double> before = theta;
    trainer train{theta};
    const numbers data(2 * 3, 0.5);
    auto out = train(x = data, hg::learning_rate = 0.1);
    CHECK(std::isfinite(out[loss])); // forward all is well: the gradient of the root is not
    REQUIRE(std::isnan(theta[w](0)));
    hg::interpreter<model> look{before};
    look(x = data, hg::learning_rate = 0.1);
    CHECK_FALSE(look.first_non_finite());
    hg::program_interpreter<trainer> step{before};
    step(x = data, hg::learning_rate = 0.1, hg::step_number = train.steps());
    const auto found = step.first_non_finite();
    REQUIRE(found);
    CHECK(found->name == "w");
    CHECK(found->sentence() ==
          "the gradient with respect to 'w' is the first that is not finite: divide(0.5, 0) = inf");
    hg::interpreter<model> after{theta};
    after(x = data, hg::learning_rate = 0.1);
    CHECK(after.first_non_finite()->sentence() == "the parameter 'w' is the first that is not finite: nan at [0]");
}
