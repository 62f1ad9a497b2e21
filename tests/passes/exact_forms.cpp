// Logarithms that are written of a probability and taken of what it is made of, with their derivatives, within one
// equation and, in programs, across several; and means, which are exact for constants.
#include <hourglass/hourglass.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

template <class T> void check_near(double got, double wanted, double units = 16) {
    CAPTURE(got);
    CAPTURE(wanted);
    const double unit = static_cast<double>(std::numeric_limits<T>::epsilon()) * std::abs(wanted);
    CHECK((got == wanted || std::abs(got - wanted) <= units * unit));
}
template <class T> std::vector<T> in(std::initializer_list<double> x) {
    std::vector<T> result;
    for (double e : x) result.push_back(static_cast<T>(e));
    return result;
}

namespace forms {

inline constexpr hg::argument<"x", 4> x;
inline constexpr hg::symbol<"of_cdf"> of_cdf;
inline constexpr hg::symbol<"slope"> slope;
inline constexpr hg::symbol<"second"> second;
inline constexpr hg::symbol<"third"> third;
inline constexpr hg::symbol<"above"> above;
inline constexpr hg::symbol<"above_too"> above_too;
inline constexpr hg::symbol<"of_sigmoid"> of_sigmoid;
inline constexpr hg::symbol<"of_rest"> of_rest;
inline constexpr hg::symbol<"of_rest_too"> of_rest_too;
inline constexpr hg::symbol<"of_exp"> of_exp;
inline constexpr hg::symbol<"of_exp_too"> of_exp_too;
inline constexpr hg::symbol<"of_softmax"> of_softmax;
inline constexpr hg::symbol<"p"> p;
inline constexpr hg::symbol<"of_power"> of_power;
inline constexpr hg::symbol<"slope_of_power"> slope_of_power;
inline constexpr hg::symbol<"power"> power;
inline constexpr hg::symbol<"of_named_power"> of_named_power;
inline constexpr hg::symbol<"slope_of_named"> slope_of_named;
inline constexpr hg::symbol<"slope_of_sum"> slope_of_sum;
inline constexpr hg::symbol<"slope_by_p"> slope_by_p;
inline constexpr hg::symbol<"shares"> shares;
inline constexpr hg::symbol<"likelihood"> likelihood;
inline constexpr hg::symbol<"log_shares"> log_shares;

inline constexpr hg::graph model{
    of_cdf = log(normal_cdf(x)),
    slope = grad(sum(of_cdf), x),
    second = grad(sum(slope), x),
    third = grad(sum(second), x),
    above = log(1 - normal_cdf(x)),
    above_too = log1p(-normal_cdf(x)),
    of_sigmoid = log(sigmoid(x)),
    of_rest = log(1 - sigmoid(x)),
    of_rest_too = log1p(-sigmoid(x)),
    of_exp = log(1 + exp(x)),
    of_exp_too = log1p(exp(x)),
    of_softmax = log(softmax(x)),
    p = normal_cdf(x),
    shares = softmax(x),
    likelihood = sum(log(p)),
    log_shares = log(shares),
};
// Derivatives that are equations.
inline constexpr hg::graph differentiated{
    of_power = log(exp(x)),
    slope_of_power = grad(sum(of_power), x),
    power = exp(x),
    of_named_power = log(power),
    slope_of_named = grad(sum(of_named_power), x),
    p = normal_cdf(x),
    likelihood = sum(log(p)),
    slope_of_sum = grad(likelihood, x),
    slope_by_p = grad(likelihood, p),
};

}

}

TEST_CASE_TEMPLATE("the logarithm of the normal distribution function far in its tails, three times differentiated", T,
                   float, double) {
    using namespace forms;
    hg::function<model, hg::to<of_cdf, slope, second, third, above, above_too>, hg::element<T>> f;
    struct row {
        double x, value, slope, second, third;
    };
    const row rows[] = {{-40, -804.60844201375379, 40.024968847207264, -0.99937733162111519, 3.1017440396543e-05},
                        {-5, -15.064998393988726, 5.1865039671258421, -0.96730356538409, 0.0108257645064},
                        {-0.5, -1.1759117615936183, 1.1410777703680645, -0.73151959284, 0.16260392517612},
                        {0, -0.69314718055994531, 0.79788456080286536, -0.63661977236758134, 0.21801361},
                        {8, -6.2209605742717844e-16, 5.0522710835368927e-15, -4.0418168668295e-14, 3.18293078263e-13}};
    for (const row& r : rows) {
        CAPTURE(r.x);
        const auto at = in<T>({r.x, -r.x, 0, 0});
        const auto out = f(x = at);
        check_near<T>(out[of_cdf](0), r.value);
        check_near<T>(out[slope](0), r.slope);
        CHECK(out[second](0) == doctest::Approx(r.second).epsilon(1e-6));
        CHECK(out[third](0) == doctest::Approx(r.third).epsilon(1e-5));
        check_near<T>(out[above](1), r.value);
        check_near<T>(out[above_too](1), r.value);
    }
    const auto ends = in<T>({-inf, inf, std::nan(""), -1e15});
    const auto out = f(x = ends);
    CHECK(out[of_cdf](0) == -inf);
    CHECK(out[of_cdf](1) == 0);
    CHECK(std::isnan(out[of_cdf](2)));
    check_near<T>(out[of_cdf](3), -5e29);
    CHECK(out[slope](0) == inf);
    CHECK(out[slope](1) == 0);
    CHECK(std::isnan(out[slope](2)));
    check_near<T>(out[slope](3), 1e15);
    CHECK(out[second](3) == -1);
}

