// Losses and distributions against their formulas; what of them is a mean and what a sum; how per-example terms and
// terms without a batch axis come together in one loss.
#include <hourglass/hourglass.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

using numbers = std::vector<double>;
using in_double = hg::element<double>;
constexpr double log_two_pi = 1.8378770664093454836;

doctest::Approx near(double x) { return doctest::Approx(x).epsilon(1e-13); }

}

namespace formulas {

inline constexpr hg::input<"a", 3> a;
inline constexpr hg::input<"b", 3> b;
inline constexpr hg::input<"t", 3> t;
inline constexpr hg::symbol<"mean_squared"> mean_squared;
inline constexpr hg::symbol<"squared"> squared;
inline constexpr hg::symbol<"bernoulli_loss"> bernoulli_loss;
inline constexpr hg::symbol<"gaussian_loss"> gaussian_loss;
inline constexpr hg::symbol<"absolute"> absolute;
inline constexpr hg::symbol<"squares"> squares;
inline constexpr hg::symbol<"log_density"> log_density;
inline constexpr hg::symbol<"log_mass"> log_mass;
inline constexpr hg::symbol<"to_standard"> to_standard;
inline constexpr hg::symbol<"between"> between;

inline constexpr auto q = normal(a, exp(b / 2));
inline constexpr auto p = normal(b, 1.5);

inline constexpr hg::graph losses{
    mean_squared = mse(a, b),
    squared = squared_error(a, b),
    bernoulli_loss = bernoulli_nll(a, t),
    gaussian_loss = gaussian_nll(t, a, b),
    absolute = l1(a),
    squares = l2(a),
    log_density = log_prob(q, t),
    log_mass = log_prob(bernoulli(a), t),
    to_standard = kl(q, hg::standard_normal),
    between = kl(q, p),
};

}

TEST_CASE("mse is the mean over features; squared errors, likelihoods, kl, l1 and l2 are sums") {
    using namespace formulas;
    hg::function<losses, hg::from<a, b, t>,
                 hg::to<mean_squared, squared, bernoulli_loss, gaussian_loss, absolute, squares, log_density, log_mass,
                        to_standard, between>,
                 in_double>
        f;
    const numbers va = {0.5, -1, 2, 3, -0.25, 0}, vb = {1, 0.5, -2, 0.125, 4, -1}, vt = {0, 1, 0.25, 1, 0.5, 0};
    const auto out = f(a = va, b = vb, t = vt);
    for (int r = 0; r < 2; ++r) {
        CAPTURE(r);
        double square_sum = 0, bernoulli_sum = 0, gaussian_sum = 0, l1_sum = 0, l2_sum = 0, standard = 0, other = 0;
        for (std::size_t i = static_cast<std::size_t>(r) * 3; i < static_cast<std::size_t>(r) * 3 + 3; ++i) {
            square_sum += (va[i] - vb[i]) * (va[i] - vb[i]);
            const double probability = 1 / (1 + std::exp(-va[i])), variance = std::exp(vb[i]);
            bernoulli_sum -= vt[i] * std::log(probability) + (1 - vt[i]) * std::log(1 - probability);
            gaussian_sum += 0.5 * ((vt[i] - va[i]) * (vt[i] - va[i]) / variance + vb[i] + log_two_pi);
            l1_sum += std::abs(va[i]);
            l2_sum += va[i] * va[i];
            standard += 0.5 * (variance + va[i] * va[i] - 1 - vb[i]);
            other += std::log(1.5) - vb[i] / 2 + (variance + (va[i] - vb[i]) * (va[i] - vb[i])) / (2 * 1.5 * 1.5) - 0.5;
        }
        CHECK(out[mean_squared](r) == near(square_sum / 3));
        CHECK(out[squared](r) == near(square_sum));
        CHECK(out[bernoulli_loss](r) == near(bernoulli_sum));
        CHECK(out[gaussian_loss](r) == near(gaussian_sum));
        CHECK(out[absolute](r) == near(l1_sum));
        CHECK(out[squares](r) == near(l2_sum));
        CHECK(out[log_density](r) == near(-gaussian_sum));
        CHECK(out[log_mass](r) == near(-bernoulli_sum));
        CHECK(out[to_standard](r) == near(standard));
        CHECK(out[between](r) == near(other));
    }
}

