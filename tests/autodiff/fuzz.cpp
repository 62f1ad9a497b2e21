// Forward mode, reverse mode and Jacobians of generated graphs, scans among them, held against each other: J v is what
// forward mode gives along v, and u J what reverse mode gives for u.
#include <doctest/doctest.h>

#include <hourglass/autodiff/derivatives.hpp>
#include <hourglass/compile/compile.hpp>

#include "ir/graph_validator.hpp"
#include "ir/graph_values.hpp"
#include "support/shares.hpp"

namespace {

using namespace fuzz;

constexpr double rounding = 1e-15;

// One result of a graph and one leaf that it depends on, as a graph whose roots are pairs of what must agree; no roots
// where a row's derivative cannot be told from the others'.
hg::graph_builder products_of(const generated_graph& made, int y_index, int x_index) {
    hg::graph_builder g = made.graph;
    g.roots = {};
    const hg::handle y{&g, nullptr, y_index}, x{&g, nullptr, x_index};
    const auto argument = [&](std::string_view name, const hg::value_type& type) {
        const int known = g.intern(name);
        g.names[known].node = g.push_leaf(&hg::record<ops::fed>, known, type, {});
        return hg::handle{&g, nullptr, g.names[known].node};
    };
    const hg::handle v = argument("direction", x.type()), u = argument("weights", y.type());
    const int outputs = static_cast<int>(y.extents().size()), inputs = static_cast<int>(x.extents().size());
    const hg::handle j = ops::jacobian_call{}.build(y, x);
    if (g.failed()) return {};
    const hg::handle matrix = reshaped(j, hg::make_shape(outputs, inputs));
    const hg::handle along = ops::jvp_call{}.build(y, x, v), back = ops::vjp_call{}.build(y, x, u);
    // J v and u J, and of these the sum over the rows where it is one for all of them.
    const auto sum_over = [&](unsigned axes, const hg::handle& of) { return ops::reduce<ops::sum>(of, axes, false); };
    const auto like = [&](hg::handle of, const hg::handle& other, int size) {
        if (of.batched() && !other.batched()) of = batch_sum(of);
        return filled(of, {hg::make_shape(size), other.batched()});
    };
    const auto ask = [&](std::string_view name, const hg::handle& value) {
        g.roots.push({hg::root_kind::value, g.intern(name), value.index});
    };
    ask("J v", like(sum_over(2u, hadamard(matrix, reshaped(v, hg::make_shape(inputs)))), along, outputs));
    ask("forward mode", reshaped(along, hg::make_shape(outputs)));
    ask("u J", like(sum_over(1u, hadamard(reshaped(u, hg::make_shape(outputs, 1)), matrix)), back, inputs));
    ask("reverse mode", reshaped(back, hg::make_shape(inputs)));
    return g;
}

// Of the graph's results, or of the gradients of its loss.
enum class what_of_graph { results, gradients };
generated_graph generated(std::uint64_t seed, const generator_options& options, what_of_graph what) {
    generated_graph made = generate(seed, options);
    if (what == what_of_graph::results) return made;
    made.graph.roots = {};
    for (int n : made.targets) {
        hg::differentiation one(made.graph, made.loss, {&n, 1});
        made.graph.roots.push({hg::root_kind::value, made.graph.nodes[n].name, one.gradient(n)});
    }
    return made;
}

void check_derivatives(const generator_options& options, int graphs, what_of_graph what) {
    constexpr long rows = 3;
    const int step = hourglass_test::seed_step();
    int compared = 0, with_scans = 0, faulty = 0;
    for (int seed = hourglass_test::half; seed < graphs && faulty < 3; seed += step) {
        const generated_graph made = generated(static_cast<std::uint64_t>(seed), options, what);
        for (const hg::graph_root& root : made.graph.roots) {
            if (root.kind != hg::root_kind::value) continue;
            const hg::list<bool> reached = hg::reached_by_gradient(made.graph, root.node);
            for (int x : made.targets) {
                if (x >= root.node || !reached[x]) continue;
                const hg::graph_builder g = hg::prune(products_of(made, root.node, x).view());
                if (g.roots.empty()) continue;
                const auto values = results_of<double>(g.view(), rows);
                if (find_fault(g.view()).empty() && !is_well_conditioned(g.view(), rows, values, rounding)) continue;
                ++compared;
                for (const hg::node& n : g.nodes)
                    if (hg::is<ops::scan>(n)) {
                        ++with_scans;
                        break;
                    }
                std::string fault = find_fault(g.view());
                for (std::size_t i = 0; i < values.size() && fault.empty(); i += 2)
                    if (const double off = difference(values[i], values[i + 1]);
                        !(off <= 1e-11 * std::max(magnitude_of(values[i]), magnitude_of(values[i + 1]))))
                        fault = std::string(g.view().name(g.roots[static_cast<int>(i)].name)) + " is off by " +
                                std::to_string(off);
                if (fault.empty()) continue;
                ++faulty;
                FAIL_CHECK("seed " << seed << ", node " << root.node << " for node " << x << ": " << fault << "\n"
                                   << describe(made.graph.view()) << "\nderived\n"
                                   << describe(g.view()));
            }
        }
    }
    MESSAGE(compared << " Jacobians, " << with_scans << " of them through scans");
    CHECK(compared > graphs / step);
    CHECK((with_scans > graphs / step / 2) == options.scans);
}

}

TEST_CASE("both modes and Jacobians agree") {
    check_derivatives({.products = true}, 1000, what_of_graph::results);
    check_derivatives({.products = true}, 200, what_of_graph::gradients);
}
TEST_CASE("they agree through scans") {
    constexpr generator_options with_scans{.steps = 10, .products = true, .scans = true};
    check_derivatives(with_scans, 1000, what_of_graph::results);
    check_derivatives(with_scans, 200, what_of_graph::gradients);
}
TEST_CASE("they agree through scans within scans") {
    constexpr generator_options within{.steps = 6, .products = true, .scans = true, .deepest = 3};
    check_derivatives(within, 600, what_of_graph::results);
    check_derivatives(within, 100, what_of_graph::gradients);
}
