// One graph, many programs: what is fed cuts the graph, what is not asked for is not there, gradients with respect to
// what is named, training of a part. How calls bind and what they refuse is in program/calls.cpp.
#include <hourglass/hourglass.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

using numbers = std::vector<double>;
using in_double = hg::element<double>;

doctest::Approx near(double x) { return doctest::Approx(x).epsilon(1e-12); }
numbers copy(auto view) { return {view.begin(), view.end()}; }
numbers waves(std::size_t count) {
    numbers x(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = 0.5 + 0.5 * std::sin(1.3 * static_cast<double>(i));
    return x;
}

}

namespace vae_model {

inline constexpr hg::input<"x", 9> x;
inline constexpr hg::symbol<"corrupted"> corrupted;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"mu"> mu;
inline constexpr hg::symbol<"logvar"> logvar;
inline constexpr hg::symbol<"z"> z;
inline constexpr hg::symbol<"logits"> logits;
inline constexpr hg::symbol<"xhat"> xhat;
inline constexpr hg::symbol<"reconstruction"> reconstruction;
inline constexpr hg::symbol<"kl"> divergence;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::scalar<"beta"> beta{1.0};
inline constexpr hg::scalar<"level"> level{0.3};

inline constexpr auto q = normal(mu, exp(logvar / 2));

inline constexpr hg::graph vae{
    corrupted = x + level * hg::normal_noise_like(x),
    h = relu(hg::dense<7>(corrupted)),
    mu = hg::dense<2>(h),
    logvar = hg::dense<2>(h),
    z = sample(q),
    logits = hg::dense<9>(relu(hg::dense<7>(z))),
    xhat = sigmoid(logits),
    reconstruction = bernoulli_nll(logits, x),
    divergence = kl(q, hg::standard_normal),
    loss = reconstruction + beta * divergence,
};
static_assert(hg::check<vae>);

using encoder = hg::function<vae, hg::from<x>, hg::to<mu>, in_double>;
using decoder = hg::function<vae, hg::from<z>, hg::to<xhat>, in_double>;

}

TEST_CASE("a decoder is the graph cut at the code: it needs no image and agrees with the whole") {
    using namespace vae_model;
    hg::parameters<vae, in_double> theta{hg::seed = 3};
    hg::function<vae, hg::from<x>, hg::to<z, xhat>, in_double> whole{hg::seed = 8};
    decoder decode;
    const numbers images = waves(9 * 5);
    const auto all = whole(theta, x = images);
    const numbers codes = copy(all[z]), expected = copy(all[xhat]);
    const auto out = decode(theta, z = codes);
    CHECK(out.rows() == 5);
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(out[xhat].span()[i] == near(expected[i]));
}

TEST_CASE("corruption is switched off by feeding the corrupted symbol with the clean data") {
    using namespace vae_model;
    hg::parameters<vae, in_double> theta{hg::seed = 3};
    encoder noisy{hg::seed = 1};
    hg::function<vae, hg::from<corrupted>, hg::to<mu>, in_double> clean;
    hg::function<vae, hg::from<x, corrupted>, hg::to<reconstruction>, in_double> judge;
    const numbers images = waves(9 * 4), other = waves(9 * 4);
    const numbers without = copy(clean(theta, corrupted = images)[mu]);
    CHECK(copy(noisy(theta, x = images, level = 0)[mu]) == without);
    CHECK(copy(noisy(theta, x = images)[mu]) != without);
    // Clean target and clean input apart.
    CHECK(judge(theta, x = images, corrupted = other).rows() == 4);
}

TEST_CASE("pruning leaves out bindings and changes no value, noise included") {
    using namespace vae_model;
    hg::parameters<vae, in_double> theta{hg::seed = 3};
    const numbers images = waves(9 * 6);
    hg::function<vae, hg::from<x>, hg::to<corrupted, h, mu, logvar, z, logits, xhat, reconstruction, divergence, loss>,
                 in_double>
        all{hg::seed = 5};
    const auto everything = all(theta, x = images, beta = 2);
    const auto same = [&]<auto Symbol>() {
        hg::function<vae, hg::from<x>, hg::to<Symbol>, in_double> one{hg::seed = 5};
        const auto out =
            one(theta, x = images, beta = 2); // a scalar of the model that a part does not use may be bound
        for (std::size_t i = 0; i < out[Symbol].size(); ++i)
            CHECK(out[Symbol].span()[i] == near(everything[Symbol].span()[i]));
    };
    same.template operator()<mu>();
    same.template operator()<z>();
    same.template operator()<xhat>();
    same.template operator()<divergence>();
    same.template operator()<loss>();
    // What is left out is not compiled: the encoder has no noise but the corruption's, the decoder no encoder.
    constexpr auto noises = [](hg::graph_view g) {
        int n = 0;
        for (const auto& at : g.nodes) n += at.op->kind == hg::operation_kind::noise;
        return n;
    };
    CHECK(noises(encoder::compiled_graph::view()) == 1);
    CHECK(noises(decoder::compiled_graph::view()) == 0);
    constexpr auto inputs = [](hg::graph_view g) {
        int n = 0;
        for (const auto& at : g.nodes) n += hg::is<hg::ops::input>(at);
        return n;
    };
    CHECK(inputs(encoder::compiled_graph::view()) == 1);
    CHECK(inputs(decoder::compiled_graph::view()) == 0);
}

