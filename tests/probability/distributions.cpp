// Log densities, entropies, divergences and quantiles against tables/distributions.inc, which mpmath and SciPy made;
// the script that ran them is beside the table, and speaks of the same expressions in the same words. First and second
// derivatives in every parameter and in x against differences in 50 digits, all by the reference interpreter. Programs
// are in probability/programs.cpp.
#include "autodiff/table_leaves.hpp"

#include <hourglass/probability/distributions.hpp>

using namespace table_leaves;

namespace {

auto diagonal_normal(auto mu, auto sigma) { return hg::normal(mu, sigma); }
// A parameter that is written exp(...), as it is in an equation.
auto written_exp(hg::handle x) { return hg::applied<hg::ops::exp, hg::handle>({}, x); }
auto trigamma(hg::handle x) { return hg::polygamma(1, x); }

template <class T>
std::vector<T> evaluate(const leaves& of, const std::vector<std::vector<T>>& x, const std::vector<int>& asked) {
    hg::interpretation<T> run(of.g.view(), rules<T>(), 1);
    for (std::size_t i = 0; i < x.size(); ++i) run.feed(of.nodes[i], x[i]);
    run.run();
    std::vector<T> result;
    for (int n : asked)
        for (const T& e : run.values[static_cast<std::size_t>(n)]) result.push_back(e);
    return result;
}

// The derivative of the sum of what is asked, each element weighted, in every element of every leaf. Steps are small
// beside the leaf's elements, and pass over no kink.
numbers differences_of(const leaves& of, const std::vector<int>& asked, const numbers& weights) {
    std::vector<std::vector<precise>> x;
    for (const input& i : of.inputs) x.push_back(converted<precise>(i.values));
    numbers result;
    for (auto& leaf : x)
        for (precise& e : leaf) {
            const precise at = e,
                          h = precise(1e-15) * std::min(1.0, std::max(std::abs(static_cast<double>(at)), 1e-12));
            e = at + h;
            const auto above = evaluate<precise>(of, x, asked);
            e = at - h;
            const auto below = evaluate<precise>(of, x, asked);
            e = at;
            precise slope = 0;
            for (std::size_t k = 0; k < above.size(); ++k) slope += (above[k] - below[k]) * precise(weights[k]);
            result.push_back(static_cast<double>(precise(slope / (2 * h))));
        }
    return result;
}

void check_numbers(const std::string& what, const numbers& got, const numbers& wanted, double relative) {
    REQUIRE_MESSAGE(got.size() == wanted.size(), what);
    double scale = 1;
    for (double w : wanted) scale = std::max(scale, std::abs(w));
    for (std::size_t i = 0; i < got.size(); ++i) {
        // Beside the largest of all, and beside itself with some digits lost to it.
        const bool near = std::abs(got[i] - wanted[i]) <= std::max(relative * std::abs(wanted[i]), 1e-15 * scale);
        CHECK_MESSAGE(near, what << ", number " << i << ": " << got[i] << ", wanted " << wanted[i]);
    }
}

int expressions = 0;

void check(const std::string& text, hg::handle (*expression)(leaves&), const std::vector<input>& inputs, double value) {
    ++expressions;
    CAPTURE(text);
    leaves of(inputs);
    const hg::handle result = expression(of);
    REQUIRE_MESSAGE(of.g.problem.empty(), std::string(of.g.problem.view()));
    REQUIRE(result.extents().rank == 0);
    std::vector<numbers> x;
    std::vector<std::vector<float>> single;
    for (const input& i : inputs) {
        x.push_back(i.values);
        single.push_back(converted<float>(i.values));
    }
    check_numbers("value", evaluate<double>(of, x, {result.index}), {value}, 4e-14);

    hg::differentiation once(of.g, result.index, {of.nodes.data(), static_cast<int>(of.nodes.size())});
    std::vector<int> first;
    for (int n : of.nodes) first.push_back(once.gradient(n));
    const numbers slopes = evaluate<double>(of, x, first);
    check_numbers("gradient", slopes, differences_of(of, {result.index}, {1}), 1e-11);

    if (text.find("quantile") != std::string::npos) return; // in autodiff/gradients_second.cpp, at less cost
    const numbers weights = spread(slopes.size(), 0.5, 1.5, 0.3);
    hg::handle sum_of{&of.g, nullptr, of.g.push_literal(0)};
    std::size_t at = 0;
    for (int n : first) {
        const hg::value_type type = of.g.nodes[n].type;
        for (long e = 0; e < type.extents.size(); ++e) {
            hg::handle one = reshaped(sum_of.other(n), hg::make_shape(static_cast<int>(type.extents.size())));
            const hg::ops::slice element{{}, {0, static_cast<int>(e), static_cast<int>(e) + 1}};
            sum_of = sum_of + sum(hg::apply_operation(element, one)) * weights[at++];
        }
    }
    hg::differentiation twice(of.g, sum_of.index, {of.nodes.data(), static_cast<int>(of.nodes.size())});
    std::vector<int> second;
    for (int n : of.nodes) second.push_back(twice.gradient(n));
    REQUIRE_MESSAGE(of.g.problem.empty(), std::string(of.g.problem.view()));
    check_numbers("second derivatives", evaluate<double>(of, x, second), differences_of(of, first, weights), 1e-9);
}

#define INPUTS(...)                                                                                                    \
    std::vector<input> { __VA_ARGS__ }
#define DISTRIBUTION(text, expression, inputs, value)                                                                  \
    check(                                                                                                             \
        text,                                                                                                          \
        [](leaves& of) {                                                                                               \
            using hg::normal, hg::laplace, hg::logistic, hg::student_t, hg::uniform, hg::exponential, hg::gamma,       \
                hg::beta, hg::von_mises, hg::bernoulli, hg::categorical, hg::multivariate_normal;                      \
            [[maybe_unused]] const hg::handle x = of('x'), y = of('y'), m = of('m'), p = of('p'), q = of('q'),         \
                                              r = of('r'), u = of('u'), z = of('z'), l = of('l'), k = of('k'),         \
                                              A = of('A'), B = of('B');                                                \
            return hg::handle(expression);                                                                             \
        },                                                                                                             \
        inputs, value);

}

TEST_CASE("distributions agree with an independent table, and their derivatives with differences") {
#include "tables/distributions.inc"
    CHECK(expressions > 80);
}
