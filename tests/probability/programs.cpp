// Draws in compiled programs: their distribution, by the entropy that their log densities estimate; the gradient that
// goes through them, by differences with the same noise; draws from fed noise at the ends of its range; what is said in
// constant expressions. Formulas are in probability/distributions.cpp.
#include <hourglass/hourglass.hpp>
#include <hourglass/probability/distributions.hpp>

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace draws {

inline constexpr hg::parameter<"mu", 3> mu{hg::constant(0.3)};
inline constexpr hg::parameter<"s", 3> s{hg::constant(-0.4)};
inline constexpr hg::parameter<"a", 3> a{hg::constant(1.7)};
inline constexpr hg::parameter<"b", 3> b{hg::constant(0.6)};
inline constexpr hg::parameter<"nu", 3> nu{hg::constant(4.5)};
inline constexpr hg::parameter<"L", 3, 3> L{hg::constant(0.8)};
inline constexpr hg::symbol<"normal"> z_normal;
inline constexpr hg::symbol<"laplace"> z_laplace;
inline constexpr hg::symbol<"logistic"> z_logistic;
inline constexpr hg::symbol<"student"> z_student;
inline constexpr hg::symbol<"uniform"> z_uniform;
inline constexpr hg::symbol<"exponential"> z_exponential;
inline constexpr hg::symbol<"gamma"> z_gamma;
inline constexpr hg::symbol<"beta"> z_beta;
inline constexpr hg::symbol<"von_mises"> z_von_mises;
inline constexpr hg::symbol<"multivariate"> z_multivariate;
inline constexpr hg::symbol<"common"> z_common;
inline constexpr hg::symbol<"surprise"> surprise;
inline constexpr hg::symbol<"entropies"> entropies;
inline constexpr hg::symbol<"loss"> loss;

inline constexpr auto q_normal = hg::normal(mu, exp(s));
inline constexpr auto q_laplace = hg::laplace(mu, exp(s));
inline constexpr auto q_logistic = hg::logistic(mu, exp(s));
inline constexpr auto q_student = hg::student_t(nu, mu, exp(s));
inline constexpr auto q_uniform = hg::uniform(mu, a);
inline constexpr auto q_exponential = hg::exponential(b);
inline constexpr auto q_gamma = hg::gamma(a, exp(s));
inline constexpr auto q_beta = hg::beta(a, b);
inline constexpr auto q_von_mises = hg::von_mises(mu, nu);
inline constexpr auto q_multivariate = hg::multivariate_normal(mu, L);

template <class Z> constexpr auto one(const Z& z) { return reshape<1>(z); }
inline constexpr hg::graph model{
    z_normal = sample(q_normal),
    z_laplace = sample(q_laplace),
    z_logistic = sample(q_logistic),
    z_student = sample(q_student),
    z_uniform = sample(q_uniform),
    z_exponential = sample(q_exponential),
    z_gamma = sample(q_gamma),
    z_beta = sample(q_beta),
    z_von_mises = sample(q_von_mises),
    z_multivariate = sample(q_multivariate),
    z_common = hg::shared(sample(q_gamma)),
    surprise = -concatenate(one(log_prob(q_normal, z_normal)), one(log_prob(q_laplace, z_laplace)),
                            one(log_prob(q_logistic, z_logistic)), one(log_prob(q_student, z_student)),
                            one(log_prob(q_uniform, z_uniform)), one(log_prob(q_exponential, z_exponential)),
                            one(log_prob(q_gamma, z_gamma)), one(log_prob(q_beta, z_beta)),
                            one(log_prob(q_von_mises, z_von_mises)), one(log_prob(q_multivariate, z_multivariate))),
    entropies =
        concatenate(one(entropy(q_normal)), one(entropy(q_laplace)), one(entropy(q_logistic)), one(entropy(q_student)),
                    one(entropy(q_uniform)), one(entropy(q_exponential)), one(entropy(q_gamma)), one(entropy(q_beta)),
                    one(entropy(q_von_mises)), one(entropy(q_multivariate))),
    loss = sum(square(z_normal)) + sum(square(z_laplace)) + sum(square(z_logistic)) + sum(log1p(square(z_student))) +
           sum(square(z_uniform)) + sum(square(z_exponential)) + sum(square(z_gamma)) + sum(square(z_beta)) +
           sum(sin(z_von_mises)) + sum(square(z_multivariate)) + sum(square(z_common)),
};

static_assert(decltype(q_normal)::pathwise == hg::pathwise_form::explicit_function);
static_assert(decltype(q_gamma)::pathwise == hg::pathwise_form::implicit_quantile);
static_assert(decltype(hg::bernoulli(mu))::pathwise == hg::pathwise_form::none);

}