TEST_CASE("wrt names inputs, symbols in the middle and parameters; the gradient is of the mean over the rows") {
    using namespace vae_model;
    hg::parameters<vae, in_double> theta{hg::seed = 3};
    const numbers images = waves(9 * 3);
    constexpr auto weight = hg::name<"mu.weight">;
    hg::gradient<vae, loss, hg::wrt<x, mu, weight, beta>, in_double> g{hg::seed = 2};
    const auto out = g(theta, x = images, beta = 0.7);
    CHECK(out.gradient(x).rank() == 2);
    CHECK(out.gradient(x).extent(0) == 3);
    CHECK(out.gradient(mu).extent(1) == 2);
    CHECK(out.gradient(weight).extent(0) == 2);
    CHECK(out.gradient(beta) == near(out[divergence]));
    const auto difference = [&](auto change) {
        constexpr double step = 1e-5;
        const auto at = [&](double amount) {
            numbers data = images;
            auto moved = theta;
            change(data, moved, amount);
            hg::gradient<vae, loss, hg::wrt<x, mu, weight, beta>, in_double> there{hg::seed = 2};
            return there(moved, x = data, beta = 0.7)[loss];
        };
        return (at(step) - at(-step)) / (2 * step);
    };
    const auto close = [](double x_) { return doctest::Approx(x_).epsilon(1e-7); };
    CHECK(out.gradient(x)(1, 4) == close(difference([](numbers& d, auto&, double a) { d[9 + 4] += a; })));
    CHECK(out.gradient(weight)(1, 3) == close(difference([&](numbers&, auto& t, double a) { t[weight](1, 3) += a; })));
    // mu enters through its bias: the sum over rows of its gradient is that of the bias.
    double sum = 0;
    for (int r = 0; r < 3; ++r) sum += out.gradient(mu)(r, 0);
    CHECK(sum == close(difference([](numbers&, auto& t, double a) { t[hg::name<"mu.bias">](0) += a; })));
}

TEST_CASE("a gradient may start at a cut: with respect to a code that is fed") {
    using namespace vae_model;
    hg::parameters<vae, in_double> theta{hg::seed = 3};
    hg::gradient<vae, reconstruction, hg::from<z, x>, hg::wrt<z>, in_double> g;
    const numbers codes = {0.5, -1, 1.5, 0.25}, images = waves(18);
    const auto out = g(theta, z = codes, x = images);
    const double slope = out.gradient(z)(1, 0);
    numbers up = codes, down = codes;
    up[2] += 1e-5;
    down[2] -= 1e-5;
    const double above = g(theta, z = up, x = images)[reconstruction],
                 below = g(theta, z = down, x = images)[reconstruction];
    CHECK(slope == doctest::Approx((above - below) / 2e-5).epsilon(1e-7));
}

namespace sums {

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::input<"t", 2> t;
inline constexpr hg::parameter<"A", 2, 3> A;
inline constexpr hg::parameter<"B", 2, 3> B;
inline constexpr hg::parameter<"g", 2> g{hg::constant(1.5)};
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"fit"> fit;
inline constexpr hg::symbol<"penalty"> penalty;
inline constexpr hg::symbol<"loss"> loss;

inline constexpr hg::graph model{
    y = g * tanh(A * x) + matmul(transpose(matmul(A, transpose(B))), slice<0, 2>(x)),
    fit = squared_error(y, t),
    penalty = 0.1 * l2(A),
    loss = fit + penalty,
};

constexpr int rows = 6;
const numbers data = waves(rows * 3), targets = waves(rows * 2);

}

