// Handles, by which rules append nodes to a graph: what they say of a node stays as it is when the graph grows, which
// moves its nodes. Arguments of one call are evaluated in any order, so a type may be asked for before another argument
// makes nodes, and be read after.
#include <hourglass/autodiff/tangents.hpp>
#include <hourglass/ops/shape.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace hg = hourglass;

static_assert(std::is_same_v<decltype(&hg::handle::type), hg::value_type (hg::handle::*)() const>);
static_assert(std::is_same_v<decltype(&hg::handle::extents), hg::shape (hg::handle::*)() const>);

namespace {

constexpr hg::value_type rows_of_three_by_five{hg::make_shape(3, 5), true};

// A graph whose last node is a leaf, after so many others. Its list of nodes grows by doubling: one of the first forty
// sizes and the next node are where it moves.
constexpr int sizes = 40;
constexpr hg::handle leaf(hg::graph_builder& g, int others) {
    for (int i = 0; i < others; ++i) g.push_literal(i);
    return {&g, nullptr, g.push_leaf(&hg::record<hg::ops::argument>, -1, rows_of_three_by_five)};
}

constexpr bool keeps_what_it_said() {
    hg::graph_builder g;
    const hg::handle x = leaf(g, 0);
    const auto& type = x.type();
    const auto& extents = x.extents();
    for (int i = 0; i < 100; ++i) g.push_literal(i);
    return type == rows_of_three_by_five && extents == rows_of_three_by_five.extents;
}
// Whether all that `make` makes of a leaf has the leaf's type.
constexpr bool keep_type(auto make) {
    for (int others = 0; others < sizes; ++others) {
        hg::graph_builder g;
        if (!(make(leaf(g, others)).type() == rows_of_three_by_five)) return false;
    }
    return true;
}
// The type stands first, and so is evaluated first where arguments are evaluated in the order in which they stand.
constexpr hg::handle fill(const hg::value_type& wanted, const hg::handle& x) { return filled(x, wanted); }
constexpr hg::handle reshape(const hg::shape& wanted, const hg::handle& x) { return reshaped(x, wanted); }
constexpr auto filled_again = [](const hg::handle& x) { return fill(x.type(), x.convert_number(0)); };
constexpr auto reshaped_back = [](const hg::handle& x) {
    return reshape(x.extents(), reshaped(x, hg::make_shape(15)));
};
constexpr auto zero = [](const hg::handle& x) { return x.other(hg::tangents(*x.graph, 0).zero_like(x.index).index); };

static_assert(keeps_what_it_said());
static_assert(keep_type(filled_again) && keep_type(reshaped_back) && keep_type(zero));

}

TEST_CASE("what a handle returned stays valid after the graph grows") { CHECK(keeps_what_it_said()); }
TEST_CASE("a type is read before the graph grows, whichever argument is evaluated first") {
    CHECK(keep_type(filled_again));
    CHECK(keep_type(reshaped_back));
    CHECK(keep_type(zero));
}