TEST_CASE("draws have the entropy of their distribution, in float") {
    using namespace draws;
    hg::parameters<model> theta;
    const auto look = std::make_unique<hg::function<model, hg::to<surprise, entropies, z_common>>>(hg::seed = 3);
    constexpr long rows = 128, calls = 64;
    std::vector<double> mean(10);
    std::vector<float> wanted;
    for (long c = 0; c < calls; ++c) {
        const auto out = (*look)(theta, hg::rows = rows, hg::first_example = c * rows);
        for (long r = 0; r < rows; ++r)
            for (long k = 0; k < 10; ++k) mean[static_cast<std::size_t>(k)] += out[surprise](r, k) / (rows * calls);
        wanted.assign(out[entropies].begin(), out[entropies].end());
        const auto common = out[z_common]; // one draw for all rows: there is no batch axis
        CHECK((common(0) > 0 && common(0) != common(1)));
    }
    // The deviation of an estimate is about 2 / sqrt(8192).
    for (std::size_t k = 0; k < 10; ++k) {
        CAPTURE(k);
        CHECK(std::abs(mean[k] - static_cast<double>(wanted[k])) < 0.1);
    }
}

TEST_CASE("the gradient goes through draws, explicit ones and implicit ones") {
    using namespace draws;
    using in_double = hg::element<double>;
    hg::parameters<model, in_double> theta;
    // Distinct elements, and a lower triangle whose upper part is not read.
    for (int i = 0; i < 3; ++i) {
        theta[mu](i) += 0.1 * i;
        theta[s](i) -= 0.2 * i;
        theta[a](i) += 0.9 * i;
        theta[b](i) += 0.3 * i;
        theta[nu](i) += 1.5 * i;
        for (int j = 0; j < 3; ++j) theta[L](i, j) += 0.1 * i - 0.2 * j;
    }
    const auto slope = std::make_unique<hg::gradient<model, loss, in_double, hg::max_rows<8>>>(hg::seed = 5);
    const auto value = [&] { return (*slope)(theta, hg::rows = 7)[loss]; };
    const auto check = [&](const auto& leaf) {
        std::vector<double> got;
        {
            const auto out = (*slope)(theta, hg::rows = 7);
            got.assign(out.gradient(leaf).begin(), out.gradient(leaf).end());
        }
        std::size_t i = 0;
        for (double& x : theta[leaf]) {
            CAPTURE(leaf.name);
            CAPTURE(i);
            const double at = x, h = 1e-5;
            x = at + h;
            const double above = value();
            x = at - h;
            const double below = value();
            x = at;
            CHECK(got[i++] == doctest::Approx((above - below) / (2 * h)).epsilon(1e-7));
        }
    };
    check(mu);
    check(s);
    check(a);
    check(b);
    check(nu);
    check(L);
}

namespace ends {

inline constexpr hg::input<"a", 2> a;
inline constexpr hg::symbol<"laplace"> z_laplace;
inline constexpr hg::symbol<"logistic"> z_logistic;
inline constexpr hg::symbol<"exponential"> z_exponential;
inline constexpr hg::symbol<"gamma"> z_gamma;
inline constexpr hg::symbol<"beta"> z_beta;
inline constexpr hg::symbol<"angle"> z_angle;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::graph model{
    z_laplace = sample(hg::laplace(0, a)),
    z_logistic = sample(hg::logistic(0, a)),
    z_exponential = sample(hg::exponential(a)),
    z_gamma = sample(hg::gamma(a, 2)),
    z_beta = sample(hg::beta(a, 1.5)),
    z_angle = sample(hg::von_mises(0, a)),
    loss = sum(z_laplace + z_logistic + z_exponential + z_gamma + z_beta + z_angle),
};

}

TEST_CASE_TEMPLATE("draws and their gradients are finite at both ends of the noise", T, float, double) {
    using namespace ends;
    using wide = std::vector<T>;
    const auto look = std::make_unique<hg::gradient<
        model, loss, hg::wrt<a>, hg::element<T>, hg::per_example,
        hg::from<hg::name<"laplace.noise">, hg::name<"logistic.noise">, hg::name<"exponential.noise">,
                 hg::name<"gamma.noise">, hg::name<"beta.0.noise">, hg::name<"beta.1.noise">, hg::name<"angle.noise">>,
        hg::to<z_gamma, z_exponential>>>();
    const T last = T(1 - 0x1p-24);
    const wide u = {0, last, last, 0, T(0.5), T(0.5)};
    const wide shapes = {T(0.01), T(0.02), 3, 2, T(0.3), 40};
    const auto out = (*look)(a = shapes, hg::name<"laplace.noise"> = u, hg::name<"logistic.noise"> = u,
                             hg::name<"exponential.noise"> = u, hg::name<"gamma.noise"> = u,
                             hg::name<"beta.0.noise"> = u, hg::name<"beta.1.noise"> = u, hg::name<"angle.noise"> = u);
    for (const T x : out[loss]) CHECK(std::isfinite(x));
    for (const T x : out.gradient(a)) CHECK(std::isfinite(x));
    CHECK(static_cast<double>(out[z_gamma](0, 0)) == 0x1p-126); // the number itself is far below it
    CHECK(static_cast<double>(out[z_exponential](2, 0)) == doctest::Approx(std::log(2) / 0.3).epsilon(1e-6));
}

