// Programs of more numbers and equations than Clang takes operands in a fold expression, which are 256. GCC, which has
// no such limit, compiles one of them.
#include <hourglass/hourglass.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <utility>
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
inline constexpr hg::symbol<"f"> f;
#ifdef __clang__
inline constexpr hg::symbol<"a"> a;
inline constexpr hg::symbol<"b"> b;
inline constexpr hg::symbol<"c"> c;
inline constexpr hg::symbol<"d"> d;
inline constexpr hg::symbol<"e"> e;
inline constexpr hg::graph deep{
    a = waves<0, 50>(x),   b = waves<50, 50>(a),  c = waves<100, 50>(b),
    d = waves<150, 50>(c), e = waves<200, 50>(d), f = waves<250, 50>(e),
};
using program = hg::function<deep, hg::to<a, f>, hg::element<double>>;
#endif

// An equation after another, three hundred of them, and the same as a block.
template <int N> constexpr auto name_of() {
    const char name[] = {'s', static_cast<char>('0' + N / 100), static_cast<char>('0' + N / 10 % 10),
                         static_cast<char>('0' + N % 10), '\0'};
    return hg::fixed_string(name);
}
template <int N> inline constexpr hg::symbol<name_of<N>()> s;
template <int... I> constexpr auto chain(const auto& start, std::integer_sequence<int, I...>) {
    return hg::graph{s<0> = start * 1, (s<I + 1> = sin(s<I> * factor(I + 1)))...};
}
inline constexpr hg::symbol<"given"> given;
inline constexpr hg::graph chained = chain(x, std::make_integer_sequence<int, 300>{});
inline constexpr hg::graph inside = chain(given, std::make_integer_sequence<int, 300>{});
inline constexpr hg::graph around{f = hg::use<"block">(inside, given = x)[s<300>]};
using of_equations = hg::function<chained, hg::to<s<300>>, hg::element<double>>;
using of_block = hg::function<around, hg::to<f>, hg::element<double>>;

double wave(double of, int count) {
    for (int i = 0; i < count; ++i) of = std::sin(of * factor(i + 1));
    return of;
}

}

#ifdef __clang__
TEST_CASE("a program of six hundred nodes and three hundred numbers") {
    program p;
    CHECK(program::compiled_graph::sizes.numbers >= 300);
    const std::vector<double> numbers = {0.25, -0.5, 0, 1, 2};
    const auto out = p(x = numbers);
    for (int i = 0; i < 5; ++i) {
        CHECK(out[a](i) == doctest::Approx(wave(numbers[static_cast<std::size_t>(i)], 50)).epsilon(1e-13));
        CHECK(out[f](i) == doctest::Approx(wave(numbers[static_cast<std::size_t>(i)], 300)).epsilon(1e-13));
    }
}
#endif

TEST_CASE("programs of three hundred equations, on their own and in a block") {
    of_block block;
    const std::vector<double> numbers = {0.25, -0.5, 0, 1, 2};
    const auto found = block(x = numbers);
    for (int i = 0; i < 5; ++i)
        CHECK(found[f](i) == doctest::Approx(wave(numbers[static_cast<std::size_t>(i)], 300)).epsilon(1e-13));
#ifdef __clang__
    of_equations alone;
    const auto same = alone(x = numbers);
    for (int i = 0; i < 5; ++i) CHECK(same[s<300>](i) == found[f](i));
#endif
}
