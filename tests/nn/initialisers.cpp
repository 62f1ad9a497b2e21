// How parameters start: each formula's bounds and moments, orthogonal matrices, and that the numbers are a function of
// seed and name only.
#include <hourglass/hourglass.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

using in_double = hg::element<double>;

struct statistics {
    double mean = 0, deviation = 0, smallest = 0, largest = 0, fourth = 0;
};
statistics of(const auto& view) {
    statistics s{0, 0, view.data()[0], view.data()[0], 0};
    const auto n = static_cast<double>(view.size());
    for (double x : view) {
        s.mean += x / n;
        s.smallest = std::min(s.smallest, x);
        s.largest = std::max(s.largest, x);
    }
    for (double x : view) s.deviation += (x - s.mean) * (x - s.mean) / n;
    for (double x : view) s.fourth += std::pow(x - s.mean, 4) / n;
    s.fourth /= s.deviation * s.deviation; // 1.8 for a uniform distribution, 3 for a normal one
    s.deviation = std::sqrt(s.deviation);
    return s;
}
// With 60000 numbers a mean is off by one deviation / 245 and a deviation by about as much: five of these are allowed.
void check_uniform(const auto& view, double half_width) {
    const statistics s = of(view);
    CHECK(s.largest < half_width);
    CHECK(s.smallest >= -half_width);
    CHECK(s.largest > 0.999 * half_width);
    CHECK(s.smallest < -0.999 * half_width);
    CHECK(std::abs(s.mean) < half_width * 0.012);
    CHECK(s.deviation == doctest::Approx(half_width / std::sqrt(3)).epsilon(0.02));
    CHECK(s.fourth == doctest::Approx(1.8).epsilon(0.03));
}
void check_normal(const auto& view, double deviation) {
    const statistics s = of(view);
    CHECK(std::abs(s.mean) < deviation * 0.021);
    CHECK(s.deviation == doctest::Approx(deviation).epsilon(0.015));
    CHECK(s.fourth == doctest::Approx(3).epsilon(0.04));
    CHECK(s.largest > 3.5 * deviation);
    CHECK(s.largest < 6 * deviation);
}

}

namespace many {

// [out, in] = [200, 300], so that fan_in and fan_out are told apart.
inline constexpr hg::parameter<"by_default", 200, 300> by_default;
inline constexpr hg::parameter<"pytorch", 200, 300> pytorch{hg::fan_in_uniform};
inline constexpr hg::parameter<"glorot_u", 200, 300> glorot_u{hg::glorot_uniform};
inline constexpr hg::parameter<"glorot_n", 200, 300> glorot_n{hg::glorot_normal};
inline constexpr hg::parameter<"he_u", 200, 300> he_u{hg::he_uniform};
inline constexpr hg::parameter<"he_n", 200, 300> he_n{hg::he_normal};
inline constexpr hg::parameter<"lecun_u", 200, 300> lecun_u{hg::lecun_uniform};
inline constexpr hg::parameter<"lecun_n", 200, 300> lecun_n{hg::lecun_normal};
inline constexpr hg::parameter<"plain_u", 200, 300> plain_u{hg::uniform_between(0.25)};
inline constexpr hg::parameter<"plain_n", 200, 300> plain_n{hg::normal_with(2)};
inline constexpr hg::parameter<"level", 7> level{hg::constant(-1.5)};
inline constexpr hg::parameter<"offset", 7> offset;
inline constexpr hg::parameter<"unit"> unit{hg::ones};
inline constexpr hg::parameter<"still", 3, 3> still{hg::constant(0)};
inline constexpr hg::symbol<"all"> all;
inline constexpr hg::graph model{
    all = l2(by_default) + l2(pytorch) + l2(glorot_u) + l2(glorot_n) + l2(he_u) + l2(he_n) + l2(lecun_u) + l2(lecun_n) +
          l2(plain_u) + l2(plain_n) + l2(level) + l2(offset) + unit + l2(still),
};

}

TEST_CASE("each initialiser has the bounds or the deviation of its formula") {
    using namespace many;
    const hg::parameters<model, in_double> theta{hg::seed = 1};
    constexpr double in = 300, out = 200;
    check_uniform(theta[by_default], 1 / std::sqrt(in));
    check_uniform(theta[pytorch], 1 / std::sqrt(in));
    check_uniform(theta[glorot_u], std::sqrt(6 / (in + out)));
    check_normal(theta[glorot_n], std::sqrt(2 / (in + out)));
    check_uniform(theta[he_u], std::sqrt(6 / in));
    check_normal(theta[he_n], std::sqrt(2 / in));
    check_uniform(theta[lecun_u], std::sqrt(3 / in));
    check_normal(theta[lecun_n], 1 / std::sqrt(in));
    check_uniform(theta[plain_u], 0.25);
    check_normal(theta[plain_n], 2);
    for (double x : theta[level]) CHECK(x == -1.5);
    for (double x : theta[offset]) CHECK(x == 0);
    for (double x : theta[still]) CHECK(x == 0);
    CHECK(theta[unit]() == 1);
    // Two of one formula are not the same numbers.
    CHECK_FALSE(std::ranges::equal(theta[by_default], theta[pytorch]));
}

namespace layered {

inline constexpr hg::input<"x", 400> x;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"g"> g;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::graph model{
    h = hg::dense<900>(x),
    g = hg::dense<150>(x, hg::glorot_uniform),
    y = hg::dense<150>(x, hg::he_normal, hg::constant(0.125)) + hg::linear<150>(x, hg::glorot_normal),
};

}