TEST_CASE("a deviation written exp(s) keeps s: no log of an exp is taken, so nothing is lost where exp underflows") {
    using namespace formulas;
    hg::function<losses, hg::from<a, b>, hg::to<to_standard>, in_double> f;
    const numbers va(3, 0.0), vb(3, -3000.0);
    CHECK(f(a = va, b = vb)[to_standard](0) == near(3 * 0.5 * (3000.0 - 1)));
}

namespace classes {

inline constexpr hg::input<"logits", 3> logits;
inline constexpr hg::input<"label", 3> label;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::graph model{loss = cross_entropy(logits, label)};

}

TEST_CASE("cross entropy is the logarithm of the label's probability, exact for sure labels, also of soft ones") {
    using namespace classes;
    hg::gradient<model, loss, hg::wrt<logits>, in_double, hg::per_example> f;
    const numbers scores{1, 2, 4, 1000, -1000, 0, 1, 2, 4}, labels{0, 1, 0, 1, 0, 0, 0.25, 0.25, 0.5};
    const auto out = f(logits = scores, label = labels);
    const double total = std::log(std::exp(1.0) + std::exp(2.0) + std::exp(4.0));
    CHECK(out[loss](0) == near(total - 2));
    CHECK(out[loss](1) == 0);
    CHECK(out[loss](2) == near(total - (0.25 + 0.5 + 2)));
    for (int k = 0; k < 3; ++k) {
        const auto at = static_cast<std::size_t>(k);
        CHECK(out.gradient(logits)(0, k) == near(std::exp(scores[at] - total) - labels[at]));
        CHECK(out.gradient(logits)(2, k) == near(std::exp(scores[at] - total) - labels[6 + at]));
    }
}

namespace layered {

inline constexpr hg::input<"x", 2> x;
inline constexpr hg::input<"t", 3> t;
inline constexpr hg::symbol<"divergence"> divergence;
inline constexpr hg::symbol<"between"> between;
inline constexpr hg::symbol<"density"> density;
inline constexpr hg::symbol<"plain"> plain;
inline constexpr hg::symbol<"mass"> mass;

inline constexpr auto q = normal(hg::dense<3>(x), exp(hg::dense<3>(x) / 2));

inline constexpr hg::graph model{
    divergence = kl(q, hg::standard_normal),
    between =
        kl(normal(hg::dense<3>(x), exp(hg::linear<3>(x))), normal(hg::linear<3>(x), 1 + square(hg::linear<3>(x)))),
    density = log_prob(q, t),
    plain = log_prob(normal(t, 1 + square(hg::linear<3>(x))), hg::linear<3>(x)),
    mass = log_prob(bernoulli(hg::linear<3>(x)), t),
};

}

