// Fusion and the plan, fuzzed: the schedules of thousands of generated graphs keep what every schedule must keep, and,
// run in plain loops, give what the reference interpreter gives. A graph on which they do not is shrunk to a few nodes
// and printed.
#include <doctest/doctest.h>

#include <hourglass/compile/compile.hpp>

#include "ir/graph_shrinker.hpp"
#include "ir/graph_validator.hpp"
#include "schedule/schedule_checks.hpp"
#include "schedule/schedule_interpreter.hpp"
#include "support/shares.hpp"

namespace {

using namespace fuzz;

std::string find_fault_of(const generated_graph& made, bool with_gradient, bool& skipped) {
    constexpr long rows = 3;
    skipped = false;
    const hg::graph_builder whole = with_gradient ? with_gradients(made, 1) : made.graph;
    const hg::graph_builder last = hg::run_passes(whole.view());
    if (auto fault = find_fault(last.view()); !fault.empty()) return fault;
    const hg::schedule_builder schedule = hg::plan(last.view(), rows);
    if (auto fault = schedule_checks(last.view(), schedule.view(), rows).run(); !fault.empty()) return fault;
    const auto expected = results_of<double>(whole.view(), rows);
    if (!is_well_conditioned(whole.view(), rows, expected, 1e-15)) {
        skipped = true;
        return {};
    }
    const auto found = schedule_interpreter(last.view(), schedule.view(), rows).run();
    for (std::size_t r = 0; r < expected.size(); ++r) {
        const double off = difference(expected[r], found[r]);
        if (!(off <= 1e-11 * magnitude_of(expected[r])))
            return "the result '" + std::string(whole.name(whole.roots[static_cast<int>(r)].name)) + "' is off by " +
                   std::to_string(off) + " of " + std::to_string(magnitude_of(expected[r]));
    }
    return {};
}

void fuzz_with(int graphs, const generator_options& options, bool with_gradient) {
    const int step = hourglass_test::seed_step();
    int skipped = 0, faulty = 0;
    for (int seed = hourglass_test::half; seed < graphs && faulty < 3; seed += step) {
        const generated_graph made = generate(static_cast<std::uint64_t>(seed), options);
        bool cannot_compare = false;
        const std::string fault = find_fault_of(made, with_gradient, cannot_compare);
        skipped += cannot_compare;
        if (fault.empty()) continue;
        ++faulty;
        const auto is_faulty = [&](const generated_graph& g) {
            return !find_fault_of(g, with_gradient, cannot_compare).empty();
        };
        const generated_graph smallest = shrinker().run(made, is_faulty);
        FAIL_CHECK(
            "seed "
            << seed << ": " << fault << "\nshrunk: " << find_fault_of(smallest, with_gradient, cannot_compare) << "\n"
            << describe(hg::run_passes((with_gradient ? with_gradients(smallest, 1) : smallest.graph).view()).view()));
    }
    MESSAGE(skipped << " of " << graphs / step << " graphs could not be compared");
    CHECK(skipped <= graphs / step / 4);
}

}

TEST_CASE("schedules of values and updates are sound and compute the graph") { fuzz_with(6000, {}, false); }
TEST_CASE("schedules with gradients are sound and compute the graph") { fuzz_with(6000, {}, true); }
TEST_CASE("schedules of large graphs and odd extents are sound and compute the graph") {
    fuzz_with(150, {.steps = 60, .largest = 300, .odd_extents = true}, true);
}
TEST_CASE("schedules of graphs with constants are sound and compute the graph") {
    constexpr generator_options with_constants{.products = true, .constants = true};
    fuzz_with(4000, with_constants, true);
    int once = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const hg::graph_builder last = hg::run_passes(generate_with_gradients(seed, with_constants).view());
        const hg::schedule_builder schedule = hg::plan(last.view(), 3);
        for (const hg::schedule_group& group : schedule.groups) once += group.once;
    }
    CHECK(once > 100);
}

TEST_CASE("an unsound schedule is refused, in words") {
    // As often as a change is to something that matters, it must be noticed.
    int breakable = 0, moved = 0;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        CAPTURE(seed);
        const hg::graph_builder g = hg::run_passes(generate_with_gradients(seed, {}).view());
        const hg::schedule_builder sound = hg::plan(g.view(), 3);
        REQUIRE(schedule_checks(g.view(), sound.view(), 3).run() == "");
        for (int p = 0; p < sound.groups.size(); ++p) {
            if (!sound.groups[p].wait_before) continue;
            hg::schedule_builder s = sound;
            s.groups[p].wait_before = false;
            CHECK(schedule_checks(g.view(), s.view(), 3).run() != "");
        }
        for (int p = 0; p + 1 < sound.groups.size(); ++p) {
            if (!sound.groups[p + 1].wait_before) continue;
            hg::schedule_builder s = sound;
            std::swap(s.groups[p], s.groups[p + 1]);
            breakable += schedule_checks(g.view(), s.view(), 3).run() != "";
            ++moved;
        }
        hg::schedule_builder s = sound;
        int first = -1;
        for (int v = 0; v < s.values.size(); ++v) {
            if (s.values[v].offset < 0) continue;
            if (first < 0)
                first = v;
            else if (s.values[v].first_use <= s.values[first].last_use &&
                     s.values[first].first_use <= s.values[v].last_use) {
                s.values[v].offset = s.values[first].offset;
                CHECK(schedule_checks(g.view(), s.view(), 3).run().find("still needed") != std::string::npos);
                break;
            }
        }
    }
    CHECK(2 * breakable > moved);
}
