// The passes, fuzzed: thousands of generated graphs, whose values, gradients and updates must be the same before and
// after every pass, as the reference interpreter computes them. A graph on which they are not is shrunk to a few nodes
// and printed.
#include <doctest/doctest.h>

#include <functional>

#include <hourglass/compile/compile.hpp>

#include "ir/graph_shrinker.hpp"
#include "ir/graph_validator.hpp"
#include "ir/graph_values.hpp"
#include "support/shares.hpp"

namespace {

using namespace fuzz;

constexpr double rounding = 1e-15; // of the noise that tells which graphs can be compared

struct pass {
    std::string name;
    std::function<hg::graph_builder(hg::graph_view)> run;
    bool exact;         // to the bit; otherwise to 1e-11 of a result's largest magnitude
    bool keeps_markers; // so that what it makes can be differentiated
};
// The passes of the compiler, each by itself and one after another, and others that are parts of them.
const std::vector<pass>& passes() {
    static const std::vector<pass> all = [] {
        std::vector<pass> list{
            {"prune", [](hg::graph_view g) { return hg::prune(g); }, true, true},
            {"merge all nodes", [](hg::graph_view g) { return hg::eliminate_common_subexpressions(g); }, true, true},
            {"simplify, markers kept", [](hg::graph_view g) { return hg::simplify(g, false); }, false, true},
            {"simplify, markers dropped", [](hg::graph_view g) { return hg::simplify(g, true); }, false, false},
            {"all", [](hg::graph_view g) { return hg::run_passes(g); }, false, false},
        };
        hg::stages::passes::for_each([&]<class Stage>(Stage) {
            static_assert(Stage::check == hg::stages::held_by::bits || Stage::check == hg::stages::held_by::rounding);
            constexpr bool exact = Stage::check == hg::stages::held_by::bits;
            constexpr bool keeps_markers = !std::is_same_v<Stage, hg::stages::simplified>;
            list.push_back(
                {std::string(Stage::name), [](hg::graph_view g) { return Stage::run(g); }, exact, keeps_markers});
        });
        return list;
    }();
    return all;
}

using values = std::vector<std::vector<double>>;

// What differs between the results of two graphs, whose roots are compared by kind and name; nothing if all agree.
std::string compare(hg::graph_view before, const values& expected, hg::graph_view after, long rows, bool exact) {
    const values found = results_of<double>(after, rows);
    for (int i = 0; i < before.roots.size; ++i) {
        const std::string name(before.name(before.roots[i].name));
        int same = -1;
        for (int j = 0; j < after.roots.size; ++j)
            if (after.roots[j].kind == before.roots[i].kind && after.name(after.roots[j].name) == name) same = j;
        if (same < 0) return "the result '" + name + "' is gone";
        const auto& e = expected[static_cast<std::size_t>(i)];
        const double off = difference(e, found[static_cast<std::size_t>(same)]);
        if (exact ? off != 0 : !(off <= 1e-11 * magnitude_of(e)))
            return "the result '" + name + "' is off by " + std::to_string(off / magnitude_of(e)) + " of its magnitude";
    }
    return {};
}

constexpr generator_options with_products{.products = true};
constexpr generator_options with_scans{.steps = 10, .products = true, .scans = true};

// The first fault that any of the passes shows on a graph. `skipped` tells that it cannot be compared.
std::string find_fault_of(const std::vector<pass>& all, const generated_graph& made, bool& skipped) {
    constexpr long rows = 3;
    skipped = false;
    if (auto fault = find_fault(made.graph.view()); !fault.empty()) return "generator: " + fault;
    const hg::graph_builder whole = with_gradients(made, 1);
    if (auto fault = find_fault(whole.view()); !fault.empty()) return "differentiate: " + fault;
    const values expected = results_of<double>(whole.view(), rows);
    if (!is_well_conditioned(whole.view(), rows, expected, rounding)) {
        skipped = true;
        return {};
    }
    for (const pass& p : all) {
        const hg::graph_builder after = p.run(whole.view());
        std::string fault = find_fault(after.view());
        if (fault.empty()) fault = compare(whole.view(), expected, after.view(), rows, p.exact);
        if (!fault.empty()) return p.name + ": " + fault;
        if (!p.keeps_markers) continue;

        // The other way round: differentiated after the pass. Adjoints may then be added up in another order.
        generated_graph changed;
        changed.graph = p.run(made.graph.view());
        for (const hg::graph_root& r : changed.graph.roots)
            if (r.kind == hg::root_kind::value && changed.graph.name(r.name) == "loss") changed.loss = r.node;
        for (int t : made.targets) {
            const int name = changed.graph.view().find_name(made.graph.names[made.graph.nodes[t].name].hash);
            if (name >= 0 && changed.graph.names[name].node >= 0) changed.targets.push(changed.graph.names[name].node);
        }
        if (changed.targets.size() < made.targets.size()) continue; // pruned: the loss does not depend on it
        const hg::graph_builder derived = with_gradients(changed, 1);
        fault = find_fault(derived.view());
        if (fault.empty()) fault = compare(whole.view(), expected, derived.view(), rows, false);
        if (!fault.empty()) return p.name + ", then differentiate: " + fault;
    }
    return {};
}

// The graph made small, in text, with what is wrong with it.
std::string shrunk(const std::vector<pass>& all, const generated_graph& faulty, int* nodes = nullptr) {
    bool skipped = false;
    const auto is_faulty = [&](const generated_graph& g) { return !find_fault_of(all, g, skipped).empty(); };
    const generated_graph smallest = shrinker().run(faulty, is_faulty);
    if (nodes != nullptr) *nodes = smallest.graph.nodes.size();
    return find_fault_of(all, smallest, skipped) + "\n" + describe(smallest.graph.view());
}

}