TEST_CASE("dense starts weight and bias as PyTorch's linear layer does, unless told otherwise") {
    using namespace layered;
    const hg::parameters<model, in_double> theta{hg::seed = 2};
    check_uniform(theta[hg::name<"h.weight">], 0.05);
    const statistics bias = of(theta[hg::name<"h.bias">]);
    CHECK(bias.largest < 0.05); // by the layer's inputs, not by its own extent
    CHECK(bias.largest > 0.045);
    CHECK(bias.smallest >= -0.05);
    CHECK(bias.smallest < -0.045);
    check_uniform(theta[hg::name<"g.weight">], std::sqrt(6.0 / 550));
    for (double b : theta[hg::name<"g.bias">]) CHECK(b == 0);
    check_normal(theta[hg::name<"y.0.weight">], std::sqrt(2.0 / 400));
    for (double b : theta[hg::name<"y.0.bias">]) CHECK(b == 0.125);
    check_normal(theta[hg::name<"y.1.weight">], std::sqrt(2.0 / 550));
}

namespace rotations {

inline constexpr hg::parameter<"wide", 40, 90> wide{hg::orthogonal()};
inline constexpr hg::parameter<"tall", 90, 40> tall{hg::orthogonal(1.5)};
inline constexpr hg::parameter<"square_", 60, 60> square_{hg::orthogonal(0.5)};
inline constexpr hg::symbol<"all"> all;
inline constexpr hg::graph model{all = l2(wide) + l2(tall) + l2(square_)};

// The largest deviation of W W^T (or W^T W) from gain^2 times the identity.
double fault(const auto& w, bool rows, double gain) {
    const auto count = rows ? w.extent(0) : w.extent(1), length = rows ? w.extent(1) : w.extent(0);
    double worst = 0;
    for (std::ptrdiff_t a = 0; a < count; ++a)
        for (std::ptrdiff_t b = 0; b < count; ++b) {
            double dot = 0;
            for (std::ptrdiff_t i = 0; i < length; ++i) dot += rows ? w(a, i) * w(b, i) : w(i, a) * w(i, b);
            worst = std::max(worst, std::abs(dot - (a == b ? gain * gain : 0)));
        }
    return worst;
}

}

TEST_CASE("orthogonal matrices are orthogonal along their shorter side, times the gain") {
    using namespace rotations;
    const hg::parameters<model, in_double> theta{hg::seed = 4};
    CHECK(fault(theta[wide], true, 1) < 1e-13);
    CHECK(fault(theta[tall], false, 1.5) < 1e-13);
    CHECK(fault(theta[square_], true, 0.5) < 1e-13);
    CHECK(fault(theta[square_], false, 0.5) < 1e-13);
    const hg::parameters<model> single{hg::seed = 4};
    CHECK(fault(single[wide], true, 1) < 1e-6);
    // Not the identity: no element stands out.
    for (double x : theta[square_]) CHECK(std::abs(x) < 0.5 * 0.75);
}

namespace company {

inline constexpr hg::input<"x", 30> x;
inline constexpr hg::symbol<"before"> before;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"after"> after;
inline constexpr hg::graph alone{h = hg::dense<20>(x)};
inline constexpr hg::graph among_others{
    before = hg::dense<30>(x),
    h = hg::dense<20>(before),
    after = hg::dense<5>(h),
};

}

TEST_CASE("the numbers are a function of the seed and the name, whatever else the model holds") {
    using namespace company;
    constexpr auto weight = hg::name<"h.weight">;
    const hg::parameters<alone> one{hg::seed = 6}, same{hg::seed = 6}, other{hg::seed = 7}, unseeded,
        zero{hg::seed = 0};
    const hg::parameters<among_others> many{hg::seed = 6};
    const hg::parameters<alone, in_double> finer{hg::seed = 6};
    CHECK(std::ranges::equal(one[weight], same[weight]));
    CHECK(std::ranges::equal(one[weight], many[weight]));
    CHECK_FALSE(std::ranges::equal(one[weight], other[weight]));
    CHECK(std::ranges::equal(unseeded[weight], zero[weight]));
    CHECK_FALSE(std::equal(one[weight].begin(), one[weight].end(), many[hg::name<"before.weight">].begin()));
    // float holds what double holds, rounded
    CHECK(std::ranges::equal(one[weight], finer[weight], [](float a, double b) { return a == static_cast<float>(b); }));
    // More than 32 bits of a seed count.
    const hg::parameters<alone> far{hg::seed = 6 + (std::uint64_t{1} << 40)};
    CHECK_FALSE(std::ranges::equal(one[weight], far[weight]));
}

TEST_CASE("parameters are copied, moved, assigned, and started afresh") {
    using namespace company;
    constexpr auto weight = hg::name<"h.weight">;
    hg::parameters<alone> theta{hg::seed = 6};
    auto copy = theta;
    copy[weight](0, 0) = 9;
    CHECK(theta[weight](0, 0) != 9);
    theta = copy;
    CHECK(theta[weight](0, 0) == 9);
    hg::parameters<alone> moved = std::move(copy);
    CHECK(moved[weight](0, 0) == 9);
    // What was moved from is as good as before, on either side.
    moved[weight](0, 0) = 8;
    copy = moved;
    CHECK(copy[weight](0, 0) == 8);
    hg::parameters<alone> again = std::move(moved);
    theta = moved;
    CHECK(theta[weight](0, 0) == 8);
    moved = std::move(again);
    again = std::move(moved);
    CHECK(again[weight](0, 0) == 8);
    auto& itself = theta;
    theta = itself;
    theta = std::move(itself);
    CHECK(theta[weight](0, 0) == 8);
    theta.reset(6);
    CHECK(std::ranges::equal(theta[weight], hg::parameters<alone>{hg::seed = 6}[weight]));
}
