// The kinds of groups: each node that makes a group makes one of one kind, and each kind has its rules and its runner.
#include <hourglass/program/program.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string_view>
#include <utility>

#include "ir/written_graph.hpp"

namespace {

using namespace written;
using enum hg::group_kind;

// Kinds of which nothing is stated, and such that leave something out.
struct without_work : hg::group_rules<noise> {
    static constexpr void work();
};
static_assert(hg::states_group_rules<hg::group_rules<noise>>);
static_assert(!hg::states_group_rules<hg::group_rules<count>>);
static_assert(!hg::states_group_rules<without_work>);

struct without_scratch : hg::group_runner<noise> {
    static void scratch();
};
static_assert(hg::states_group_runner<hg::group_runner<noise>>);
static_assert(!hg::states_group_runner<hg::group_runner<count>>);
static_assert(!hg::states_group_runner<without_scratch>);

}

TEST_CASE("each node that makes a group makes one of its kind") {
    graph m;
    const auto x = m.input("x", make_shape(3, 4)), square_ = m.argument("square", make_shape(3, 3));
    const std::pair<hg::handle, hg::group_kind> made[] = {
        {matmul(square_, x), product},
        {m.sum_over(x, 0, 1), column_reduction},
        {m.apply<ops::product_over>(ops::over_rows, x), column_reduction},
        {m.apply<ops::transpose>({}, x), movement},
        {m.apply<ops::slice>(ops::slice_range{0, 1, 3}, x), movement},
        {m.apply<ops::band>(ops::kept_diagonals{0, 2}, square_), loop},
        {m.apply<ops::triangular_solve>({}, square_, x), loop},
        {m.leaf<ops::noise>("noise", {make_shape(3), true}, ops::noise_source{}), noise},
        {m.apply<ops::scan_call>(ops::called_scan{0}, x), scan},
    };
    for (const auto& [node, kind] : made) m.ask_for(node);
    const fused f(m);
    for (const auto& [node, kind] : made) {
        CAPTURE(m.g.nodes[node.index].op->name);
        CHECK(f[node].kind == kind);
        CHECK(f[node].node == node.index);
        CHECK(f[node].count == 0);
    }
}

TEST_CASE("of every operation one kind of group takes it for its own, or none") {
    const auto count_kinds = [](const hg::operation& op, const hg::attributes& options = {}) {
        graph m;
        const auto x = m.input("x", make_shape(2, 3));
        hg::node n;
        n.op = &op;
        n.options = options;
        const int of[] = {x.index, x.index};
        const int at = m.g.push_node(n, {of, 2});
        int kinds = 0;
        for (int k = 0; k < hg::group_kinds; ++k)
            hg::with_rules_of(hg::group_kind{k}, [&](auto rules) { kinds += rules.makes(m.g.view(), at); });
        return kinds;
    };
    const auto all = hg::elementwise_operations{} + hg::structural_operations{} + hg::companion_operations{};
    all.for_each([&]<class Op>(Op) {
        CAPTURE(Op::name);
        CHECK(count_kinds(hg::record<Op>) == 1);
    });
    for (const ops::reduction_axes axes : {ops::reduction_axes{0, 1}, ops::reduction_axes{1, 2}, ops::over_rows})
        CHECK(count_kinds(hg::record<ops::sum>, axes) == 1);
    CHECK(count_kinds(hg::record<ops::noise>) == 1);
    CHECK(count_kinds(hg::record<ops::scan_call>) == 1);
    CHECK(count_kinds(hg::record<ops::parameter>) == 0);
    CHECK(count_kinds(hg::record<ops::literal>) == 0);
}

TEST_CASE("each kind is told from the others by its word, and is found by its number") {
    std::set<std::string_view> words;
    for (int k = 0; k < hg::group_kinds; ++k) {
        const hg::group_kind kind{k};
        words.insert(hg::kind_text(kind));
        int rules = 0, runners = 0;
        hg::with_rules_of(kind, [&](auto of) {
            ++rules;
            CHECK(of.word == hg::kind_text(kind));
            CHECK(of.reads_operands == hg::reads_operands(kind));
            CHECK(of.keeps_registers == hg::keeps_registers(kind));
            CHECK(of.may_serve_updates == hg::may_serve_updates(kind));
            CHECK(of.multiplies == hg::multiplies(kind));
            CHECK(of.moves_elements == hg::moves_elements(kind));
            CHECK(of.has_steps == hg::has_steps(kind));
        });
        hg::with_runner_of(kind, [&](auto) { ++runners; });
        CHECK(rules == 1);
        CHECK(runners == 1);
    }
    CHECK(static_cast<int>(words.size()) == hg::group_kinds);
}

TEST_CASE("what is stated of a kind does not contradict itself") {
    for (int k = 0; k < hg::group_kinds; ++k) {
        const hg::group_kind kind{k};
        CAPTURE(hg::kind_text(kind));
        CHECK_FALSE((hg::reads_operands(kind) && hg::keeps_registers(kind)));
        CHECK_FALSE((hg::multiplies(kind) && !hg::keeps_registers(kind)));
        CHECK_FALSE((hg::moves_elements(kind) && !hg::reads_operands(kind)));
    }
}
