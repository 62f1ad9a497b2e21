// Values and gradients in constant expressions: each CHECK-like claim is a static_assert, on both compilers; and the
// same programs at run time give the same numbers.
#include <hourglass/hourglass.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>

namespace hg = hourglass;

namespace {

constexpr bool near(double a, double b, double relative = 1e-15) {
    const double difference = a < b ? b - a : a - b, size = b < 0 ? -b : b;
    return difference <= relative * size;
}

namespace rosenbrock {

inline constexpr hg::argument<"x", 2> x;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"curvature"> curvature;
inline constexpr hg::symbol<"a"> a;
inline constexpr hg::symbol<"b"> b;

inline constexpr hg::graph f{
    a = 1 - hg::slice<0, 1>(x),
    b = hg::slice<1, 2>(x) - square(hg::slice<0, 1>(x)),
    y = sum(square(a) + 100 * square(b)),
    curvature = hessian(y, x),
};
using derivative = hg::gradient<f, y, hg::wrt<x>, hg::element<double>>;
using second = hg::function<f, hg::to<y, curvature>, hg::element<double>>;

constexpr auto at_start = hg::evaluate<derivative>(x = std::array{-1.2, 1.0});
static_assert(near(at_start[y], 24.2));
static_assert(near(at_start.gradient(x)[0], -215.6, 1e-14) && near(at_start.gradient(x)[1], -88, 1e-14));
static_assert(hg::evaluate<derivative>(x = std::array{1.0, 1.0})[y] == 0);
constexpr auto bowl = hg::evaluate<second>(x = std::array{-1.2, 1.0})[curvature];
static_assert(near(bowl[0], 1330) && near(bowl[1], 480) && bowl[1] == bowl[2] && near(bowl[3], 200));

}

namespace transcendental {

inline constexpr hg::argument<"x", 3> x;
inline constexpr hg::argument<"A", 2, 3> A;
inline constexpr hg::scalar<"c"> c{2.0};
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"h"> h;

inline constexpr hg::graph f{
    h = tanh(A * x) + sin(c * slice<0, 2>(x)),
    y = log_sum_exp(h) + sum(exp(-square(x))) + max(x) + normal_cdf(sum(x)) + sum(pow(abs(x), 1.5) * cos(x)) +
        sum(log1p(square(x)) * softplus(x) / sqrt(1 + square(x))),
};
using derivative = hg::gradient<f, y, hg::wrt<x, A>, hg::element<double>>;
using in_float = hg::gradient<f, y, hg::wrt<x>>;

inline constexpr std::array point{0.3, -0.7, 1.1};
inline constexpr std::array matrix{0.5, -0.2, 0.1, 1.3, 0.4, -0.6};
constexpr auto constant = hg::evaluate<derivative>(x = point, A = matrix, c = 1.5);
// A central difference, in a constant expression too.
constexpr double value_at(double by) {
    return hg::evaluate<derivative>(x = std::array{0.3 + by, -0.7, 1.1}, A = matrix, c = 1.5)[y];
}
static_assert(near((value_at(1e-5) - value_at(-1e-5)) / 2e-5, constant.gradient(x)[0], 1e-8));

}

}

TEST_CASE("constant expressions and programs give the same values and gradients") {
    using namespace transcendental;
    derivative program;
    const auto out = program(x = point, A = matrix, c = 1.5);
    CHECK(out[y] == doctest::Approx(constant[y]).epsilon(1e-14));
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(out.gradient(x)(i) == doctest::Approx(constant.gradient(x)[i]).epsilon(1e-13));
    for (std::size_t i = 0; i < 6; ++i)
        CHECK(out.gradient(A)(i / 3, i % 3) == doctest::Approx(constant.gradient(A)[i]).epsilon(1e-13));
    constexpr auto small = hg::evaluate<in_float>(x = std::array{0.3f, -0.7f, 1.1f},
                                                  A = std::array{0.5f, -0.2f, 0.1f, 1.3f, 0.4f, -0.6f}, c = 1.5);
    CHECK(small[y] == doctest::Approx(constant[y]).epsilon(1e-6));
    // At run time too, where it is slow.
    const auto again = hg::evaluate<derivative>(x = point, A = matrix, c = 1.5);
    CHECK(again[y] == doctest::Approx(constant[y]).epsilon(1e-15));
    CHECK_THROWS_AS(hg::evaluate<rosenbrock::derivative>(rosenbrock::x = std::array{1.0, 2.0, 3.0}), hg::call_error);
}

