// Programs of more numbers than Clang takes operands in a fold expression, which are 256.
#include <hourglass/hourglass.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace hg = hourglass;

namespace {

constexpr double factor(int i) { return 1 + 0.0001 * i; }

// sin(factor * x) of itself, so many times.
template <int First, int Count, class X> constexpr auto waves(const X& x) {
    if constexpr (Count == 0)
        return x;
    else
        return sin(waves<First, Count - 1>(x) * factor(First + Count));
}

inline constexpr hg::argument<"x", 5> x;
inline constexpr hg::symbol<"a"> a;
inline constexpr hg::symbol<"b"> b;
inline constexpr hg::symbol<"c"> c;
inline constexpr hg::symbol<"d"> d;
inline constexpr hg::symbol<"e"> e;
inline constexpr hg::symbol<"f"> f;
inline constexpr hg::graph deep{
    a = waves<0, 50>(x),   b = waves<50, 50>(a),  c = waves<100, 50>(b),
    d = waves<150, 50>(c), e = waves<200, 50>(d), f = waves<250, 50>(e),
};
using program = hg::function<deep, hg::to<a, f>, hg::element<double>>;

double wave(double of, int count) {
    for (int i = 0; i < count; ++i) of = std::sin(of * factor(i + 1));
    return of;
}

}

TEST_CASE("a program of six hundred nodes and three hundred numbers") {
    program p;
    CHECK(program::compiled_graph::sizes.numbers >= 300);
    const std::vector<double> given = {0.25, -0.5, 0, 1, 2};
    const auto out = p(x = given);
    for (int i = 0; i < 5; ++i) {
        CHECK(out[a](i) == doctest::Approx(wave(given[static_cast<std::size_t>(i)], 50)).epsilon(1e-13));
        CHECK(out[f](i) == doctest::Approx(wave(given[static_cast<std::size_t>(i)], 300)).epsilon(1e-13));
    }
}
