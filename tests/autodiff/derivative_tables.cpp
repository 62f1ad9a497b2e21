// First and second derivatives of some 170 expressions against tables/derivatives.inc, which JAX made; the script that
// ran it is beside the table, and speaks of the same expressions in the same words.
#include "autodiff/table_leaves.hpp"

#include <hourglass/autodiff/derivatives.hpp>

#include <optional>
#include <string>

using namespace table_leaves;

namespace {

// The table's words where the language's are others.
auto minimum(auto a, auto b) { return hg::min(a, b); }
auto maximum(auto a, auto b) { return hg::max(a, b); }
auto largest(hg::handle x) { return hg::max(x); }
auto smallest(hg::handle x) { return hg::min(x); }
auto sum0(hg::handle x) { return sum(x, hg::axes<0>); }
auto sum1(hg::handle x) { return sum(x, hg::axes<1>); }
auto mean1(hg::handle x) { return mean(x, hg::axes<1>); }
auto largest1(hg::handle x) { return hg::max(x, hg::axes<1>); }
auto log_sum_exp1(hg::handle x) { return log_sum_exp(x, hg::axes<1>); }
auto softmax0(hg::handle x) { return softmax(x, hg::axes<0>); }
auto flat(hg::handle x) { return reshaped(x, hg::make_shape(static_cast<int>(x.extents().size()))); }
auto matrix32(hg::handle x) { return hg::reshape<3, 2>(x); }
auto first_two(hg::handle x) { return hg::slice<0, 2>(x); }
auto last_column(hg::handle x) { return hg::slice<2, 3, 1>(x); }
auto join(hg::handle x, hg::handle y) { return hg::concatenate(x, y); }
auto column(hg::handle x) { return reshaped(x, hg::make_shape(x.extents()[0], 1)); }
auto normal_log_prob(hg::handle x, auto m, auto s) { return log_prob(hg::normal(m, s), x); }
auto normal_kl(hg::handle m, auto s, auto n, auto t) {
    return kl(hg::normal(m, s), hg::normal(m.convert(n), m.convert(t)));
}

bool agrees(double got, double wanted, double relative, double scale) {
    return std::abs(got - wanted) <= std::max(relative * std::abs(wanted), 1e-15 * scale);
}
void check_numbers(const std::string& what, const numbers& got, const numbers& wanted, double relative) {
    REQUIRE_MESSAGE(got.size() == wanted.size(), what);
    double scale = 1;
    for (double w : wanted) scale = std::max(scale, std::abs(w));
    for (std::size_t i = 0; i < got.size(); ++i)
        CHECK_MESSAGE(agrees(got[i], wanted[i], relative, scale),
                      what << ", number " << i << ": " << got[i] << ", by the table " << wanted[i]);
}

// One number of a result of many: the sum of its elements, each with a weight.
hg::handle weighted_sum(leaves& of, hg::handle result, int count) {
    result = reshaped(result, hg::make_shape(count));
    const hg::handle weights = push_leaf(of.g, hg::sentence("weights"), {hg::make_shape(count), false});
    return sum(hadamard(result, weights));
}
void feed_weights(hg::interpretation<double>& run, const hg::graph_builder& g, int count) {
    const int w = g.by_name.find(hg::hash_of("weights"));
    if (w < 0) return;
    numbers weights;
    for (int i = 1; i <= count; ++i) weights.push_back(std::cos(static_cast<double>(i)));
    run.feed(g.names[w].node, weights);
}

// The nodes of the gradient in each leaf, and of each gradient's Jacobian in each leaf.
struct derivative_nodes {
    std::vector<int> first, second;
};
derivative_nodes differentiate(leaves& of, hg::handle result) {
    hg::graph_builder& g = of.g;
    hg::differentiation d(g, result.index, {of.nodes.data(), static_cast<int>(of.nodes.size())});
    derivative_nodes found;
    for (int n : of.nodes) found.first.push_back(d.gradient(n));
    for (int slope : found.first)
        for (int n : of.nodes) {
            const hg::handle of_slope{&g, nullptr, slope}, in{&g, nullptr, n};
            // A gradient that does not depend on an input any more has no Jacobian there: zeros.
            hg::graph_builder tried = g;
            const hg::handle block = hg::ops::jacobian_call{}.build(of_slope, in);
            if (g.failed()) {
                g = tried;
                found.second.push_back(-1);
            } else {
                found.second.push_back(block.index);
            }
        }
    return found;
}

numbers gradient_of(const hg::interpretation<double>& run, const std::vector<int>& first) {
    numbers slopes;
    for (int n : first) {
        const numbers& part = run.values[static_cast<std::size_t>(n)];
        slopes.insert(slopes.end(), part.begin(), part.end());
    }
    return slopes;
}
// Blocks of rows into one matrix.
numbers hessian_of(const hg::interpretation<double>& run, const std::vector<int>& second,
                   const std::vector<input>& inputs, std::size_t width) {
    numbers curvature(width * width);
    std::size_t block = 0, row = 0;
    for (const input& i : inputs) {
        std::size_t at = 0;
        for (const input& j : inputs) {
            if (second[block] >= 0) {
                const numbers& part = run.values[static_cast<std::size_t>(second[block])];
                for (std::size_t k = 0; k < part.size(); ++k)
                    curvature[(row + k / j.values.size()) * width + at + k % j.values.size()] = part[k];
            }
            at += j.values.size();
            ++block;
        }
        row += i.values.size();
    }
    return curvature;
}

int expressions = 0;

void check(const std::string& text, hg::handle (*expression)(leaves&), const std::vector<input>& inputs, double value,
           const numbers& gradient, const numbers& hessian) {
    ++expressions;
    CAPTURE(text);
    leaves of(inputs);
    hg::handle result = expression(of);
    const int count = static_cast<int>(result.extents().size());
    if (result.extents().rank > 0) result = weighted_sum(of, result, count);
    const derivative_nodes nodes = differentiate(of, result);
    REQUIRE_MESSAGE(of.g.problem.empty(), std::string(of.g.problem.view()));

    hg::interpretation<double> run(of.g.view(), rules<double>(), 1);
    for (std::size_t i = 0; i < inputs.size(); ++i) run.feed(of.nodes[i], inputs[i].values);
    feed_weights(run, of.g, count);
    run.run();
    check_numbers("value", run.values[static_cast<std::size_t>(result.index)], {value}, 1e-13);
    const numbers slopes = gradient_of(run, nodes.first);
    check_numbers("gradient", slopes, gradient, 1e-12);
    check_numbers("Hessian", hessian_of(run, nodes.second, inputs, slopes.size()), hessian, 1e-10);
}

#define INPUTS(...)                                                                                                    \
    std::vector<input> { __VA_ARGS__ }
#define NUMBERS(...) numbers __VA_ARGS__
#define DERIVATIVES(text, expression, inputs, value, gradient, hessian)                                                \
    check(                                                                                                             \
        text,                                                                                                          \
        [](leaves& of) {                                                                                               \
            [[maybe_unused]] const hg::handle a = of('a'), b = of('b'), c = of('c'), x = of('x'), y = of('y'),         \
                                              p = of('p'), q = of('q'), A = of('A'), B = of('B'), S = of('S');         \
            return hg::handle(expression);                                                                             \
        },                                                                                                             \
        inputs, value, gradient, hessian);

}

TEST_CASE("first and second derivatives agree with an independent system's") {
#include "tables/derivatives.inc"
    CHECK(expressions > 250);
}
