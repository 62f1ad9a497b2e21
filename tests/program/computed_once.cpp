// What is made of the model's own numbers is computed when a program is made, and is there in every call,
// whatever the calls write: constant Jacobians, alone and beside what each call computes. What calls change is not.
#include <hourglass/hourglass.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

namespace hg = hourglass;

namespace {

inline constexpr hg::argument<"x", 4> x;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::symbol<"slopes"> slopes;
inline constexpr hg::symbol<"squares"> squares;
inline constexpr hg::symbol<"weighted"> weighted;

// y is linear: its Jacobian, the sines of that, and their products with each other are constant.
inline constexpr hg::graph linear{
    y = concatenate(2 * x, x + sum(x)), slopes = jacobian(y, x), squares = matmul(transpose(slopes), sin(slopes)),
    weighted = squares * exp(x),        loss = sum(weighted),
};
using some_of_it = hg::function<linear, hg::to<slopes, weighted>, hg::element<double>>;
using all_constant = hg::function<linear, hg::to<slopes, squares>, hg::element<double>, hg::arena_inside>;
using gradient = hg::gradient<linear, loss, hg::wrt<x>, hg::element<double>>;

double slope(int i, int j) { return i < 4 ? (i == j ? 2 : 0) : (i - 4 == j ? 2 : 1); }
double square(int j, int k) {
    double sum = 0;
    for (int i = 0; i < 8; ++i) sum += slope(i, j) * std::sin(slope(i, k));
    return sum;
}

template <class Program> int groups_run_once() {
    int count = 0;
    for (const hg::schedule_group& group : Program::compiled_graph::schedule.view().groups) count += group.once;
    return count;
}

}

TEST_CASE("a constant Jacobian, and what is made of it, beside what each call computes") {
    some_of_it f;
    CHECK(groups_run_once<some_of_it>() > 0);
    for (const double at : {0.0, 0.5, -1.25}) {
        CAPTURE(at);
        const std::array<double, 4> given = {at, 2 * at, 0.25, -at};
        const auto out = f(x = given);
        for (int j = 0; j < 4; ++j) {
            for (int i = 0; i < 8; ++i) CHECK(out[slopes](i, j) == slope(i, j));
            double wanted = 0;
            for (int k = 0; k < 4; ++k) wanted += square(j, k) * std::exp(given[static_cast<std::size_t>(k)]);
            CHECK(out[weighted](j) == doctest::Approx(wanted).epsilon(1e-14));
        }
    }
}

TEST_CASE("a program of which everything is constant") {
    all_constant f;
    CHECK(groups_run_once<all_constant>() == all_constant::compiled_graph::sizes.groups);
    for (int call = 0; call < 2; ++call) {
        const auto out = f();
        for (int j = 0; j < 4; ++j)
            for (int k = 0; k < 4; ++k) CHECK(out[squares](j, k) == doctest::Approx(square(j, k)).epsilon(1e-14));
    }
}

TEST_CASE("gradients through what is constant") {
    gradient g;
    CHECK(groups_run_once<gradient>() > 0);
    for (const double at : {0.5, -1.0}) {
        const std::array<double, 4> given = {at, 0, 1, -at};
        const auto out = g(x = given);
        for (int k = 0; k < 4; ++k) {
            double wanted = 0;
            for (int j = 0; j < 4; ++j) wanted += square(j, k);
            wanted *= std::exp(given[static_cast<std::size_t>(k)]);
            CHECK(out.gradient(x)(k) == doctest::Approx(wanted).epsilon(1e-14));
        }
    }
}

namespace {

// The same in a trainer, by several threads; a state that becomes a constant becomes it at the end of a step.
inline constexpr hg::input<"batch", 40> batch;
inline constexpr hg::parameter<"w", 40> w;
inline constexpr hg::state<"age", 40> age{5};
inline constexpr hg::symbol<"mixed"> mixed;
inline constexpr hg::graph model{
    mixed = jacobian(w + sum(w), w) * batch,
    loss = sum(w * age * mixed),
    next(age) = 3,
};
using trainer = hg::trainer<model, loss, hg::sgd>;

}

TEST_CASE("a trainer computes constants once, and updates at the end of each step") {
    for (const int threads : {1, 3}) {
        CAPTURE(threads);
        hg::parameters<model> theta(hg::seed = 1);
        for (float& v : theta[w]) v = 0.5F;
        trainer step(theta, hg::threads = hg::pinned(threads));
        CHECK(groups_run_once<trainer>() > 0);
        constexpr int rows = 6;
        std::vector<float> given(rows * 40);
        for (std::size_t i = 0; i < given.size(); ++i) given[i] = 0.01F * static_cast<float>(i % 7);
        for (int call = 0; call < 3; ++call) {
            double wanted = 0, row_sum = 0;
            std::vector<double> slope_of(40, 0);
            for (int r = 0; r < rows; ++r) {
                row_sum = 0;
                for (std::size_t i = 0; i < 40; ++i) row_sum += given[static_cast<std::size_t>(r) * 40 + i];
                for (std::size_t i = 0; i < 40; ++i) {
                    const double m = given[static_cast<std::size_t>(r) * 40 + i] + row_sum;
                    wanted += theta[w](static_cast<int>(i)) * (call == 0 ? 5 : 3) * m / rows;
                    slope_of[i] += (call == 0 ? 5 : 3) * m / rows;
                }
            }
            std::vector<double> before;
            for (float v : theta[w]) before.push_back(v);
            const auto out = step(batch = given, hg::learning_rate = 0.001);
            CHECK(out[loss] == doctest::Approx(wanted).epsilon(1e-5));
            for (std::size_t i = 0; i < 40; ++i) {
                CHECK(theta[age](static_cast<int>(i)) == 3);
                CHECK(theta[w](static_cast<int>(i)) == doctest::Approx(before[i] - 0.001 * slope_of[i]).epsilon(1e-5));
            }
        }
    }
}

TEST_CASE("the text of a schedule says what is computed once") {
    CHECK(hg::print_schedule<all_constant>().find(", once for all calls\n") != std::string::npos);
}
