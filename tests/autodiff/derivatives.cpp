// Derivatives that stand in equations, as programs: against formulas by hand, against each other, and, inside a loss,
// against differences of the program itself.
#include <hourglass/hourglass.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace hg = hourglass;

namespace {

using numbers = std::vector<double>;
using in_double = hg::element<double>;

// `what` is the quantity's name. After three wrong numbers it says no more.
void check_equal(const std::string& what, const auto& got, const numbers& wanted, double relative = 1e-13) {
    CAPTURE(what);
    std::size_t i = 0;
    int wrong = 0;
    for (const double x : got) {
        CAPTURE(i);
        REQUIRE(i < wanted.size());
        const auto close = doctest::Approx(wanted[i]).epsilon(relative);
        CHECK(x == close);
        if (x != close && ++wrong == 3) return;
        ++i;
    }
    CHECK(i == wanted.size());
}

// h = tanh(W x): its Jacobian is diag(1 - h^2) W; y = sum h^2.
namespace small {

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::input<"u", 2> u;
inline constexpr hg::input<"v", 3> v;
inline constexpr hg::parameter<"W", 2, 3> W;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"wide"> wide;
inline constexpr hg::symbol<"slope"> slope;
inline constexpr hg::symbol<"slope_in_W"> slope_in_W;
inline constexpr hg::symbol<"summed"> summed;
inline constexpr hg::symbol<"J"> J;
inline constexpr hg::symbol<"J_wide"> J_wide;
inline constexpr hg::symbol<"forward"> forward;
inline constexpr hg::symbol<"backward"> backward;
inline constexpr hg::symbol<"H"> H;
inline constexpr hg::symbol<"Hv"> Hv;

inline constexpr hg::graph model{
    h = tanh(W * x),         y = sum(square(h)),         wide = transpose(W) * h,
    slope = grad(y, x),      slope_in_W = grad(y, W),    summed = grad(batch_sum(y), W),
    J = jacobian(h, x),      J_wide = jacobian(wide, h), forward = jvp(h, x, v),
    backward = vjp(h, x, u), H = hessian(y, x),          Hv = hessian_vector_product(y, x, v),
};
using everything =
    hg::function<model, hg::to<h, slope, slope_in_W, summed, J, J_wide, forward, backward, H, Hv>, in_double>;

}

// The contractive autoencoder (Rifai et al. 2011): the squared Frobenius norm of the encoder's Jacobian as a penalty.
namespace contractive {

inline constexpr hg::input<"x", 12> x;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"xhat"> xhat;
inline constexpr hg::symbol<"penalty"> penalty;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::scalar<"lambda"> lambda{0.5};

inline constexpr hg::graph model{
    h = sigmoid(hg::dense<5>(x)),
    xhat = sigmoid(hg::dense<12>(h)),
    penalty = sum(square(jacobian(h, x))),
    loss = mse(xhat, x) + lambda * penalty,
};
inline constexpr hg::graph closed_form{
    h = sigmoid(hg::dense<5>(x)),
    xhat = sigmoid(hg::dense<12>(h)),
    penalty = dot(square(h * (1 - h)), sum(square(hg::name<"h.weight">), hg::axes<1>)),
    loss = mse(xhat, x) + lambda * penalty,
};

}

template <class Program> constexpr long largest_for_each_row() {
    long largest = 0;
    for (const hg::node& n : Program::compiled_graph::view().nodes)
        if (n.type.batched && n.type.extents.size() > largest) largest = n.type.extents.size();
    return largest;
}

}

