// How things are named: layers and their parameters, blocks and their prefixes, names without a C++ object; and where
// graphs may stand: at namespace scope, in a function, as a template over sizes.
#include <hourglass/hourglass.hpp>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

using numbers = std::vector<double>;
using in_double = hg::element<double>;

std::vector<std::string> names_of(const auto& theta) {
    std::vector<std::string> names;
    theta.for_each([&](const std::string& name, const auto&, bool) { names.push_back(name); });
    return names;
}
std::string shape_of(const auto& view) {
    std::string text;
    for (int axis = 0; axis < view.rank(); ++axis) text += (axis ? "x" : "") + std::to_string(view.extent(axis));
    return text;
}

}

namespace layer_model {

inline constexpr hg::input<"x", 6> x;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"logits"> logits;
inline constexpr hg::symbol<"side"> side;
inline constexpr hg::symbol<"y"> y;

inline constexpr hg::graph layers{
    h = relu(hg::dense<5>(x)),
    logits = hg::dense<3>(relu(hg::dense<4>(h))),         // innermost first
    side = hg::dense<3>(h) + hg::linear<3>(x),            // then left to right
    y = hg::dense<2, "fc3">(hg::dense<7>(logits + side)), // a named layer is not counted
};
static_assert(hg::check<layers>);

}

TEST_CASE("layers are named after their equation, numbered if there are several, or by a given name") {
    using namespace layer_model;
    hg::parameters<layers> theta;
    CHECK(names_of(theta) == std::vector<std::string>{"h.weight", "h.bias", "logits.0.weight", "logits.0.bias",
                                                      "logits.1.weight", "logits.1.bias", "side.0.weight",
                                                      "side.0.bias", "side.1.weight", "y.weight", "y.bias",
                                                      "fc3.weight", "fc3.bias"});
    // [out, in]
    CHECK(shape_of(theta[hg::name<"h.weight">]) == "5x6");
    CHECK(shape_of(theta[hg::name<"logits.0.weight">]) == "4x5");
    CHECK(shape_of(theta[hg::name<"logits.1.weight">]) == "3x4");
    CHECK(shape_of(theta[hg::name<"side.0.weight">]) == "3x5");
    CHECK(shape_of(theta[hg::name<"side.1.weight">]) == "3x6");
    CHECK(shape_of(theta[hg::name<"y.weight">]) == "7x3");
    CHECK(shape_of(theta[hg::name<"fc3.weight">]) == "2x7");
    CHECK(shape_of(theta[hg::name<"fc3.bias">]) == "2");
    // A view knows its strides; kernels may keep another order.
    const auto weight = theta[hg::name<"h.weight">];
    weight(2, 3) = 42;
    CHECK(weight.row(2)(3) == 42);
    CHECK(weight.data()[2 * weight.stride(0) + 3 * weight.stride(1)] == 42);
}

TEST_CASE("a name reaches a parameter in options, bindings and results") {
    using namespace layer_model;
    hg::parameters<layers, in_double> theta{hg::seed = 1};
    const numbers data = {1, 2, 3, 4, 5, 6};
    hg::function<layers, hg::from<x, hg::name<"h.bias">>, hg::to<h, hg::name<"h.weight">>, in_double> f;
    const numbers bias = {100, 200, 300, 400, 500};
    const auto out = f(theta, x = data, hg::name<"h.bias"> = bias);
    for (int i = 0; i < 5; ++i) {
        double a = bias[static_cast<std::size_t>(i)];
        for (int j = 0; j < 6; ++j) a += theta[hg::name<"h.weight">](i, j) * data[static_cast<std::size_t>(j)];
        CHECK(out[h](0, i) == doctest::Approx(a).epsilon(1e-14));
        CHECK(out[hg::name<"h.weight">](i, 2) == theta[hg::name<"h.weight">](i, 2));
    }
}

namespace block_model {

inline constexpr hg::symbol<"in"> in; // a formal: shaped by what is passed
inline constexpr hg::symbol<"hidden"> hidden;
inline constexpr hg::symbol<"out"> out;
inline constexpr hg::symbol<"from"> from;
inline constexpr hg::parameter<"gain", 1> gain{hg::ones};

inline constexpr hg::graph residual{
    hidden = tanh(hg::dense<3>(in)),
    out = in + gain * hidden,
};
inline constexpr hg::graph pair_of_blocks{
    hidden = hg::use<"first">(residual, in = from)[out],
    out = hg::use<"second">(residual, in = 2 * hidden)[out],
};

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::symbol<"a"> a;
inline constexpr hg::symbol<"b"> b;
inline constexpr hg::symbol<"c"> c;
inline constexpr hg::symbol<"inside"> inside;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr auto block = hg::use<"b1">(residual, in = x);

inline constexpr hg::graph tower{
    a = block[out],
    inside = block[hidden], // the same block: its parameters stand once
    b = hg::use<"b2">(residual, in = a)[out],
    c = hg::use<"b3">(pair_of_blocks, from = b - a)[out], // blocks in a block
    loss = sum(square(c)) + sum(inside),
};
static_assert(hg::check<tower>);

}