TEST_CASE_TEMPLATE("logarithms of sigmoid, softmax and of one more than exp", T, float, double) {
    using namespace forms;
    hg::function<model, hg::to<of_sigmoid, of_rest, of_rest_too, of_exp, of_exp_too, of_softmax>, hg::element<T>> f;
    const auto at = in<T>({-200, -30, 0, 300});
    const auto out = f(x = at);
    const double tiny = 9.3576229688397367e-14; // log(1 + e^-30)
    const double wanted[] = {-200, -30 - tiny, -0.69314718055994531, 0};
    const double rest[] = {0, -tiny, -0.69314718055994531, -300};
    for (int i = 0; i < 4; ++i) {
        if (i == 3)
            CHECK(std::abs(out[of_sigmoid](i)) < 1e-80);
        else
            check_near<T>(out[of_sigmoid](i), wanted[i]);
        for (double got : {double(out[of_rest](i)), double(out[of_rest_too](i)), -double(out[of_exp](i)),
                           -double(out[of_exp_too](i))}) {
            CAPTURE(i);
            if (i == 0)
                CHECK(std::abs(got) < 1e-80);
            else
                check_near<T>(got, rest[i]);
        }
        if (i == 3)
            CHECK(std::abs(out[of_softmax](i)) < 1e-80);
        else
            check_near<T>(out[of_softmax](i), static_cast<double>(at[static_cast<std::size_t>(i)]) - 300);
    }
}

TEST_CASE_TEMPLATE("programs see a probability that has an equation of its own, unless it is fed", T, float, double) {
    using namespace forms;
    hg::gradient<model, likelihood, hg::wrt<x>, hg::element<T>> g;
    const auto at = in<T>({-40, -5, 0, 8});
    const auto out = g(x = at);
    check_near<T>(out.gradient(x)(0), 40.024968847207264);
    check_near<T>(out[likelihood], -804.60844201375379 - 15.064998393988726 - 0.69314718055994531);
    hg::function<model, hg::from<p>, hg::to<likelihood>, hg::element<T>> fed;
    const auto given = in<T>({1, 1, 0.5, 1});
    check_near<T>(fed(p = given)[likelihood], -0.69314718055994531);
    // What is differentiated for is read.
    hg::gradient<model, likelihood, hg::wrt<p>, hg::element<T>> by_p;
    const auto some = in<T>({0, 0, 0, 0});
    check_near<T>(by_p(x = some).gradient(p)(1), 2);
    hg::function<model, hg::to<log_shares>, hg::element<T>> shared;
    check_near<T>(shared(x = at)[log_shares](0), -48 - 0.0003376659417, 1e6);
}

TEST_CASE_TEMPLATE("derivatives that are equations are those of the exact forms, within one equation and across", T,
                   float, double) {
    using namespace forms;
    hg::function<differentiated, hg::to<of_power, slope_of_power, of_named_power, slope_of_named>, hg::element<T>> f;
    const auto far = in<T>({-1000, 1000, 0, 3});
    const auto of_powers = f(x = far);
    for (int i = 0; i < 4; ++i) {
        CHECK(of_powers[of_power](i) == far[static_cast<std::size_t>(i)]);
        CHECK(of_powers[of_named_power](i) == far[static_cast<std::size_t>(i)]);
        CHECK(of_powers[slope_of_power](i) == 1);
        CHECK(of_powers[slope_of_named](i) == 1);
    }
    hg::function<differentiated, hg::to<slope_of_sum>, hg::element<T>> of_tails;
    const auto at = in<T>({-40, -5, 0, 8});
    check_near<T>(of_tails(x = at)[slope_of_sum](0), 40.024968847207264);
    // What is differentiated for is read, and what is fed.
    hg::function<differentiated, hg::to<slope_by_p>, hg::element<T>> by_p;
    const auto some = in<T>({0, 0, 0, 0});
    check_near<T>(by_p(x = some)[slope_by_p](1), 2);
    hg::function<differentiated, hg::from<power>, hg::to<of_named_power>, hg::element<T>> fed;
    const auto one = in<T>({1, 1, 1, 1});
    CHECK(fed(power = one)[of_named_power](0) == 0);
}

