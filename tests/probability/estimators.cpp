// Estimators of gradients through draws: their values, their means against exact gradients, and their variances against
// closed forms.
#include <hourglass/hourglass.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace hg = hourglass;

namespace {

// d/dmu E[f(z)], z ~ N(mu, 1), by the path of z and by the score function.
namespace gaussian {

inline constexpr hg::argument<"mu"> mu;
inline constexpr hg::argument<"centre", 3> centre;
inline constexpr hg::scalar<"baseline"> baseline{0.0};
inline constexpr hg::symbol<"z"> z;
inline constexpr hg::symbol<"drawn"> drawn;
inline constexpr hg::symbol<"many"> many;
inline constexpr hg::symbol<"square_by_path"> square_by_path;
inline constexpr hg::symbol<"square_by_score"> square_by_score;
inline constexpr hg::symbol<"sine_by_path"> sine_by_path;
inline constexpr hg::symbol<"sine_by_score"> sine_by_score;
inline constexpr hg::symbol<"norm_by_path"> norm_by_path;
inline constexpr hg::symbol<"norm_by_score"> norm_by_score;

inline constexpr auto q = normal(mu, 1);
inline constexpr auto q3 = normal(centre, 1);

inline constexpr hg::graph model{
    z = sample(q),
    drawn = draw(q),
    many = draw(q3),
    square_by_path = square(z),
    square_by_score = score_function(square(drawn), log_prob(q, drawn)),
    sine_by_path = sin(10 * z),
    sine_by_score = score_function(sin(10 * drawn), log_prob(q, drawn)),
    norm_by_path = sum(square(sample(q3))),
    norm_by_score = score_function(sum(square(many)), log_prob(q3, many), baseline),
};

template <auto Loss, auto Symbol> using meter =
    hg::gradient_variance<model, Loss, hg::wrt<Symbol>, hg::max_rows<1>, hg::element<double>>;
constexpr long draws = 200000;

void check(double mean, double variance, double wanted_mean, double wanted_variance) {
    CHECK(variance == doctest::Approx(wanted_variance).epsilon(0.05));
    CHECK(std::abs(mean - wanted_mean) < 5 * std::sqrt(wanted_variance / static_cast<double>(draws)));
}

}

}

TEST_CASE("variances of the pathwise and the score-function estimator are those of the closed forms") {
    using namespace gaussian;
    const auto moments = []<auto Loss>(double at) {
        meter<Loss, mu> measure{hg::seed = 1};
        const auto found = measure(draws, mu = at, hg::rows = 1);
        return std::pair{found.mean(mu)[0], found.variance(mu)[0]};
    };
    for (double at : {0.0, 0.7}) { // d/dmu E[z^2] = 2 mu
        const auto path = moments.operator()<square_by_path>(at), score = moments.operator()<square_by_score>(at);
        check(path.first, path.second, 2 * at, 4);
        check(score.first, score.second, 2 * at, std::pow(at, 4) + 14 * at * at + 15);
    }
    // d/dmu E[sin(10 z)] at 0 is 10 exp(-50): here the path varies more.
    const auto path = moments.operator()<sine_by_path>(0), score = moments.operator()<sine_by_score>(0);
    check(path.first, path.second, 0, 50);
    check(score.first, score.second, 0, 0.5);
}

TEST_CASE("a baseline lowers the variance, to that of the closed form") {
    using namespace gaussian;
    const std::vector<double> zero(3, 0.0);
    const double d = 3;
    meter<norm_by_path, centre> by_path{hg::seed = 2};
    meter<norm_by_score, centre> by_score{hg::seed = 2};
    const auto path = by_path(draws, centre = zero, hg::rows = 1);
    const auto plain = by_score(draws, centre = zero, hg::rows = 1);
    const auto best = by_score(draws, centre = zero, hg::rows = 1, baseline = d + 2);
    for (std::size_t i = 0; i < 3; ++i) {
        check(path.mean(centre)[i], path.variance(centre)[i], 0, 4);
        check(plain.mean(centre)[i], plain.variance(centre)[i], 0, (d + 2) * (d + 4));
        check(best.mean(centre)[i], best.variance(centre)[i], 0, 2 * d + 4);
    }
}

// d/dlogits E[f(z)], z one of 0 and 1 in two places: exact, from all four values.
namespace binary {

inline constexpr hg::argument<"logits", 2> logits;
inline constexpr hg::scalar<"temperature"> temperature{0.5};
inline constexpr hg::symbol<"z"> z;
inline constexpr hg::symbol<"through"> through;
inline constexpr hg::symbol<"soft"> soft;
inline constexpr hg::symbol<"simplex"> simplex;
inline constexpr hg::symbol<"common"> common;
inline constexpr hg::symbol<"by_score"> by_score;
inline constexpr hg::symbol<"by_mean"> by_mean;
inline constexpr hg::symbol<"by_soft"> by_soft;
inline constexpr hg::symbol<"by_simplex"> by_simplex;

inline constexpr auto q = bernoulli(logits);
template <class Z> constexpr auto cost(const Z& of) { return square(sum(of) - 0.3); }

inline constexpr hg::graph model{
    z = draw(q),
    through = sample(q, hg::straight_through),
    soft = sample(q, hg::relaxed(temperature)),
    simplex = gumbel_softmax(logits, temperature),
    common = hg::shared(sample(q, hg::relaxed(temperature))),
    by_score = score_function(cost(z), log_prob(q, z), 0.5),
    by_mean = cost(through),
    by_soft = cost(soft),
    by_simplex = cost(slice<0, 1>(simplex)),
};
template <auto Symbol> using values = hg::function<model, hg::to<Symbol>, hg::max_rows<4000>, hg::element<double>>;
template <auto Loss> using slope = hg::gradient<model, Loss, hg::wrt<logits>, hg::element<double>, hg::max_rows<4000>,
                                                hg::per_example, hg::to<z, through>>;
double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }

}