namespace choices {

inline constexpr hg::parameter<"logits", 2, 3> logits{hg::constant(0.0)};
inline constexpr hg::symbol<"drawn"> drawn;
inline constexpr hg::symbol<"straight"> straight;
inline constexpr hg::symbol<"soft"> soft;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr auto q = hg::categorical(logits);
inline constexpr hg::graph model{
    drawn = draw(q),
    straight = sample(q, hg::straight_through),
    soft = sample(q, hg::relaxed(0.5)),
    loss = sum(square(straight)) + log_prob(q, drawn),
};

}

TEST_CASE("categorical draws have one element for each choice, as often as it is likely") {
    using namespace choices;
    hg::parameters<model> theta;
    theta[logits](1, 2) = 1.5f;
    theta[logits](0, 0) = -0.5f;
    const auto look = std::make_unique<hg::function<model, hg::to<drawn, straight, soft>>>(hg::seed = 9);
    constexpr long rows = 128, calls = 64;
    double hot[6] = {};
    for (long c = 0; c < calls; ++c) {
        const auto out = (*look)(theta, hg::rows = rows, hg::first_example = c * rows);
        for (long r = 0; r < rows; ++r)
            for (long i = 0; i < 2; ++i) {
                double sum = 0, of_soft = 0;
                for (long j = 0; j < 3; ++j) {
                    const double one = static_cast<double>(out[drawn](r, i, j));
                    CHECK((one == 0 || one == 1));
                    CHECK((std::abs(static_cast<double>(out[straight](r, i, j))) < 1e-6 ||
                           std::abs(static_cast<double>(out[straight](r, i, j)) - 1) < 1e-6));
                    sum += one;
                    of_soft += static_cast<double>(out[soft](r, i, j));
                    hot[3 * i + j] += one / (rows * calls);
                }
                CHECK(sum == 1);
                CHECK(of_soft == doctest::Approx(1).epsilon(1e-5));
            }
    }
    const double first = std::exp(-0.5) / (std::exp(-0.5) + 2), last = std::exp(1.5) / (std::exp(1.5) + 2);
    CHECK(hot[0] == doctest::Approx(first).epsilon(0.05));
    CHECK(hot[5] == doctest::Approx(last).epsilon(0.05));
}

namespace rows_of_their_own {

inline constexpr hg::input<"mu", 2> mu;
inline constexpr hg::input<"L", 2, 2> L;
inline constexpr hg::input<"x", 2> x;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::graph model{y = log_prob(hg::multivariate_normal(mu, L), x)};

}

TEST_CASE("a triangular scale for each example") {
    using namespace rows_of_their_own;
    hg::function<model, hg::to<y>, hg::element<double>> look;
    const std::vector<double> means = {1, 2, -1, 0}, scales = {2, 100, 0, 1, 1, 100, 3, 0.5}, at = {3, 4, 0, 4};
    const auto out = look(mu = means, L = scales, x = at);
    const double constant = std::log(2 * 3.14159265358979323846);
    // (2, 2) by diag(2, 1), and (1, 4) by (1, 0; 3, 0.5): what is above the diagonal is not read
    CHECK(out[y](0) == doctest::Approx(-0.5 * (1 + 4) - std::log(2) - constant).epsilon(1e-14));
    CHECK(out[y](1) == doctest::Approx(-0.5 * (1 + 4) - std::log(0.5) - constant).epsilon(1e-14));
}

namespace constants {

inline constexpr hg::argument<"a"> a;
inline constexpr hg::argument<"b"> b;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"z"> z;
inline constexpr hg::graph model{
    z = hg::gamma_quantile(a, 0.5) + hg::von_mises_quantile(b, 0.25),
    y = kl(hg::gamma(a, b), hg::gamma(2, 1)) + entropy(hg::student_t(a, 0, b)) + 0 * z,
};
using derivative = hg::gradient<model, y, hg::wrt<a, b>, hg::to<z>, hg::element<double>>;
constexpr auto at = hg::evaluate<derivative>(a = 2.0, b = 1.0);
static_assert(at[y] > 1.9602792 && at[y] < 1.9602793);                       // 0 and SciPy's t(2).entropy()
static_assert(at.gradient(b) > 1.0 - 1e-14 && at.gradient(b) < 1.0 + 1e-14); // of log sigma

}

TEST_CASE("the same in constant expressions and at run time") {
    using namespace constants;
    derivative slope;
    const std::vector<double> two = {2}, one = {1};
    const auto out = slope(a = two, b = one);
    CHECK(out[y] == doctest::Approx(at[y]).epsilon(1e-14));
    CHECK(out[z] == doctest::Approx(at[z]).epsilon(1e-14));
    CHECK(out.gradient(a) == doctest::Approx(at.gradient(a)).epsilon(1e-13));
}