TEST_CASE("a layer inside a distribution is made once in each equation, though the formula uses it several times") {
    using namespace layered;
    hg::parameters<model, in_double> theta{hg::seed = 3};
    std::vector<std::string> names;
    theta.for_each([&](const std::string& name, const auto&, bool) { names.push_back(name); });
    CHECK(names == std::vector<std::string>{"divergence.0.weight", "divergence.0.bias", "divergence.1.weight",
                                            "divergence.1.bias", "between.0.weight", "between.0.bias",
                                            "between.1.weight", "between.2.weight", "between.3.weight",
                                            "density.0.weight", "density.0.bias", "density.1.weight", "density.1.bias",
                                            "plain.0.weight", "plain.1.weight", "mass.weight"});

    const numbers vx = {0.5, -2}, vt = {1, 0, 0.25};
    hg::function<model, hg::from<x, t>, hg::to<divergence, between, density, plain, mass>, in_double> f;
    const auto out = f(theta, x = vx, t = vt);
    const auto product = [&](const auto& weight, int i) { return weight(i, 0) * vx[0] + weight(i, 1) * vx[1]; };
    double standard = 0, other = 0, log_density = 0, log_plain = 0, log_mass = 0;
    for (int i = 0; i < 3; ++i) {
        const double target = vt[static_cast<std::size_t>(i)];
        {
            const double mu =
                product(theta[hg::name<"divergence.0.weight">], i) + theta[hg::name<"divergence.0.bias">](i);
            const double log_variance =
                product(theta[hg::name<"divergence.1.weight">], i) + theta[hg::name<"divergence.1.bias">](i);
            standard += 0.5 * (std::exp(log_variance) + mu * mu - 1 - log_variance);
        }
        {
            const double mu = product(theta[hg::name<"between.0.weight">], i) + theta[hg::name<"between.0.bias">](i);
            const double s = product(theta[hg::name<"between.1.weight">], i);
            const double mu_p = product(theta[hg::name<"between.2.weight">], i);
            const double sigma_p = 1 + std::pow(product(theta[hg::name<"between.3.weight">], i), 2);
            other +=
                std::log(sigma_p) - s - 0.5 + (std::exp(2 * s) + (mu - mu_p) * (mu - mu_p)) / (2 * sigma_p * sigma_p);
        }
        {
            const double mu = product(theta[hg::name<"density.0.weight">], i) + theta[hg::name<"density.0.bias">](i);
            const double log_variance =
                product(theta[hg::name<"density.1.weight">], i) + theta[hg::name<"density.1.bias">](i);
            log_density -= 0.5 * ((target - mu) * (target - mu) / std::exp(log_variance) + log_variance + log_two_pi);
        }
        {
            const double sigma = 1 + std::pow(product(theta[hg::name<"plain.0.weight">], i), 2);
            const double value = product(theta[hg::name<"plain.1.weight">], i);
            log_plain -= 0.5 * std::pow((value - target) / sigma, 2) + std::log(sigma) + 0.5 * log_two_pi;
        }
        const double logit = product(theta[hg::name<"mass.weight">], i);
        log_mass += logit * target - std::log1p(std::exp(logit));
    }
    CHECK(out[divergence](0) == near(standard));
    CHECK(out[between](0) == near(other));
    CHECK(out[density](0) == near(log_density));
    CHECK(out[plain](0) == near(log_plain));
    CHECK(out[mass](0) == near(log_mass));
}

TEST_CASE("the Bernoulli likelihood neither overflows nor cancels at large logits") {
    using namespace formulas;
    hg::function<losses, hg::from<a, t>, hg::to<bernoulli_loss>, in_double> f;
    const numbers va = {800, -800, 40}, vt = {0, 1, 1};
    CHECK(f(a = va, t = vt)[bernoulli_loss](0) == near(1600 + std::exp(-40)));
    const numbers good = {800, -800, 40}, agreed = {1, 0, 1};
    CHECK(f(a = good, t = agreed)[bernoulli_loss](0) == near(std::exp(-40)));
}

namespace terms {

inline constexpr hg::input<"x", 2> x;
inline constexpr hg::parameter<"w", 2> w;
inline constexpr hg::symbol<"data_term"> data_term;
inline constexpr hg::symbol<"penalty"> penalty;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::scalar<"lambda"> lambda{0.5};
inline constexpr hg::graph model{
    data_term = square(dot(w, x)),
    penalty = l2(w),
    loss = data_term + lambda * penalty,
};

}

TEST_CASE("a per-example loss is trained on its mean over the rows, a batch-free term counts once") {
    using namespace terms;
    hg::parameters<model, in_double> theta;
    theta[w](0) = 2;
    theta[w](1) = -1;
    const numbers rows = {1, 1, 2, 0, 0, 3}; // w x = 1, 4, -3
    hg::gradient<model, loss, in_double> g;
    const auto out = g(theta, x = rows);
    CHECK(out[data_term] == near(26.0 / 3));
    CHECK(out[penalty] == near(5));
    CHECK(out[loss] == near(26.0 / 3 + 2.5));
    CHECK(out.gradient(w)(0) == near((2 * 1 * 1 + 2 * 4 * 2) / 3.0 + 0.5 * 2 * 2));
    CHECK(out.gradient(w)(1) == near((2 * 1 * 1 + 2 * -3 * 3) / 3.0 - 0.5 * 2 * 1));

    // The same numbers whatever the number of rows: twice the rows, each there twice.
    numbers doubled = rows;
    doubled.insert(doubled.end(), rows.begin(), rows.end());
    const double before = out.gradient(w)(0);
    CHECK(g(theta, x = doubled).gradient(w)(0) == near(before));

    hg::trainer<model, loss, hg::sgd, in_double> train{theta};
    const auto step = train(x = rows, hg::learning_rate = 0.1);
    CHECK(step[loss] == near(26.0 / 3 + 2.5));
    CHECK(theta[w](0) == near(2 - 0.1 * before));
}