namespace means {

inline constexpr hg::input<"x", 5> x;
inline constexpr hg::input<"w", 3, 4> w;
inline constexpr hg::parameter<"q", 5> q{hg::ones};
inline constexpr hg::symbol<"centred"> centred;
inline constexpr hg::symbol<"scaled"> scaled;
inline constexpr hg::symbol<"layer"> layer;
inline constexpr hg::symbol<"inner"> inner;
inline constexpr hg::symbol<"outer"> outer;
inline constexpr hg::symbol<"mean_of_rows"> mean_of_rows;
inline constexpr hg::symbol<"mean_of_features"> mean_of_features;
inline constexpr hg::symbol<"spread"> spread;
inline constexpr hg::symbol<"loss"> loss;

inline constexpr hg::graph model{
    centred = x - batch_mean(x),
    scaled = centred / sqrt(batch_mean(square(centred)) + 1e-5),
    layer = x - mean(x, hg::axes<0>, hg::keep_axes),
    inner = w - mean(w, hg::axes<1>, hg::keep_axes),
    outer = w - mean(w, hg::axes<0>, hg::keep_axes),
    mean_of_rows = batch_mean(x),
    mean_of_features = mean(x),
    spread = batch_mean(square(centred)),
    loss = square(mean(q)) + sum(square(batch_mean(q * x))),
};

}

TEST_CASE_TEMPLATE("means are exact for constants, over features and over rows, however many", T, float, double) {
    using namespace means;
    hg::function<model, hg::to<centred, scaled, layer, inner, outer>, hg::max_rows<41>, hg::element<T>> f;
    int wrong = 0;
    for (int rows = 1; rows <= 41; ++rows)
        for (double value : {123456.789, 0.1, -7e20, 1e-30, 3.0000002, 2.9e38}) {
            const std::vector<T> constant(static_cast<std::size_t>(rows * 5), static_cast<T>(value)),
                matrices(static_cast<std::size_t>(rows * 12), static_cast<T>(value));
            const auto out = f(x = constant, w = matrices);
            for (int r = 0; r < rows; ++r) {
                for (int i = 0; i < 5; ++i)
                    wrong += !(out[centred](r, i) == 0) + !(out[scaled](r, i) == 0) + !(out[layer](r, i) == 0);
                for (int i = 0; i < 12; ++i)
                    wrong += !(out[inner](r, i / 4, i % 4) == 0) + !(out[outer](r, i / 4, i % 4) == 0);
            }
        }
    CHECK(wrong == 0);
}

TEST_CASE_TEMPLATE("means of large and infinite numbers, and their derivatives", T, float, double) {
    using namespace means;
    hg::function<model, hg::to<mean_of_rows, mean_of_features, spread>, hg::element<T>> f;
    const auto rows = in<T>({3e38, inf, 1, 1e8, std::nan(""), 3e38, 1, -1, 1e8 + 64, 1});
    const auto out = f(x = rows);
    check_near<T>(out[mean_of_rows](0), 3e38);
    CHECK(out[mean_of_rows](1) == inf);
    CHECK(out[mean_of_rows](2) == 0);
    CHECK(out[mean_of_rows](3) == 1e8 + 32);
    CHECK(out[spread](3) == 32 * 32);
    CHECK(std::isnan(out[mean_of_rows](4)));
    CHECK(std::isnan(out[mean_of_features](0)));
    const auto large = in<T>({3e38, 3e38, 3e38, 3e38, 3e38});
    check_near<T>(f(x = large)[mean_of_features](0), 3e38);

    hg::parameters<model, hg::element<T>> theta;
    hg::gradient<model, loss, hg::element<T>> g;
    const auto two = in<T>({1, 2, 3, 4, 5, 3, 2, 1, 0, -1}); // of the mean 2
    const auto slope = g(theta, x = two);
    for (int i = 0; i < 5; ++i) check_near<T>(slope.gradient(q)(i), 2 * 1 / 5.0 + 2 * 4);
}