TEST_CASE("sum_rows asks for the gradient of the sum over the rows") {
    using namespace sums;
    hg::parameters<model, in_double> theta{hg::seed = 1};
    hg::gradient<model, fit, in_double> mean;
    hg::gradient<model, fit, in_double, hg::sum_rows> sum;
    const auto a = mean(theta, x = data, t = targets);
    const auto b = sum(theta, x = data, t = targets);
    CHECK(b[fit] == near(rows * a[fit]));
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 3; ++j) CHECK(b.gradient(A)(i, j) == near(rows * a.gradient(A)(i, j)));
}

namespace summands {

inline constexpr hg::input<"x", 2> x;
inline constexpr hg::parameter<"w", 2> w{hg::constant(2)};
inline constexpr hg::scalar<"beta"> beta{3};
inline constexpr hg::symbol<"fit"> fit;
inline constexpr hg::symbol<"penalty"> penalty;
inline constexpr hg::symbol<"both"> both;
inline constexpr hg::symbol<"nll"> nll;
inline constexpr hg::symbol<"loss"> loss;

// Of a row x with w = {2, 2}: fit = 2 (x0 + x1), penalty = 8, nll = fit + log 4, a value for each row.
inline constexpr hg::graph model{
    fit = sum(w * x),
    penalty = sum(square(w)),
    both = beta * (fit - penalty) / 2,
    nll = sum(w * x + log(w * w) / 2) + 0 * fit,
    loss = -(fit + penalty) + both + nll,
};

}

TEST_CASE("sum_rows sums the terms too, and what has no batch axis counts once") {
    using namespace summands;
    hg::parameters<model, in_double> theta;
    hg::gradient<model, loss, in_double, hg::sum_rows> sum;
    hg::gradient<model, loss, in_double> mean;
    hg::gradient<model, loss, in_double, hg::per_example> each;
    hg::trainer<model, loss, hg::sgd, in_double, hg::sum_rows> train{theta};
    const numbers data = {1, 2, 3, 4, 5, 6};
    const double sums[] = {3, 10, 21}, first[] = {1, 4, 9}; // of all elements, and of x0, over so many rows
    for (const int rows : {1, 2, 3}) {
        CAPTURE(rows);
        const double all = sums[rows - 1], n = rows;
        const numbers some(data.begin(), data.begin() + 2 * rows);
        const double fits = 2 * all, boths = 3 * (fits - 8) / 2, nlls = fits + n * std::log(4.0);
        const auto check = [&](const auto& out) {
            CHECK(out[fit] == near(fits));
            CHECK(out[penalty] == near(8));
            CHECK(out[both] == near(boths));
            CHECK(out[nll] == near(nlls)); // a logarithm within a row's value is that row's
            CHECK(out[loss] == near(-(fits + 8) + boths + nlls));
        };
        const auto out = sum(theta, x = some);
        check(out);
        // d/dw0: -x0 - 2 w0 + 3/2 (x0 - 2 w0) + x0 + 1 / w0
        CHECK(out.gradient(w)(0) == near(-4 + 1.5 * (first[rows - 1] - 4) + n * 0.5));
        check(train(x = some, hg::learning_rate = 0));
        const auto usual = mean(theta, x = some);
        CHECK(usual[fit] == near(fits / n));
        CHECK(usual[penalty] == near(8));
        CHECK(usual[loss] == near(-(fits / n + 8) + 1.5 * (fits / n - 8) + nlls / n));
        CHECK(usual.gradient(w)(0) == near(-4 + 1.5 * (first[rows - 1] / n - 4) + 0.5));
        const auto alone = each(theta, x = some);
        const double x0 = some[some.size() - 2], fit_0 = 2 * (x0 + some.back());
        CHECK(alone[fit](rows - 1) == near(fit_0));
        CHECK(alone[loss](rows - 1) == near(-(fit_0 + 8) + 1.5 * (fit_0 - 8) + fit_0 + std::log(4.0)));
        CHECK(alone.gradient(w)(rows - 1, 0) == near(-4 + 1.5 * (x0 - 4) + 0.5));
    }
}

namespace locations {

inline constexpr hg::input<"x"> x;
inline constexpr hg::parameter<"m"> m{hg::constant(2)};
inline constexpr hg::symbol<"z"> z;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::graph model{
    z = sample(normal(m, exp(x))),
    loss = 3 * z - square(m),
};

}

TEST_CASE("with sum_rows the location of a draw is a part of each row's value") {
    using namespace locations;
    hg::parameters<model, in_double> theta;
    hg::gradient<model, loss, in_double, hg::sum_rows> drawn;
    hg::gradient<model, loss, in_double, hg::sum_rows, hg::from<x, hg::name<"z.noise">>> fed;
    const numbers zeros(3, 0.0), noise = {1, 2, 4};
    CHECK(drawn(theta, x = zeros).gradient(m) == near(3 * 3 - 4));
    const auto out = fed(theta, x = zeros, hg::name<"z.noise"> = noise);
    CHECK(out[z] == near(3 * 2 + 7));
    CHECK(out[loss] == near(3 * (3 * 2 + 7) - 4));
    CHECK(out.gradient(m) == near(3 * 3 - 4));
}