TEST_CASE("the last short batch counts by its own rows") {
    using namespace terms;
    hg::parameters<model, in_double> theta;
    theta[w](0) = 1;
    hg::trainer<model, loss, hg::sgd, in_double, hg::max_rows<4>> train{theta};
    const numbers four = {1, 0, 2, 0, 3, 0, 4, 0}, one = {5, 0};
    CHECK(train(x = four, lambda = 0, hg::learning_rate = 0)[loss] == near(30.0 / 4));
    CHECK(train(x = one, lambda = 0, hg::learning_rate = 0)[loss] == near(25));
}

namespace coupled {

inline constexpr hg::input<"x", 2> x;
inline constexpr hg::parameter<"w", 2> w{hg::ones};
inline constexpr hg::symbol<"centred"> centred;
inline constexpr hg::symbol<"total"> total;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::symbol<"free_loss"> free_loss;
inline constexpr hg::graph model{
    centred = w * x - batch_mean(w * x),
    total = batch_sum(x),
    loss = sum(square(centred)),
    free_loss = sum(square(batch_sum(w * x))),
};

}

TEST_CASE("batch_mean and batch_sum couple the examples of a call") {
    using namespace coupled;
    hg::parameters<model, in_double> theta;
    theta[w](1) = 2;
    const numbers rows = {1, 0, 3, 2, 5, 1};
    hg::function<model, hg::from<x>, hg::to<centred, total>, in_double> f;
    const auto out = f(theta, x = rows);
    CHECK(out[total].rank() == 1);
    CHECK(out[total](0) == 9);
    CHECK(out[total](1) == 3);
    CHECK(out[centred](0, 0) == near(-2));
    CHECK(out[centred](1, 1) == near(2));

    // d/dw_j of the mean over rows of w_j^2 (x_j - mean)^2 is 2 w_j var(x_j)
    hg::gradient<model, loss, in_double> g;
    const auto slope = g(theta, x = rows);
    CHECK(slope.gradient(w)(0) == near(2 * 1 * 8.0 / 3));
    CHECK(slope.gradient(w)(1) == near(2 * 2 * 2.0 / 3));

    // A loss without a batch axis counts once, whatever the number of rows: (w_j sum x_j)^2.
    hg::gradient<model, free_loss, in_double> once;
    const auto s = once(theta, x = rows);
    CHECK(s[free_loss] == near(81 + 36));
    CHECK(s.gradient(w)(0) == near(2 * 81));
    CHECK(s.gradient(w)(1) == near(2 * 2 * 9));
}

namespace reported {

inline constexpr hg::input<"x", 4> x;
inline constexpr hg::symbol<"code"> code;
inline constexpr hg::symbol<"sparsity"> sparsity;
inline constexpr hg::symbol<"error"> error;
inline constexpr hg::symbol<"unused"> unused;
inline constexpr hg::symbol<"loss"> loss;
// clang-format off
inline constexpr hg::graph model{
    code     = sigmoid(hg::dense<2>(x)),
    sparsity = l1(code),
    unused   = l2(code),
    error    = mse(hg::dense<4>(code), x),
    loss     = error + 0.1 * sparsity,
};
// clang-format on

}

TEST_CASE(
    "a training step reports the scalar terms of its loss as means over the rows, and further symbols on request") {
    using namespace reported;
    hg::parameters<model, in_double> theta{hg::seed = 4}, same = theta;
    hg::trainer<model, loss, hg::sgd, in_double, hg::to<code>> train{theta};
    const numbers rows = {1, 2, 3, 4, 0, 0, 1, 1, -1, 2, 0, 1};
    hg::function<model, hg::from<x>, hg::to<code, sparsity, error, loss>, in_double> f;
    const auto expected = f(same, x = rows);
    const auto out = train(x = rows);
    const auto mean = [](auto view) { return (view(0) + view(1) + view(2)) / 3; };
    CHECK(out[sparsity] == near(mean(expected[sparsity])));
    CHECK(out[error] == near(mean(expected[error])));
    CHECK(out[loss] == near(mean(expected[loss])));
    CHECK(out[code](2, 1) == near(expected[code](2, 1)));
}
