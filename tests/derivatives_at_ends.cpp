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

TEST_CASE("clamp hands on what is no number, in its bounds too") {
    const double none = std::nan("");
    for (const double x : {-1.0, 0.5, 3.0, none}) {
        CHECK(std::isnan(hg::ops::clamp::forward(none, 0.0, x)));
        CHECK(std::isnan(hg::ops::clamp::forward(x, none, 2.0)));
        CHECK(std::isnan(hg::ops::clamp::forward(x, 0.0, none)));
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
