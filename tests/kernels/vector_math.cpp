// The elementary functions in vectors against the C library's long double: within 4 units in the last place wherever
// the result is a normal number, and right at infinities, NaN and zeros. Under Clang compiled a second time with flags
// that let it reassociate, of which no macro tells: see tests/meson.build. ./dev bench --accuracy measures the errors
// over the whole range; tests/ops/operation_values.cpp compares with 50 digits, and in programs too.
#include <hourglass/kernels/simd.hpp>
#include <hourglass/math/elementary.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace {

namespace kernels = hourglass::kernels;
namespace math = hourglass::math;
using wide = long double;

constexpr double most_units = 4;
// Unknown to the compiler: flags for approximate functions make powers of a constant into roots, in the reference too.
const volatile wide exponent = 3.5L;

template <class T> std::vector<T> points() {
    using limits = std::numeric_limits<T>;
    std::vector<T> all{T(0), limits::min(), limits::max(), limits::infinity(), limits::quiet_NaN()};
    for (const double range : {1e-20, 1e-5, 0.5, 2.0, 20.0, std::is_same_v<T, float> ? 90.0 : 720.0, 3000.0, 50000.0})
        for (int i = 0; i < 3000; ++i) all.push_back(static_cast<T>(range * std::fmod(0.7548776662466927 * i, 1.0)));
    for (int n = 1; n < 3000; ++n) all.push_back(static_cast<T>(n * 1.57079632679489661923));
    for (const double x : {45.553093477052002, 1.0, 1.3, 4.0, 1.0397187338267297, 0.65931364333904052, 1e22}) {
        all.push_back(static_cast<T>(x));
        all.push_back(std::nextafter(static_cast<T>(x), T(0)));
    }
    for (const wide end : {std::log(wide(limits::max())), std::log(wide(limits::min()))})
        for (const T x : {static_cast<T>(end), static_cast<T>(end * 0.9995L)}) {
            all.push_back(x);
            all.push_back(std::nextafter(x, T(0)));
            all.push_back(std::nextafter(x, T(1000)));
            all.push_back(std::nextafter(x, T(-1000)));
        }
    const std::size_t count = all.size();
    for (std::size_t i = 0; i < count; ++i) all.push_back(-all[i]);
    while (all.size() % static_cast<std::size_t>(kernels::width<T>) != 0) all.push_back(T(1));
    return all;
}

// Units in the last place; a million where the result is none.
template <class T> double error_of(T got, wide exact) {
    using limits = std::numeric_limits<T>;
    constexpr double none = 1e6;
    if (std::isnan(exact)) return std::isnan(got) ? 0 : none;
    if (std::isinf(exact)) return got == static_cast<T>(exact) ? 0 : none;
    const wide error = std::abs(static_cast<wide>(got) - exact);
    if (std::abs(exact) < limits::min()) return got == 0 || error <= 4 * wide(limits::denorm_min()) ? 0 : none;
    if (std::isnan(got) || std::signbit(got) != std::signbit(exact)) return none;
    if (std::abs(exact) > limits::max()) return std::abs(got) >= limits::max() ? 0 : none;
    if (std::isinf(got)) return none;
    return static_cast<double>(std::ldexp(error, limits::digits - 1 - std::ilogb(exact)));
}

template <class T, class Function, class Exact> void check(const char* name, Function function, Exact exact) {
    static const std::vector<T> all = points<T>();
    constexpr int lanes = kernels::width<T>;
    double worst = 0;
    T at = 0, value = 0;
    for (std::size_t i = 0; i < all.size(); i += static_cast<std::size_t>(lanes)) {
        T got[lanes];
        kernels::store_vector<T>(got, function(kernels::load_vector(all.data() + i)));
        for (int lane = 0; lane < lanes; ++lane) {
            const T x = all[i + static_cast<std::size_t>(lane)];
            const double error = error_of(got[lane], exact(static_cast<wide>(x)));
            if (error > worst) worst = error, at = x, value = got[lane];
        }
    }
    CAPTURE(std::string(name));
    CAPTURE(at);
    CAPTURE(value);
    CHECK(worst <= most_units);
}

}

TEST_CASE_TEMPLATE("elementary functions in vectors", T, float, double) {
    using V = kernels::vector<T>;
    check<T>(
        "exp", [](const V& x) { return math::exp(x); }, [](wide x) { return std::exp(x); });
    check<T>(
        "expm1", [](const V& x) { return math::expm1(x); }, [](wide x) { return std::expm1(x); });
    check<T>(
        "log", [](const V& x) { return math::log(x); }, [](wide x) { return std::log(x); });
    check<T>(
        "log1p", [](const V& x) { return math::log1p(x); }, [](wide x) { return std::log1p(x); });
    check<T>(
        "sin", [](const V& x) { return math::sin(x); }, [](wide x) { return std::sin(x); });
    check<T>(
        "cos", [](const V& x) { return math::cos(x); }, [](wide x) { return std::cos(x); });
    check<T>(
        "tanh", [](const V& x) { return math::tanh(x); }, [](wide x) { return std::tanh(x); });
    check<T>(
        "sqrt", [](const V& x) { return math::sqrt(x); }, [](wide x) { return std::sqrt(x); });
    check<T>(
        "pow", [](const V& x) { return math::pow(x, V(T(3.5))); }, [](wide x) { return std::pow(x, wide(exponent)); });
    check<T>(
        "normal_cdf", [](const V& x) { return math::normal_cdf(x); },
        [](wide x) { // of which erfc's argument, as it is rounded, costs 2^-64 x^2
            return std::isinf(x) ? wide(x > 0) : std::erfc(-x * 0.7071067811865475244008L) / 2;
        });
}

TEST_CASE_TEMPLATE("the sign of zero is kept", T, float, double) {
    using V = kernels::vector<T>;
    const auto of_zero = [](auto function, T zero) {
        T got[kernels::width<T>];
        kernels::store_vector<T>(got, function(kernels::broadcast(zero)));
        return got[0];
    };
    for (const T zero : {T(0), T(-0.0)}) {
        const auto check_zero = [&](auto function) {
            const T got = of_zero(function, zero);
            CHECK(got == 0);
            CHECK(std::signbit(got) == std::signbit(zero));
        };
        check_zero([](const V& x) { return math::sin(x); });
        check_zero([](const V& x) { return math::tanh(x); });
        check_zero([](const V& x) { return math::expm1(x); });
        check_zero([](const V& x) { return math::log1p(x); });
        check_zero([](const V& x) { return math::sqrt(x); });
    }
}
