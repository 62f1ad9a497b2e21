// What simplification makes of formulas, and what it leaves alone: no infinity and no NaN of a user's own formula
// changes, except towards the exact value. Each rule by its name is in passes/simplify_rules.cpp.
#include "passes/simplified_formula.hpp"

using namespace simplification_tests;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}

TEST_CASE("a user's zeros stay: x * 0, 0 / x, 0 * log(x)") {
    CHECK(simplified([](formula& f) { return hadamard(f.x, 0); }) == "multiply(x, 0)");
    CHECK(simplified([](formula& f) { return hadamard(0, f.x); }) == "multiply(x, 0)");
    CHECK(simplified([](formula& f) { return 0 / f.x; }) == "divide(0, x)");
    CHECK(simplified([](formula& f) { return hadamard(0, log(f.x)); }) == "multiply(log(x), 0)");
    CHECK(simplified([](formula& f) { return hadamard(hadamard(f.x, 2), 0); }) == "multiply(multiply(x, 2), 0)");
    CHECK(simplified([](formula& f) { return hadamard(f.x, f.number(1) - 1); }) == "multiply(x, 0)");
}
TEST_CASE("zeros that differentiation made vanish with what they multiply") {
    const auto zero = [](formula& f) { return f.derived([&] { return f.number(0); }); };
    CHECK(simplified([&](formula& f) { return hadamard(f.x, zero(f)); }) == "broadcast(0)");
    CHECK(simplified([&](formula& f) { return zero(f) / f.x; }) == "broadcast(0)");
    CHECK(simplified([&](formula& f) { return f.x + zero(f); }) == "x");
    CHECK(simplified([&](formula& f) { return f.x - zero(f); }) == "x");
    CHECK(simplified([&](formula& f) { return zero(f) - f.x; }) == "negate(x)");
    CHECK(simplified([&](formula& f) { return hadamard(f.x, square(-hadamard(zero(f), 3))); }) == "broadcast(0)");
}
TEST_CASE("the gradient of a formula with a user's zero has that zero") {
    formula f;
    const hg::handle y = total(hadamard(0, log(f.x)));
    hg::differentiation d(f.g, y.index, {&f.x.index, 1});
    CHECK(f.simplified(f.x.other(d.gradient(f.x.index))) == "divide(0, x)");
}
TEST_CASE("x + 0 where the sign of a zero cannot tell, x + (-0), x - 0") {
    CHECK(simplified([](formula& f) { return f.x + 0; }) == "add(x, 0)"); // 1 / (-0 + 0) is infinity
    CHECK(simplified([](formula& f) { return exp(f.x) + 0; }) == "exp(x)");
    CHECK(simplified([](formula& f) { return f.x + -0.0; }) == "x");
    CHECK(simplified([](formula& f) { return f.x - 0; }) == "x");
    CHECK(simplified([](formula& f) { return 0 - f.x; }) == "subtract(0, x)");
}
TEST_CASE("signs: x + (-y), x - (-y), -(-x), x * (-1)") {
    CHECK(simplified([](formula& f) { return f.x + -f.y; }) == "subtract(x, y)");
    CHECK(simplified([](formula& f) { return -f.x + f.y; }) == "subtract(y, x)");
    CHECK(simplified([](formula& f) { return f.x - -f.y; }) == "add(x, y)");
    CHECK(simplified([](formula& f) { return -(-f.x); }) == "x");
    CHECK(simplified([](formula& f) { return hadamard(f.x, -1); }) == "negate(x)");
}
TEST_CASE("x * 1, x / 1, x * x, x over a power of two") {
    CHECK(simplified([](formula& f) { return hadamard(1, f.x) / 1; }) == "x");
    CHECK(simplified([](formula& f) { return hadamard(f.x, f.x); }) == "square(x)");
    CHECK(simplified([](formula& f) { return f.x / 8; }) == "multiply(x, 0.125)");
    CHECK(simplified([](formula& f) { return f.x / 3; }) == "divide(x, 3)");
    CHECK(simplified([](formula& f) { return f.x / 0x1p1000; }).substr(0, 6) == "divide");
}
TEST_CASE("constants come together where the new factor is an ordinary number in float too") {
    CHECK(simplified([](formula& f) { return hadamard(hadamard(f.x, 2), 3); }) == "multiply(x, 6)");
    CHECK(simplified([](formula& f) { return hadamard(2, f.x) / -2; }) == "negate(x)");
    CHECK(simplified([](formula& f) { return hadamard(f.x, 3) / 4; }) == "multiply(x, 0.75)");
    CHECK(simplified([](formula& f) { return hadamard(hadamard(f.x, 1e20), 1e-20); }) == "x");
    CHECK(simplified([](formula& f) { return hadamard(hadamard(f.x, 1e200), 1e-200); }) == // infinity and 0 in float
          "multiply(multiply(x, 1e+200), 1e-200)");
    CHECK(simplified([](formula& f) { return hadamard(hadamard(f.x, 1e-30), 1e-30); }) ==
          "multiply(multiply(x, 1e-30), 1e-30)");
    CHECK(simplified([](formula& f) { return hadamard(hadamard(f.x, 1e200), 1e200); }) ==
          "multiply(multiply(x, 1e+200), 1e+200)");
    CHECK(simplified([](formula& f) { return hadamard(f.x, 1e-300) / 1e300; }) ==
          "divide(multiply(x, 1e-300), 1e+300)");
    CHECK(simplified([](formula& f) { return hadamard(f.x, 1e300) / 1e-300; }) ==
          "divide(multiply(x, 1e+300), 1e-300)");
}
TEST_CASE("numbers of numbers, where nothing overflows in double") {
    CHECK(simplified([](formula& f) { return f.x + hadamard(f.number(2), 3); }) == "add(x, 6)");
    CHECK(simplified([](formula& f) { return f.x + hadamard(f.number(1e200), 1e200); }) ==
          "add(x, multiply(1e+200, 1e+200))");
    CHECK(simplified([](formula& f) { return f.x + square(f.number(1e200)); }) == "add(x, square(1e+200))");
    CHECK(simplified([](formula& f) { return f.x + (f.number(1e308) + 1e308); }) == "add(x, add(1e+308, 1e+308))");
    CHECK(simplified([](formula& f) { return f.x + f.number(1e200) / 1e-200; }) == "add(x, divide(1e+200, 1e-200))");
    CHECK(simplified([](formula& f) { return f.x + f.number(0) / 0; }) == "add(x, divide(0, 0))");
    CHECK(simplified([](formula& f) { return f.x + hadamard(f.number(infinity), 0); }) == "add(x, multiply(0, inf))");
}
TEST_CASE("none of these overflows in a constant expression") {
    static constexpr auto count = [] {
        hg::graph_builder g;
        const hg::handle x = push_leaf(g, hg::sentence("x"), shared_by_rows(2));
        const auto number = [&](double value) { return x.other(g.push_literal(value)); };
        hg::handle sum = hadamard(hadamard(x, 1e200), 1e200) + hadamard(x, 1e300) / 1e-300;
        sum = sum + hadamard(number(1e200), 1e200) + square(number(-1e200)) + (number(1e308) + 1e308);
        sum = sum + (number(-1e308) - 1e308) + number(1e200) / 1e-200 + hadamard(number(infinity), 0);
        sum = sum + (number(infinity) - infinity) + number(0) / 0 + x / infinity;
        return hg::simplify(g.view(), true).nodes.size();
    }();
    CHECK(count > 0);
}
TEST_CASE("log(exp(x)), and squares of roots") {
    CHECK(simplified([](formula& f) { return apply_operation(hg::ops::log{}, exp(f.x)); }) == "x");
    CHECK(simplified([](formula& f) { return square(l2_norm(f.x)); }) == "sum(square(x))");
    CHECK(simplified([](formula& f) { return hadamard(l2_norm(f.x), l2_norm(f.x)); }) == "sum(square(x))");
    CHECK(simplified([](formula& f) { return pow(l2_norm(f.x), 2); }) == "sum(square(x))");
    CHECK(simplified([](formula& f) { return square(abs(f.x)); }) == "square(x)");
    CHECK(simplified([](formula& f) { return square(sqrt(exp(f.x))); }) == "exp(x)");
    CHECK(simplified([](formula& f) { return square(sqrt(f.x)); }) == "square(sqrt(x))"); // no number below zero
    CHECK(simplified([](formula& f) { return pow(abs(f.x), 3); }) == "pow(abs(x), 3)");
}
TEST_CASE("scales of what is summed: at least 1, negative signs, and those of derivatives") {
    CHECK(simplified([](formula& f) { return sum(hadamard(f.x, 3)); }) == "multiply(sum(x), 3)");
    CHECK(simplified([](formula& f) { return sum(-f.x); }) == "negate(sum(x))");
    CHECK(simplified([](formula& f) { return sum(hadamard(f.x, 0.5)); }) == "sum(multiply(x, 0.5))");
    CHECK(simplified([](formula& f) { return sum(hadamard(f.x, 0)); }) == "sum(multiply(x, 0))");
    CHECK(simplified([](formula& f) { return sum(hadamard(f.x, sum(f.y))); }) == "sum(multiply(x, sum(y)))");
    CHECK(simplified([](formula& f) { return sum(f.derived([&] { return hadamard(f.x, 0.5); })); }) ==
          "multiply(sum(x), 0.5)");
}
TEST_CASE("common factors of all examples, in derivatives only") {
    const auto product = [](formula& f) { return hadamard(f.x, sum(f.X)); };
    CHECK(simplified([&](formula& f) { return sum(f.derived([&] { return product(f); })); }) ==
          "multiply(sum(x), sum(X))");
    CHECK(simplified([&](formula& f) { return sum(product(f)); }) == "sum(multiply(x, sum(X)))");
    CHECK(simplified([&](formula& f) { return square(product(f)); }) == "square(multiply(x, sum(X)))");
}