TEST_CASE("a block's names get its prefix, and those of nested blocks both prefixes") {
    using namespace block_model;
    hg::parameters<tower, in_double> theta{hg::seed = 5};
    CHECK(names_of(theta) == std::vector<std::string>{
                                 "b1.hidden.weight", "b1.hidden.bias", "b1.gain", "b2.hidden.weight", "b2.hidden.bias",
                                 "b2.gain", "b3.first.hidden.weight", "b3.first.hidden.bias", "b3.first.gain",
                                 "b3.second.hidden.weight", "b3.second.hidden.bias", "b3.second.gain"});
    theta[hg::name<"b1.gain">](0) = 0.5;
    theta[hg::name<"b3.second.gain">](0) = -2;

    const auto residual_by_hand = [&](const numbers& from, auto weight, auto bias, double scale,
                                      numbers* middle = nullptr) {
        numbers result = from;
        for (std::size_t i = 0; i < 3; ++i) {
            double s = bias(i);
            for (std::size_t j = 0; j < 3; ++j) s += weight(i, j) * from[j];
            if (middle) middle->push_back(std::tanh(s));
            result[i] += scale * std::tanh(s);
        }
        return result;
    };
    const numbers data = {0.3, -0.8, 1.2};
    numbers middle;
    const numbers va =
        residual_by_hand(data, theta[hg::name<"b1.hidden.weight">], theta[hg::name<"b1.hidden.bias">], 0.5, &middle);
    const numbers vb = residual_by_hand(va, theta[hg::name<"b2.hidden.weight">], theta[hg::name<"b2.hidden.bias">], 1);
    numbers difference(3);
    for (std::size_t i = 0; i < 3; ++i) difference[i] = vb[i] - va[i];
    numbers twice = residual_by_hand(difference, theta[hg::name<"b3.first.hidden.weight">],
                                     theta[hg::name<"b3.first.hidden.bias">], 1);
    for (double& t : twice) t *= 2;
    const numbers vc = residual_by_hand(twice, theta[hg::name<"b3.second.hidden.weight">],
                                        theta[hg::name<"b3.second.hidden.bias">], -2);

    hg::function<tower, hg::from<x>, hg::to<a, b, c, inside, hg::name<"b3.first.out">>, in_double> f;
    const auto result = f(theta, x = data);
    for (int i = 0; i < 3; ++i) {
        const auto at = static_cast<std::size_t>(i);
        CHECK(result[a](0, i) == doctest::Approx(va[at]).epsilon(1e-13));
        CHECK(result[inside](0, i) == doctest::Approx(middle[at]).epsilon(1e-13));
        CHECK(result[b](0, i) == doctest::Approx(vb[at]).epsilon(1e-13));
        CHECK(result[c](0, i) == doctest::Approx(vc[at]).epsilon(1e-13));
        CHECK(result[hg::name<"b3.first.out">](0, i) == doctest::Approx(twice[at] / 2).epsilon(1e-13));
    }

    // A block's inside is cut by its full name, and its parameters are trained like any others.
    hg::function<tower, hg::from<x, hg::name<"b1.hidden">>, hg::to<a>, in_double> cut;
    const numbers zero(3, 0.0);
    CHECK(cut(theta, x = data, hg::name<"b1.hidden"> = zero)[a](0, 2) == data[2]);
    hg::gradient<tower, loss, hg::wrt<hg::name<"b3.second.gain">>, in_double> g;
    const auto slope = g(theta, x = data);
    double by_hand = 0;
    for (std::size_t i = 0; i < 3; ++i) by_hand += 2 * vc[i] * (vc[i] - twice[i]) / -2;
    CHECK(slope.gradient(hg::name<"b3.second.gain">)(0) == doctest::Approx(by_hand).epsilon(1e-12));
}

namespace sized {

template <int In> inline constexpr hg::input<"x", In> x;
inline constexpr hg::symbol<"code"> code;
inline constexpr hg::symbol<"xhat"> xhat;
inline constexpr hg::symbol<"loss"> loss;

template <int In, int Latent> inline constexpr hg::graph autoencoder{
    code = sigmoid(hg::dense<Latent>(x<In>)),
    xhat = sigmoid(hg::dense<In>(code)),
    loss = mse(xhat, x<In>),
};
static_assert(hg::check<autoencoder<12, 3>>);

}