TEST_CASE("per_example gives each row's value and gradient, as if it were alone in the call") {
    using namespace sums;
    hg::parameters<model, in_double> theta{hg::seed = 1};
    hg::gradient<model, loss, in_double> one;
    hg::gradient<model, loss, in_double, hg::per_example, hg::wrt<A, B, g, x>> each;
    hg::gradient<model, loss, in_double, hg::wrt<x>> in_x;
    const auto all = each(theta, x = data, t = targets);
    CHECK(all[loss].rank() == 1);
    CHECK(all[fit].size() == rows);
    CHECK(all.gradient(A).rank() == 3);
    CHECK(all.gradient(g).rank() == 2);
    CHECK(all.gradient(x).rank() == 2);
    for (std::size_t r = 0; r < rows; ++r) {
        CAPTURE(r);
        const numbers xr(data.begin() + static_cast<long>(r * 3), data.begin() + static_cast<long>(r * 3 + 3));
        const numbers tr(targets.begin() + static_cast<long>(r * 2), targets.begin() + static_cast<long>(r * 2 + 2));
        const auto alone = one(theta, x = xr, t = tr);
        CHECK(all[loss](r) == near(alone[loss]));
        for (int i = 0; i < 2; ++i) {
            CHECK(all.gradient(g)(r, i) == near(alone.gradient(g)(i)));
            for (int j = 0; j < 3; ++j) {
                CHECK(all.gradient(A)(r, i, j) == near(alone.gradient(A)(i, j)));
                CHECK(all.gradient(B)(r, i, j) == near(alone.gradient(B)(i, j)));
            }
        }
        const auto x_alone = in_x(theta, x = xr, t = tr);
        for (int j = 0; j < 3; ++j) CHECK(all.gradient(x)(r, j) == near(x_alone.gradient(x)(0, j)));
    }
}

TEST_CASE("parameters are fed like any symbol; what is fed wholly needs no parameters") {
    using namespace sums;
    hg::parameters<model, in_double> theta{hg::seed = 1};
    hg::function<model, hg::from<x, A, B, g>, hg::to<y>, in_double> fed;
    hg::function<model, hg::from<x>, hg::to<y>, in_double> held;
    const numbers a = copy(theta[A]), b = copy(theta[B]), scale = copy(theta[g]);
    const numbers expected = copy(held(theta, x = data)[y]);
    const auto out = fed(x = data, A = a, B = b, g = scale);
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(out[y].span()[i] == near(expected[i]));
}

TEST_CASE("trains names what a trainer moves; everything else stays as it is") {
    using namespace sums;
    hg::parameters<model, in_double> theta{hg::seed = 1}, before = theta;
    hg::trainer<model, loss, hg::adam, hg::trains<B, g>, in_double> train{theta};
    for (int step = 0; step < 3; ++step) train(x = data, t = targets);
    CHECK(std::ranges::equal(theta[A], before[A]));
    for (int i = 0; i < 2; ++i) {
        CHECK(theta[g](i) != before[g](i));
        for (int j = 0; j < 3; ++j) CHECK(theta[B](i, j) != before[B](i, j));
    }
    std::vector<std::string> slots;
    train.state().for_each([&](const std::string& name, const auto&, bool) { slots.push_back(name); });
    CHECK(slots == std::vector<std::string>{"B.first_moment", "B.second_moment", "g.first_moment", "g.second_moment"});
}

namespace blocked {

inline constexpr hg::input<"x", 2> x;
inline constexpr hg::parameter<"w", 2> w{hg::ones};
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"target"> target;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::graph model{
    y = w * x,
    target = stop_gradient(y + 1),
    loss = squared_error(y, target),
};

}

TEST_CASE("stop_gradient hands the value on and no gradient") {
    using namespace blocked;
    hg::parameters<model, in_double> theta;
    hg::gradient<model, loss, in_double> g;
    const numbers rows = {1, 2, 3, 4};
    const auto out = g(theta, x = rows);
    CHECK(out[loss] == 2);
    CHECK(out.gradient(w)(0) == near(-2 * (1 + 3) / 2.0));
    CHECK(out.gradient(w)(1) == near(-2 * (2 + 4) / 2.0));
}
