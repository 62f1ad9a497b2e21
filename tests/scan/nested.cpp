// Programs with scans that stand in the bodies of others: values, gradients and second derivatives against loops
// written by hand and against the interpreter; by several threads, with few states kept, printed. What derivatives of
// other such models are is held in autodiff/gradients_scan.cpp. GCC compiles half of the models, Clang the other.
#include <cmath>

#include "scan/scans.hpp"
#include <hourglass/inspect/graphviz.hpp>
#include <hourglass/inspect/inspect.hpp>
#include <hourglass/inspect/mermaid.hpp>

using namespace scans;
using namespace gradient_check;

namespace {

constexpr int height = 3, width = 5;
const numbers pixels = spread(height * width, -1, 1, 0.1);

// y(i, j) = tanh(a y(i, j - 1) + b y(i - 1, j) + x(i, j)), the loss sum y^2, and its gradient, backwards through both
// loops.
struct grid_by_hand {
    double loss = 0, of_a = 0, of_b = 0;
    numbers y, of_x;

    grid_by_hand(double a, double b, const numbers& x) : y(x.size()), of_x(x.size(), 0) {
        const auto at = [](int i, int j) { return static_cast<std::size_t>(i * width + j); };
        for (int i = 0; i < height; ++i)
            for (int j = 0; j < width; ++j) {
                const double left = j > 0 ? y[at(i, j - 1)] : 0, above = i > 0 ? y[at(i - 1, j)] : 0;
                y[at(i, j)] = std::tanh(a * left + b * above + x[at(i, j)]);
                loss += y[at(i, j)] * y[at(i, j)];
            }
        numbers of_y(x.size(), 0);
        for (int i = height; i-- > 0;)
            for (int j = width; j-- > 0;) {
                const double value = y[at(i, j)], inside = (of_y[at(i, j)] + 2 * value) * (1 - value * value);
                of_x[at(i, j)] = inside;
                if (j > 0) of_a += inside * y[at(i, j - 1)], of_y[at(i, j - 1)] += inside * a;
                if (i > 0) of_b += inside * y[at(i - 1, j)], of_y[at(i - 1, j)] += inside * b;
            }
    }
};

template <const auto& Model> void check_grid() {
    hg::parameters<Model, hg::element<double>> theta{hg::seed = 1};
    hg::gradient<Model, loss, hg::to<hidden>, hg::wrt<grid::a, grid::b, grid::x>, hg::element<double>> run;
    const auto out = run(theta, grid::x = pixels);
    const grid_by_hand wanted(0.6, -0.4, pixels);
    const auto rows = out[hidden], of_x = out.gradient(grid::x);
    check_all("y", numbers(rows.begin(), rows.end()), wanted.y, 1e-14);
    CHECK(out[loss] == doctest::Approx(wanted.loss).epsilon(1e-14));
    CHECK(out.gradient(grid::a) == doctest::Approx(wanted.of_a).epsilon(1e-13));
    CHECK(out.gradient(grid::b) == doctest::Approx(wanted.of_b).epsilon(1e-13));
    check_all("of x", numbers(of_x.begin(), of_x.end()), wanted.of_x, 1e-13);
}

}

TEST_CASE("a recurrence in two directions, against two loops") {
#ifdef __clang__
    check_grid<grid::sparing>();
#else
    check_grid<grid::model>();
#endif
}

namespace curved {

inline constexpr hg::symbol<"slope"> slope;
inline constexpr hg::symbol<"curvature"> curvature;
inline constexpr hg::symbol<"along_b"> along_b;
inline constexpr hg::graph model{
    hidden = hg::scan<"rows">(grid::rows<0>, hg::along(u = grid::x), hg::carry(h = hg::broadcast_to<5>(0)),
                              grid::from_left = grid::a, grid::from_above = grid::b)[next(h)],
    loss = sum(square(hidden)),
    slope = grad(loss, grid::a),
    curvature = hessian(loss, grid::a),
    along_b = jvp(slope, grid::b, 1.0),
};

}