TEST_CASE("the score function is unbiased, for what has no path") {
    using namespace binary;
    const std::vector<double> at{-0.4, 1.1};
    const double p[] = {sigmoid_of(at[0]), sigmoid_of(at[1])};
    double wanted[2] = {0, 0};
    for (int i = 0; i < 4; ++i) {
        const double a = i & 1, b = i >> 1 & 1, f = (a + b - 0.3) * (a + b - 0.3);
        const double pa = a > 0 ? p[0] : 1 - p[0], pb = b > 0 ? p[1] : 1 - p[1];
        wanted[0] += f * pa * pb * (a - p[0]);
        wanted[1] += f * pa * pb * (b - p[1]);
    }
    hg::gradient_variance<model, by_score, hg::wrt<logits>, hg::max_rows<1>, hg::element<double>> meter{hg::seed = 3};
    const auto found = meter(200000, logits = at, hg::rows = 1);
    for (std::size_t i = 0; i < 2; ++i)
        CHECK(std::abs(found.mean(logits)[i] - wanted[i]) < 5 * std::sqrt(found.variance(logits)[i] / 200000));
    CHECK_THROWS_WITH(meter(1, logits = at, hg::rows = 1),
                      "the variance of a gradient is asked for 1 draws, but takes at least 2");
}

TEST_CASE("straight-through draws are 0 or 1, as often as they should be, with the slope of the mean") {
    using namespace binary;
    const std::vector<double> at{-0.4, 1.1};
    slope<by_mean> program{hg::seed = 4};
    const auto out = program(logits = at, hg::rows = 4000);
    double ones[2] = {0, 0};
    for (int r = 0; r < 4000; ++r) {
        double total = 0;
        for (int i = 0; i < 2; ++i) {
            const double drawn = out[through](r, i);
            REQUIRE((drawn == 0 || drawn == 1));
            ones[i] += drawn / 4000;
            total += drawn;
        }
        for (int i = 0; i < 2; ++i) {
            const double p = sigmoid_of(at[static_cast<std::size_t>(i)]);
            REQUIRE(out.gradient(logits)(r, i) == doctest::Approx(2 * (total - 0.3) * p * (1 - p)).epsilon(1e-12));
        }
    }
    for (int i = 0; i < 2; ++i) CHECK(std::abs(ones[i] - sigmoid_of(at[static_cast<std::size_t>(i)])) < 0.03);
}

TEST_CASE("relaxed draws lie between, round to draws, and have the slope of their path") {
    using namespace binary;
    const std::vector<double> at{-0.4, 1.1};
    const double step = 1e-6;
    const auto check = [&]<auto Loss, auto Symbol>() {
        values<Symbol> value{hg::seed = 5};
        hg::function<model, hg::to<Loss>, hg::max_rows<4000>, hg::element<double>> costs{hg::seed = 5};
        slope<Loss> program{hg::seed = 5};
        const auto drawn = value(logits = at, hg::rows = 4000);
        const auto slopes = program(logits = at, hg::rows = 4000);
        double above[2] = {0, 0}, worst = 0;
        for (int r = 0; r < 4000; ++r)
            for (int i = 0; i < 2; ++i) {
                REQUIRE((drawn[Symbol](r, i) >= 0 && drawn[Symbol](r, i) <= 1));
                above[i] += drawn[Symbol](r, i) > 0.5;
            }
        for (int i = 0; i < 2; ++i) {
            std::vector<double> up = at, down = at, right(4000);
            up[static_cast<std::size_t>(i)] += step;
            down[static_cast<std::size_t>(i)] -= step;
            const auto high = costs(logits = up, hg::rows = 4000);
            for (int r = 0; r < 4000; ++r) right[static_cast<std::size_t>(r)] = high[Loss](r);
            const auto low = costs(logits = down, hg::rows = 4000);
            for (int r = 0; r < 4000; ++r) {
                const double wanted = (right[static_cast<std::size_t>(r)] - low[Loss](r)) / (2 * step);
                worst = std::max(worst, std::abs(slopes.gradient(logits)(r, i) - wanted));
            }
        }
        CHECK(worst < 1e-8);
        return std::pair{above[0] / 4000, above[1] / 4000};
    };
    const auto rounded = check.operator()<by_soft, soft>();
    CHECK(std::abs(rounded.first - sigmoid_of(at[0])) < 0.03);
    CHECK(std::abs(rounded.second - sigmoid_of(at[1])) < 0.03);
    const auto corner = check.operator()<by_simplex, simplex>();
    CHECK(std::abs(corner.first - sigmoid_of(at[0] - at[1])) < 0.03); // the softmax of two
    CHECK(corner.first + corner.second == doctest::Approx(1));

    values<common> one{hg::seed = 5};
    const auto same = one(logits = at, hg::rows = 3);
    CHECK(same[common](0) > 0);
}

TEST_CASE("derivatives of higher order of a score-function estimate are estimates, too") {
    using namespace gaussian;
    static constexpr hg::symbol<"slope"> first;
    static constexpr hg::graph twice{
        drawn = draw(q),
        square_by_score = score_function(square(drawn), log_prob(q, drawn), 1),
        first = hg::grad(square_by_score, mu),
    };
    hg::gradient_variance<twice, first, hg::wrt<mu>, hg::max_rows<1>, hg::element<double>> meter{hg::seed = 6};
    const auto found = meter(200000, mu = 0.3, hg::rows = 1); // of E[z^2] = mu^2 + 1
    CHECK(std::abs(found.mean(mu)[0] - 2) < 5 * std::sqrt(found.variance(mu)[0] / 200000));
}