void check_all_passes(const generator_options& options, int graphs) {
    const int step = hourglass_test::seed_step();
    int skipped = 0, faulty = 0;
    for (int seed = hourglass_test::half; seed < graphs && faulty < 3; seed += step) {
        const generated_graph made = generate(static_cast<std::uint64_t>(seed), options);
        bool cannot_compare = false;
        const std::string fault = find_fault_of(passes(), made, cannot_compare);
        skipped += cannot_compare;
        if (fault.empty()) continue;
        ++faulty;
        FAIL_CHECK("seed " << seed << ": " << fault << "\nshrunk: " << shrunk(passes(), made));
    }
    MESSAGE(skipped << " of " << graphs / step << " graphs could not be compared");
    CHECK(skipped < graphs / step / 8);
}

TEST_CASE("values, gradients and updates are the same before and after every pass") {
    check_all_passes(with_products, 10000);
}
TEST_CASE("those of graphs with scans too") { check_all_passes(with_scans, 3000); }
TEST_CASE("and with scans within scans") {
    check_all_passes({.steps = 6, .products = true, .scans = true, .deepest = 3}, 1500);
}
TEST_CASE("and those of graphs with constants") { check_all_passes({.products = true, .constants = true}, 3000); }

TEST_CASE("every operation is generated, differentiated or not") {
    std::vector<std::uint64_t> seen;
    for (int seed = 0; seed < 400; ++seed) {
        const generated_graph made = generate(static_cast<std::uint64_t>(seed), with_products);
        for (const hg::node& n : made.graph.nodes) seen.push_back(n.op->id);
    }
    const auto check = [&]<class Op>(Op) {
        INFO(Op::name);
        CHECK((std::is_same_v<Op, ops::first_largest> || std::count(seen.begin(), seen.end(), hg::record<Op>.id) > 0));
    };
    hg::general_operations::for_each(check);
    hg::structural_operations::for_each(check);
    for (const hg::operation* leaf : {&hg::record<ops::input>, &hg::record<ops::argument>, &hg::record<ops::parameter>,
                                      &hg::record<ops::state>, &hg::record<ops::scalar>, &hg::record<ops::rows>,
                                      &hg::record<ops::fed>, &hg::record<ops::noise>, &hg::record<ops::literal>}) {
        INFO(leaf->name);
        CHECK(std::count(seen.begin(), seen.end(), leaf->id) > 0);
    }
}

TEST_CASE("merging leaves no two nodes that compute the same, and a second run of any pass finds nothing") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        const hg::graph_builder g = generate_with_gradients(seed, {});
        const hg::graph_builder merged = hg::eliminate_common_subexpressions(g.view());
        CHECK(hg::eliminate_common_subexpressions(merged.view()).nodes.size() == merged.nodes.size());
        const hg::graph_builder pruned = hg::prune(g.view());
        CHECK(hg::prune(pruned.view()).nodes.size() == pruned.nodes.size());
    }
}

TEST_CASE("a wrong pass is found, and what shows it is shrunk to a few nodes") {
    const std::vector<pass> wrong{{"wrong",
                                   [](hg::graph_view g) {
                                       hg::graph_builder r = hg::prune(g);
                                       for (hg::node& n : r.nodes)
                                           if (hg::is<ops::max_over>(n)) n.op = &hg::record<ops::sum>;
                                       return r;
                                   },
                                   false, true}};
    int found = 0;
    for (int seed = 0; seed < 40; ++seed) {
        const generated_graph made = generate(static_cast<std::uint64_t>(seed), {});
        bool skipped = false;
        if (find_fault_of(wrong, made, skipped).empty()) continue;
        ++found;
        int nodes = 0;
        const std::string report = shrunk(wrong, made, &nodes);
        INFO(report);
        CHECK(nodes <= 10);
        CHECK(report.find("max_over(%") != std::string::npos);
    }
    CHECK(found > 5);
}

TEST_CASE("a graph with a fault is refused, in words") {
    hg::graph_builder g = generate(1, {}).graph;
    REQUIRE(find_fault(g.view()).empty());
    SUBCASE("a type") {
        g.nodes[g.nodes.size() - 1].type.extents = hg::make_shape(9, 9);
        CHECK(find_fault(g.view()).find("does not infer") != std::string::npos);
    }
    SUBCASE("an operand after its use") {
        const int n = g.nodes.size() - 1;
        g.operands[g.nodes[n].first_operand] = n;
        CHECK(find_fault(g.view()).find("does not stand before it") != std::string::npos);
    }
    SUBCASE("a name") {
        g.names[0].hash ^= 1;
        CHECK(find_fault(g.view()).find("hash") != std::string::npos);
    }
    SUBCASE("a result") {
        g.roots[0].node = g.nodes.size();
        CHECK(find_fault(g.view()).find("not there") != std::string::npos);
    }
}