namespace {

// In 50 digits and with exponents of 32 bits, nothing over- or underflows that a double can hold.
precise exact_value(hg::graph_view v, double x) {
    hg::interpretation<precise> run(v, rules<precise>(), 1);
    run.feed("x", {precise(x)});
    run.run();
    return run.values[static_cast<std::size_t>(v.roots[0].node)][0];
}
template <class T> T value(hg::graph_view v, double x) {
    hg::interpretation<T> run(v, rules<T>(), 1);
    for (int n = 0; n < v.nodes.size; ++n)
        if (v[n].op->kind == hg::operation_kind::leaf) run.feed(n, {static_cast<T>(x)});
    run.run();
    return run.values[static_cast<std::size_t>(v.roots[0].node)][0];
}
template <class T> bool same_kind(T a, T b) {
    return std::isnan(a) ? std::isnan(b) : std::isinf(a) ? a == b : std::isfinite(b);
}
// An infinity or NaN may become the exact value, and no number may become one of them.
template <class T> std::string fault(hg::graph_view before, hg::graph_view after, double x) {
    const T was = value<T>(before, x), is = value<T>(after, x);
    if (same_kind(was, is)) return {};
    if (std::isfinite(x)) {
        precise exact;
        try {
            exact = exact_value(before, x);
        } catch (const std::exception&) { return "an exception"; }
        if (isfinite(exact) && same_kind(static_cast<T>(static_cast<double>(exact)), is) &&
            (std::isinf(is) || abs(precise(is) - exact) <= abs(exact) * 1e-6 + 1e-44))
            return {};
    }
    return std::to_string(was) + " became " + std::to_string(is);
}

}