TEST_CASE("its second derivatives, against differences of the loops' gradient") {
    namespace m = curved;
    hg::parameters<m::model, hg::element<double>> theta{hg::seed = 1};
    hg::function<m::model, hg::to<m::slope, m::curvature, m::along_b>, hg::element<double>> run;
    const auto out = run(theta, grid::x = pixels);
    constexpr double step = 1e-5;
    const auto slope = [](double a, double b) { return grid_by_hand(a, b, pixels).of_a; };
    CHECK(out[m::slope] == doctest::Approx(slope(0.6, -0.4)).epsilon(1e-13));
    CHECK(out[m::curvature] ==
          doctest::Approx((slope(0.6 + step, -0.4) - slope(0.6 - step, -0.4)) / (2 * step)).epsilon(1e-7));
    CHECK(out[m::along_b] ==
          doctest::Approx((slope(0.6, -0.4 + step) - slope(0.6, -0.4 - step)) / (2 * step)).epsilon(1e-7));
}

TEST_CASE("programs give what the interpreter gives") {
#ifdef __clang__
    check_gradient<settling::model, float>(2e-4, settling::x = data<float>(5 * 8));
    check_gradient<three_deep::model, double>(1e-11, three_deep::x = data<double>(5 * 6));
#else
    check_gradient<settling::model, double>(1e-11, settling::x = data<double>(5 * 8));
#endif
}

namespace {

template <const auto& Model> numbers gradient_by(int threads, const auto& bound) {
    using program = hg::gradient<Model, loss, hg::element<double>, hg::max_rows<72>>;
    const hg::parameters<Model, hg::element<double>> theta{hg::seed = 3};
    program run{hg::threads = hg::pinned(threads)};
    const auto out = run(theta, bound);
    const auto of_w = out.gradient(w);
    numbers all(of_w.begin(), of_w.end());
    all.push_back(out[loss]);
    return all;
}
// Blocks of rows, each by one thread.
[[maybe_unused]] numbers apart(int threads) {
    using program = hg::gradient<settling::model, loss, hg::element<double>, hg::max_rows<72>>;
    static_assert(program::compiled_graph::scans == 2);
    static_assert(program::compiled_graph::step<0>::by_blocks && program::compiled_graph::step<0>::scans == 1);
    return gradient_by<settling::model>(threads, settling::x = spread(70 * 8, -1, 1, 0.1));
}
// All threads together.
[[maybe_unused]] numbers together(int threads) {
    using program = hg::gradient<three_deep::model, loss, hg::element<double>, hg::max_rows<72>>;
    using step = program::compiled_graph::step<0>;
    static_assert(!step::by_blocks && step::scans == 1 && step::step<0>::scans == 1);
    return gradient_by<three_deep::model>(threads, three_deep::x = spread(70 * 6, 0, 0.1, 0.01));
}

}

TEST_CASE("the bits do not depend on the number of threads") {
#ifdef __clang__
    const auto run = together;
#else
    const auto run = apart;
#endif
    const numbers alone = run(1);
    for (const int threads : {2, 3}) CHECK(run(threads) == alone);
}

TEST_CASE("what a scan in a body does is indented, counted and drawn within the other") {
    constexpr hg::graph_view g = hg::lowered<grid::model>::view();
    const std::string text = hg::print(g), picture = hg::graphviz(g), page = hg::mermaid(g);
    CHECK(text.find(": [5] = step[slice 0 of scan 1]\n") != std::string::npos);
    CHECK(text.find("\n    rows.line.c: [] = step[state 0 of scan 2]\n") != std::string::npos);
    CHECK(picture.find("label=\"body of scan 2\";") != std::string::npos);
    CHECK(page.find("  subgraph b1 [\"body of scan 1\"]\n    subgraph b2 [\"body of scan 2\"]\n") != std::string::npos);
    // Of 15 elements two products, two sums and a function; then the squares and their sum.
    CHECK(hg::operations_of(g, 1) == 15 * 5 + 15 + 15);
}

namespace broken {

inline constexpr hg::argument<"v", 4> v;
inline constexpr hg::symbol<"root"> root;
inline constexpr hg::graph falling{root = sqrt(c), next(c) = c - u};
inline constexpr hg::graph rows{
    gates = hg::scan<"inner">(falling, hg::steps<3>, hg::carry(c = h), u = scans::of_outer(u))[root],
    next(h) = h + sum(gates),
};
inline constexpr hg::graph model{loss = hg::scan<"outer">(rows, hg::along(u = v), hg::carry(h = 1.0))[last(h)]};

}

TEST_CASE("what is not finite in the inner body is found, with the step in which it was first") {
    hg::interpreter<broken::model> look;
    // Below zero before the third inner step of the second outer one.
    look(broken::v = std::vector<double>{0.1, 3, 0, 0});
    const auto found = look.first_non_finite();
    REQUIRE(found.has_value());
    CHECK(found->name == "outer.inner.root");
    CHECK(found->step == 2);
}