TEST_CASE("gradient, Jacobian, Hessian and their products against formulas") {
    using namespace small;
    hg::parameters<model, in_double> theta{hg::seed = 3};
    everything f;
    const numbers at{0.1, 0.5, -0.3, 1, -2, 0.7}, left{0.3, -0.8, 1.1, 0.2}, right{0.4, -0.2, 0.9, 1.3, 0.6, -0.5};
    const auto out = f(theta, x = at, u = left, v = right);
    const auto w = [&](std::size_t k, std::size_t i) { return theta[W](static_cast<long>(k), static_cast<long>(i)); };
    numbers slopes, slopes_in_W, sums(6), jacobians, forwards, backwards, hessians, products;
    for (std::size_t r = 0; r < 2; ++r) {
        std::array<double, 2> value{}, flat{};
        for (std::size_t k = 0; k < 2; ++k) {
            double a = 0;
            for (std::size_t i = 0; i < 3; ++i) a += w(k, i) * at[r * 3 + i];
            value[k] = std::tanh(a);
            flat[k] = 1 - value[k] * value[k];
        }
        for (std::size_t i = 0; i < 3; ++i)
            slopes.push_back(2 * (value[0] * flat[0] * w(0, i) + value[1] * flat[1] * w(1, i)));
        for (std::size_t k = 0; k < 2; ++k) {
            double moved = 0;
            for (std::size_t i = 0; i < 3; ++i) {
                const double in_W = 2 * value[k] * flat[k] * at[r * 3 + i];
                slopes_in_W.push_back(in_W);
                sums[k * 3 + i] += in_W;
                jacobians.push_back(flat[k] * w(k, i));
                moved += flat[k] * w(k, i) * right[r * 3 + i];
            }
            forwards.push_back(moved);
        }
        for (std::size_t i = 0; i < 3; ++i)
            backwards.push_back(left[r * 2] * flat[0] * w(0, i) + left[r * 2 + 1] * flat[1] * w(1, i));
        for (std::size_t i = 0; i < 3; ++i) {
            double product = 0;
            for (std::size_t j = 0; j < 3; ++j) {
                double second = 0;
                for (std::size_t k = 0; k < 2; ++k)
                    second += 2 * flat[k] * (flat[k] - 2 * value[k] * value[k]) * w(k, i) * w(k, j);
                hessians.push_back(second);
                product += second * right[r * 3 + j];
            }
            products.push_back(product);
        }
    }
    check_equal("slope", out[slope], slopes);
    check_equal("slope_in_W", out[slope_in_W], slopes_in_W);
    check_equal("summed", out[summed], sums);
    check_equal("J", out[J], jacobians);
    check_equal("forward", out[forward], forwards);
    check_equal("backward", out[backward], backwards);
    check_equal("H", out[H], hessians);
    check_equal("Hv", out[Hv], products);
    // d (transpose(W) h) / dh = transpose(W), by forward mode: three numbers of two.
    numbers transposed;
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t k = 0; k < 2; ++k) transposed.push_back(w(k, i));
    check_equal("J_wide", out[J_wide], transposed);
}

TEST_CASE("a penalty on a Jacobian trains as its closed form does, and costs no Jacobian") {
    using namespace contractive;
    numbers images(3 * 12);
    for (std::size_t i = 0; i < images.size(); ++i) images[i] = 0.5 + 0.5 * std::sin(static_cast<double>(7 * i));
    using trainer = hg::trainer<model, loss, hg::adam, in_double>;
    using by_formula = hg::trainer<closed_form, loss, hg::adam, in_double>;
    hg::parameters<model, in_double> theta{hg::seed = 1};
    hg::parameters<closed_form, in_double> other{hg::seed = 1};
    trainer train{theta, hg::threads = 1};
    by_formula train_other{other, hg::threads = 1};
    for (int step = 0; step < 50; ++step) {
        const auto ours = train(x = images, hg::learning_rate = 0.01);
        const auto theirs = train_other(x = images, hg::learning_rate = 0.01);
        REQUIRE(ours[penalty] == doctest::Approx(theirs[penalty]).epsilon(1e-11));
        REQUIRE(ours[loss] == doctest::Approx(theirs[loss]).epsilon(1e-11));
    }
    // Nothing of the size of a Jacobian is computed for each row.
    static_assert(largest_for_each_row<trainer>() == 12);
}