TEST_CASE("formulas of three operations with hard numbers keep their infinities and NaN") {
    const double constants[] = {0.0, -0.0, 1, -1, 2, 0.5, 1e30, 1e-30, 1e200, 1e-200, infinity};
    const double places[] = {0.0, -0.0, 1, -3, 1e30, 1e-30, 1e200, 1e-200, -1e200, infinity, -infinity, NAN};
    const auto apply = [](int which, hg::handle a, hg::handle b) {
        switch (which) {
        case 0:
            return a + b;
        case 1:
            return a - b;
        case 2:
            return b - a;
        case 3:
            return hadamard(a, b);
        case 4:
            return hadamard(b, a);
        case 5:
            return a / b;
        default:
            return b / a;
        }
    };
    const auto apply_last = [](int which, hg::handle a) {
        switch (which) {
        case 0:
            return 1 / a;
        case 1:
            return -a;
        default:
            return square(a);
        }
    };
    int wrong = 0, formulas = 0;
    for (int first = 0; first < 7; ++first)
        for (int second = 0; second < 7; ++second)
            for (int last = 0; last < 3; ++last)
                for (double c : constants)
                    for (double d : constants) {
                        hg::graph_builder g;
                        const hg::handle x = push_leaf(g, hg::sentence("x"), shared_by_rows());
                        const hg::handle one = apply(first, x, x.other(g.push_literal(c)));
                        const hg::handle two = apply(second, one, x.other(g.push_literal(d)));
                        const hg::handle all = apply_last(last, two);
                        g.roots.push({hg::root_kind::value, g.intern("result"), all.index});
                        const hg::graph_builder simple = hg::simplify(g.view(), true);
                        ++formulas;
                        for (double at : places)
                            for (const std::string& f : {fault<double>(g.view(), simple.view(), at),
                                                         fault<float>(g.view(), simple.view(), at)})
                                if (!f.empty() && ++wrong < 10)
                                    FAIL_CHECK(formula::written(g.view(), all.index)
                                               << " as " << formula::written(simple.view(), simple.roots[0].node)
                                               << " at " << at << ": " << f);
                    }
    CHECK(wrong == 0);
    CHECK(formulas == 7 * 7 * 3 * 11 * 11);
}
