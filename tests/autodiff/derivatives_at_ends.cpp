// Derivatives where an argument is infinite, or far from zero, or where a function has derivatives in some variables
// and not in others.
#include <hourglass/hourglass.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

template <class T> std::vector<T> in(std::initializer_list<double> x) {
    std::vector<T> result;
    for (double e : x) result.push_back(static_cast<T>(e));
    return result;
}

namespace ends {

inline constexpr hg::argument<"x", 4> x;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"first"> first;
inline constexpr hg::symbol<"second"> second;
inline constexpr hg::symbol<"third"> third;
template <class F> constexpr auto derivatives(F f) {
    return hg::graph{y = f(x), first = grad(sum(y), x), second = grad(sum(first), x), third = grad(sum(second), x)};
}
inline constexpr auto of_gelu = derivatives([](auto a) { return gelu(a); });
inline constexpr auto of_silu = derivatives([](auto a) { return silu(a); });
inline constexpr auto of_cdf = derivatives([](auto a) { return normal_cdf(a); });
inline constexpr auto of_expm1 = derivatives([](auto a) { return expm1(a); });
using all = hg::to<y, first, second, third>;

}

namespace pairs {

inline constexpr hg::argument<"z", 2> z;
inline constexpr hg::symbol<"x"> x;
inline constexpr hg::symbol<"p"> p;
inline constexpr hg::symbol<"value"> value;
inline constexpr hg::symbol<"H"> H;
template <class F> constexpr auto hessian_of(F f) {
    return hg::graph{x = sum(hg::slice<0, 1>(z)), p = sum(hg::slice<1, 2>(z)), value = f(x, p), H = hessian(value, z)};
}
inline constexpr auto power = hessian_of([](auto a, auto b) { return pow(a, b); });
inline constexpr auto whole_and_half = hessian_of([](auto a, auto b) { return pow(a, 3) * pow(b, 2) + pow(a, 1.5); });
inline constexpr auto root = hessian_of([](auto a, auto b) { return sqrt(a) + square(b) * b; });
inline constexpr auto logarithm = hessian_of([](auto a, auto b) { return log(a) + square(b) * b; });
template <const auto& Model, class T> std::vector<double> at(double a, double b) {
    hg::function<Model, hg::to<H>, hg::element<T>> f;
    const auto where = in<T>({a, b});
    const auto out = f(z = where);
    return {out[H](0, 0), out[H](0, 1), out[H](1, 0), out[H](1, 1)};
}

}

}

TEST_CASE_TEMPLATE("gelu, silu and the normal distribution function, three times differentiated, at infinity", T, float,
                   double) {
    using namespace ends;
    const double large = std::is_same_v<T, float> ? 1e20 : 1e160;
    const auto check = [&](auto f, double above) {
        const auto at = in<T>({-inf, inf, -large, large});
        const auto out = f(x = at);
        for (int i = 0; i < 4; ++i) {
            CAPTURE(i);
            const bool high = i % 2 == 1;
            CHECK(out[y](i) == (high ? above == 0 ? T(1) : at[static_cast<std::size_t>(i)] : T(0)));
            CHECK(out[first](i) == (high ? T(above) : T(0)));
            CHECK(out[second](i) == 0);
            CHECK(out[third](i) == 0);
        }
        const auto none = in<T>({std::nan(""), 0, 0, 0});
        const auto out_of_none = f(x = none);
        CHECK(std::isnan(out_of_none[y](0)));
        CHECK(std::isnan(out_of_none[first](0)));
        CHECK(std::isnan(out_of_none[third](0)));
    };
    check(hg::function<of_gelu, all, hg::element<T>>(), 1);
    check(hg::function<of_silu, all, hg::element<T>>(), 1);
    check(hg::function<of_cdf, all, hg::element<T>>(), 0);
}

TEST_CASE("clamp hands on what is no number, in its bounds too") {
    const double none = std::nan("");
    for (const double x : {-1.0, 0.5, 3.0, none}) {
        CHECK(std::isnan(hg::ops::clamp::forward(none, 0.0, x)));
        CHECK(std::isnan(hg::ops::clamp::forward(x, none, 2.0)));
        CHECK(std::isnan(hg::ops::clamp::forward(x, 0.0, none)));
    }
}

TEST_CASE_TEMPLATE("the derivatives of gelu and silu elsewhere", T, float, double) {
    using namespace ends;
    const double close = std::is_same_v<T, float> ? 1e-5 : 1e-12;
    hg::function<of_gelu, all, hg::element<T>> g;
    hg::function<of_silu, all, hg::element<T>> s;
    const auto at = in<T>({-2, 0, 0.5, 3});
    const auto of_g = g(x = at);
    const auto of_s = s(x = at);
    for (int i = 0; i < 4; ++i) {
        const double a = static_cast<double>(at[static_cast<std::size_t>(i)]);
        const double density = std::exp(-a * a / 2) * 0.39894228040143267794,
                     above = std::erfc(-a / std::sqrt(2.0)) / 2;
        CHECK(of_g[y](i) == doctest::Approx(a * above).epsilon(close));
        CHECK(of_g[first](i) == doctest::Approx(above + a * density).epsilon(close));
        CHECK(of_g[second](i) == doctest::Approx((2 - a * a) * density).epsilon(close));
        CHECK(of_g[third](i) == doctest::Approx((a * a * a - 4 * a) * density).epsilon(close));
        const double p = 1 / (1 + std::exp(-a)), q = p * (1 - p), r = q * (1 - 2 * p);
        CHECK(of_s[y](i) == doctest::Approx(a * p).epsilon(close));
        CHECK(of_s[first](i) == doctest::Approx(p + a * q).epsilon(close));
        CHECK(of_s[second](i) == doctest::Approx(2 * q + a * r).epsilon(close));
        CHECK(of_s[third](i) == doctest::Approx(3 * r + a * (r * (1 - 2 * p) - 2 * q * q)).epsilon(close));
    }
}

TEST_CASE_TEMPLATE("the slope of expm1 has its digits where expm1 is nearly -1", T, float, double) {
    using namespace ends;
    hg::function<of_expm1, all, hg::element<T>> f;
    const auto at = in<T>({-20, -50, 0, 1});
    const auto out = f(x = at);
    for (int i = 0; i < 4; ++i) {
        const double wanted = std::exp(static_cast<double>(at[static_cast<std::size_t>(i)]));
        for (double got : {double(out[first](i)), double(out[second](i)), double(out[third](i))})
            CHECK(std::abs(got / wanted - 1) < 4 * double(std::numeric_limits<T>::epsilon()));
    }
}

TEST_CASE_TEMPLATE("a Hessian's elements are zero, or have their values, beside those that do not exist", T, float,
                   double) {
    using namespace pairs;
    const auto below = at<power, T>(-2, 3);
    CHECK(below[0] == doctest::Approx(-12));
    for (std::size_t i = 1; i < 4; ++i) CHECK(std::isnan(below[i]));
    const auto of_root = at<power, T>(0, 0.5);
    CHECK(of_root[1] == 0);
    CHECK(of_root[2] == 0);
    CHECK(of_root[3] == 0);
    const auto mixed = at<whole_and_half, T>(0, 2);
    CHECK(mixed[0] == inf);
    CHECK(mixed[1] == 0);
    CHECK(mixed[2] == 0);
    CHECK(mixed[3] == 0);
    CHECK(at<root, T>(0, 2) == std::vector<double>{-inf, 0, 0, 12});
    CHECK(at<logarithm, T>(0, 2) == std::vector<double>{-inf, 0, 0, 12});
}