TEST_CASE("a loss made of derivatives has the gradient that differences say") {
    using namespace contractive;
    numbers images(2 * 12);
    for (std::size_t i = 0; i < images.size(); ++i) images[i] = 0.5 + 0.4 * std::cos(static_cast<double>(5 * i));
    hg::parameters<model, in_double> theta{hg::seed = 5};
    hg::gradient<model, penalty, in_double> derive;
    const auto weight = theta[hg::name<"h.weight">];
    const auto out = derive(theta, x = images);
    const numbers gradient(out.gradient(hg::name<"h.weight">).begin(), out.gradient(hg::name<"h.weight">).end());
    for (const long i : {0L, 17L, 59L}) {
        const double kept = weight(i / 12, i % 12), h = 1e-5;
        weight(i / 12, i % 12) = kept + h;
        const double above = derive(theta, x = images)[penalty];
        weight(i / 12, i % 12) = kept - h;
        const double below = derive(theta, x = images)[penalty];
        weight(i / 12, i % 12) = kept;
        CHECK(gradient[static_cast<std::size_t>(i)] == doctest::Approx((above - below) / (2 * h)).epsilon(1e-7));
    }
}

namespace {

// Derivatives and the other words of the language: dropout in training, a cut, a block, a third derivative.
namespace mixed {

inline constexpr hg::input<"x", 4> x;
inline constexpr hg::symbol<"dropped"> dropped;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"slope"> slope;
inline constexpr hg::symbol<"cube"> cube;
inline constexpr hg::symbol<"third"> third;
inline constexpr hg::symbol<"held"> held;
inline constexpr hg::symbol<"slope_held"> slope_held;

inline constexpr hg::graph model{
    dropped = in_training(x * 3.0, x),
    y = sum(square(dropped)),
    slope = grad(y, x),
    cube = sum(x * x * x),
    third = grad(sum(grad(sum(grad(cube, x)), x)), x),
    held = sum(x * stop_gradient(x)),
    slope_held = grad(held, x),
};

}

}

TEST_CASE("derivatives follow in_training, stop_gradient and each other") {
    using namespace mixed;
    const numbers at{1, -2, 0.5, 3};
    hg::function<model, hg::to<slope, third, slope_held>, in_double> f;
    const auto out = f(x = at);
    check_equal("slope", out[slope], {2, -4, 1, 6});
    check_equal("third", out[third], {6, 6, 6, 6});
    check_equal("slope_held", out[slope_held], at);
    hg::function<model, hg::to<slope>, hg::training, in_double> in_training_too;
    check_equal("slope", in_training_too(x = at)[slope], {18, -36, 9, 54});
}

namespace {

// A product of two numbers times five: forward mode, through an operation that has no rule of its own there.
namespace without_rows {

inline constexpr hg::argument<"x", 2> x;
inline constexpr hg::argument<"u", 5> u;
inline constexpr hg::symbol<"J"> J;
inline constexpr hg::graph model{J = jacobian(prod(x) * u, x)};

}

}

TEST_CASE("a Jacobian by forward mode has a batch axis only where something has one") {
    using namespace without_rows;
    hg::function<model, hg::to<J>, in_double> f;
    const auto out = f(x = numbers{2, 3}, u = numbers{1, 2, 3, 4, 5});
    check_equal("J", out[J], {3, 2, 6, 4, 9, 6, 12, 8, 15, 10});
}

namespace zeros {

constexpr hg::argument<"x", 3> x;
constexpr hg::symbol<"y"> y;
constexpr hg::symbol<"J"> J;
constexpr hg::symbol<"D"> D;
constexpr hg::symbol<"J_after"> J_after;
inline constexpr hg::graph model{
    y = hg::slice<0, 2>(x) + 0 * log(hg::slice<1, 3>(x)), J = hg::sparse_jacobian(y, x), D = jacobian(y, x),
    J_after = hg::sparse_jacobian(2 * sum(y), x), // in reverse mode
};

}

TEST_CASE("a user's zero is no zero of a pattern, since times an infinity it is no number") {
    using namespace zeros;
    static_assert(hg::sparsity<model, J>.non_zeros == 4 && hg::sparsity<model, J_after>.non_zeros == 3);
    hg::function<model, hg::to<J, D, J_after>, hg::element<double>> f;
    const std::vector<double> at = {1, 0, 2};
    const auto out = f(x = at);
    CHECK(std::isnan(out[D](0, 1)));
    CHECK(std::isnan(out[J](1)));
    CHECK(out[J](2) == 1);
    CHECK(out[J](3) == 0);
    CHECK(std::isnan(out[J_after](1)));
    CHECK(out[J_after](2) == 0);
}