TEST_CASE("a model with sizes is a variable template") {
    using namespace sized;
    hg::parameters<autoencoder<12, 3>> small;
    hg::parameters<autoencoder<5, 2>> smaller;
    CHECK(shape_of(small[hg::name<"code.weight">]) == "3x12");
    CHECK(shape_of(smaller[hg::name<"xhat.weight">]) == "5x2");
    hg::function<autoencoder<5, 2>, hg::from<x<5>>, hg::to<xhat>> f;
    const std::vector<float> data(10, 0.5f);
    CHECK(shape_of(f(smaller, x<5> = data)[xhat]) == "2x5");
}

TEST_CASE("a graph may be local to a function, with the symbols that it uses") {
    static constexpr hg::input<"x", 2> x;
    static constexpr hg::parameter<"w", 2> w{hg::constant(3)};
    static constexpr hg::symbol<"y"> y;
    static constexpr hg::graph line{y = dot(w, x) + 1};
    hg::parameters<line> theta;
    hg::function<line, hg::from<x>, hg::to<y>> f;
    const std::vector<float> data = {1, 2, -1, 0};
    const auto out = f(theta, x = data);
    CHECK(out[y](0) == 10);
    CHECK(out[y](1) == -2);
}

namespace declared {
HOURGLASS_SYMBOLS(only);
HOURGLASS_SYMBOLS(first, second, third);
}

TEST_CASE("one line declares many symbols, whose names in the model are those in C++") {
    CHECK(declared::only.name == "only");
    CHECK(declared::first.name == "first");
    CHECK(declared::third.name == "third");
    static_assert(std::is_same_v<decltype(declared::second), const hg::symbol<"second">>);
    HOURGLASS_LOCAL_SYMBOLS(twice, unused);
    static constexpr hg::argument<"t"> t;
    static constexpr hg::graph doubling{twice = 2 * t};
    hg::function<doubling, hg::to<twice>> f;
    CHECK(float(f(t = 4)[twice]) == 8);
}

TEST_CASE("an equation that only renames a value is a symbol of its own: feeding one does not cut the other") {
    static constexpr hg::input<"x", 2> x;
    static constexpr hg::symbol<"first"> first;
    static constexpr hg::symbol<"second"> second;
    static constexpr hg::symbol<"y"> y;
    static constexpr hg::graph model{first = 2 * x, second = first, y = first + second};
    hg::function<model, hg::from<x, second>, hg::to<y>> f;
    const std::vector<float> data = {1, 2}, other = {10, 20};
    const auto out = f(x = data, second = other);
    CHECK(out[y](0, 0) == 12);
    CHECK(out[y](0, 1) == 24);
}

TEST_CASE("parameters are read and written as numbers, ranges and other parameters") {
    static constexpr hg::parameter<"b"> b{hg::ones};
    static constexpr hg::parameter<"W", 2, 3> W{hg::zeros};
    static constexpr hg::symbol<"y"> y;
    static constexpr hg::graph model{y = b * sum(W)};
    hg::parameters<model> theta, other;
    const auto& fixed = theta;
    CHECK(double(theta[b]) == 1);
    const float one = fixed[b];
    CHECK(one == 1);
    theta[b] = 2.5;
    CHECK(float(fixed[b]) == 2.5F);
    theta[W] = std::vector<double>{1, 2, 3, 4, 5, 6};
    CHECK(theta[W](1, 2) == 6);
    other[W] = theta[W]; // copied, and not another look at the same
    theta[W] = {6, 5, 4, 3, 2, 1};
    CHECK(theta[W](1, 0) == 3);
    CHECK_THROWS_AS((theta[W] = {1, 2}), std::invalid_argument);
    theta[W] = std::vector<float>(6, 0.0F);
    CHECK(other[W](1, 2) == 6);
    theta[W] = std::as_const(other)[W];
    CHECK(theta[W](0, 1) == 2);
    other[b] = theta[b];
    CHECK(float(other[b]) == 2.5F);
    other[b] = 1;
    other[b] = std::as_const(theta)[b];
    CHECK(float(other[b]) == 2.5F);
    auto view = theta[W];
    view = other[W]; // a named view looks at something else from then on
    view(0, 0) = -1;
    CHECK(other[W](0, 0) == -1);
    CHECK(theta[W](0, 0) == 1);
    CHECK_THROWS_WITH(theta[W] = std::vector<float>(5),
                      "a tensor of the shape [2, 3] takes 6 numbers, and was assigned 5");
    CHECK(theta[W](0, 0) == 1);
}