namespace {

// The functions of a constant expression against the C library's, at run time, since what they compute is the same.
template <class F, class G> double worst(F ours, G library, double low, double high, bool by_size) {
    double most = 0;
    for (int i = 0; i <= 20000; ++i) {
        const double t = i / 20000.0;
        const double x = by_size ? low * std::pow(high / low, t) : low + (high - low) * t;
        const double got = ours(x), wanted = library(x);
        if (got == wanted) continue;
        const double unit = std::nextafter(std::abs(wanted), HUGE_VAL) - std::abs(wanted);
        const double error = std::abs(got - wanted) / unit;
        most = error <= most ? most : error; // not a number counts as an error
    }
    return most;
}

}

TEST_CASE("functions in constant expressions are within a unit of the C library's") {
    namespace constant = hg::math::constant;
#define CHECK_FUNCTION(function, low, high, by_size)                                                                   \
    CHECK(worst([](double x) { return constant::function(x); }, [](double x) { return std::function(x); }, low, high,  \
                by_size) <= units)
    double units = 1;
    CHECK_FUNCTION(exp, -745.0, 709.7, false);
    CHECK_FUNCTION(exp, 1e-300, 1.0, true);
    CHECK_FUNCTION(expm1, -40.0, 709.7, false);
    CHECK_FUNCTION(expm1, 1e-300, 1.0, true);
    CHECK_FUNCTION(log, 1e-320, 1.7e308, true);
    CHECK_FUNCTION(log, 0.5, 2.0, false);
    CHECK_FUNCTION(log1p, -0.99, 3.0, false);
    CHECK_FUNCTION(log1p, 1e-300, 1e300, true);
    units = 2; // glibc's tanh is itself further than one off
    CHECK_FUNCTION(tanh, -25.0, 25.0, false);
    CHECK_FUNCTION(tanh, 1e-300, 1.0, true);
    units = 1;
    CHECK_FUNCTION(sqrt, 1e-320, 1.7e308, true);
    CHECK_FUNCTION(sin, -30.0, 30.0, false);
    CHECK_FUNCTION(sin, 1e-300, 1.6e7, true);
    CHECK_FUNCTION(cos, -30.0, 30.0, false);
    CHECK_FUNCTION(cos, 1e-300, 1.6e7, true);
#undef CHECK_FUNCTION
    for (const double p : {-3.0, -0.5, 0.3, 2.0, 2.7, 17.0})
        CHECK(worst([p](double x) { return constant::pow(x, p); }, [p](double x) { return std::pow(x, p); }, 1e-15,
                    1e15, true) <= 1);
}

TEST_CASE("functions in constant expressions at the edges") {
    namespace constant = hg::math::constant;
    constexpr double inf = constant::infinity, nan = constant::not_a_number;
    const double edges[] = {0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, -3.0, 1e-308, 5e-324, 1e308, -1e308, inf, -inf, nan};
    const auto same = [](double got, double wanted) {
        return std::isnan(wanted)                  ? std::isnan(got)
               : std::isinf(wanted) || wanted == 0 ? got == wanted && std::signbit(got) == std::signbit(wanted)
                                                   : std::abs(got - wanted) <= 3e-16 * std::abs(wanted) + 5e-324;
    };
    for (const double x : edges) {
        CAPTURE(x);
        CHECK(same(constant::exp(x), std::exp(x)));
        CHECK(same(constant::expm1(x), std::expm1(x)));
        CHECK(same(constant::log(x), std::log(x)));
        CHECK(same(constant::log1p(x), std::log1p(x)));
        CHECK(same(constant::tanh(x), std::tanh(x)));
        CHECK(same(constant::sqrt(x), std::sqrt(x)));
        if (!(std::abs(x) > 1e7) || std::isinf(x)) {
            CHECK(same(constant::sin(x), std::sin(x)));
            CHECK(same(constant::cos(x), std::cos(x)));
        }
        for (const double p : edges) {
            CAPTURE(p);
            CHECK(same(constant::pow(x, p), std::pow(x, p)));
        }
    }
}
