// Common subexpressions, on graphs written by hand: what is equal, and what only looks so. That any graph computes the
// same afterwards, to the bit, is tested in passes/fuzz.cpp.
#include <doctest/doctest.h>

#include <vector>

#include "ir/written_graph.hpp"

namespace {

using namespace written;
using places = std::vector<int>;

places roots_of(const hg::graph_builder& g) {
    places all;
    for (const hg::graph_root& r : g.roots) all.push_back(r.node);
    return all;
}
places operands_of(const hg::graph_builder& g, int n) {
    places all;
    for (int i = 0; i < g.nodes[n].operand_count; ++i) all.push_back(g.operand(n, i));
    return all;
}

// Whether merging makes one node of both.
bool are_one(graph& m, hg::handle a, hg::handle b) {
    m.ask_for(a);
    m.ask_for(b);
    const hg::graph_builder merged = hg::eliminate_common_subexpressions(m.g.view());
    const int last = merged.roots.size() - 1;
    return merged.roots[last - 1].node == merged.roots[last].node;
}

}

TEST_CASE("of equal nodes the first stays, and what is made of the others is made of it") {
    graph m;
    const auto x = m.input("x", make_shape(3));
    const auto first = tanh(x), second = tanh(x), a = sin(first), b = sin(second), c = cos(second);
    for (const auto n : {first, second, a, b, c}) m.ask_for(n);
    const hg::graph_builder g = hg::eliminate_common_subexpressions(m.g.view());
    REQUIRE(g.nodes.size() == 4); // x, tanh, sin, cos
    CHECK(roots_of(g) == places{1, 1, 2, 2, 3});
    CHECK(operands_of(g, 2) == places{1});
    CHECK(operands_of(g, 3) == places{1});
    CHECK(hg::is<ops::sin>(g.nodes[2]));
    CHECK(hg::is<ops::cos>(g.nodes[3]));
    for (const hg::graph_root& r : g.roots) CHECK(g.names[r.name].node == r.node);
}

TEST_CASE("equal chains become one, however long they are") {
    graph m;
    const auto x = m.input("x", make_shape(3));
    auto one = x, other = x;
    for (int i = 0; i < 100; ++i) {
        one = sin(one) + 1.0;
        other = sin(other) + 1.0;
    }
    CHECK(are_one(m, one, other));
    CHECK(hg::eliminate_common_subexpressions(m.g.view()).nodes.size() ==
          2 + 2 * 100); // x, 1, and sin and add of each step
}

TEST_CASE("of many literals each number has one") {
    graph m;
    for (int twice = 0; twice < 2; ++twice)
        for (int i = 0; i < 500; ++i) m.ask_for(m.literal(i));
    const hg::graph_builder g = hg::eliminate_common_subexpressions(m.g.view());
    CHECK(g.nodes.size() == 500);
    for (int i = 0; i < 1000; ++i) CHECK(g.nodes[g.roots[i].node].options.number == i % 500);
}

TEST_CASE("operands of commutative operations may be swapped, those of others may not") {
    graph m;
    const auto x = m.input("x", make_shape(3)), y = m.input("y", make_shape(3));
    CHECK(are_one(m, x * y, y * x));
    CHECK(are_one(m, x + y, y + x));
    CHECK_FALSE(are_one(m, x - y, y - x));
    CHECK_FALSE(are_one(m, x / y, y / x));
    CHECK_FALSE(are_one(m, x * y, x * x));
}

TEST_CASE("operands that are equal themselves count as one when they are swapped") {
    graph m;
    const auto x = m.input("x", make_shape(3)), t = tanh(x), s = sin(x), again = tanh(x);
    CHECK(are_one(m, t * s, s * again));
    CHECK_FALSE(are_one(m, t - s, s - again));
}

TEST_CASE("operands of commutative operations come in the order of their nodes, those of others as written") {
    graph m;
    const auto x = m.input("x", make_shape(3)), y = m.input("y", make_shape(3));
    m.ask_for(y * x);
    m.ask_for(y - x);
    m.ask_for(tanh(y));
    m.ask_for(x * y);
    const hg::graph_builder g = hg::eliminate_common_subexpressions(m.g.view());
    CHECK(roots_of(g) == places{2, 3, 4, 2});
    CHECK(operands_of(g, 2) == places{0, 1});
    CHECK(operands_of(g, 3) == places{1, 0});
    CHECK(operands_of(g, 4) == places{1});
}

TEST_CASE("literals are equal by their bits: 0 and -0 stay apart") {
    graph m;
    const auto x = m.input("x", make_shape(3));
    CHECK(are_one(m, m.literal(2), m.literal(2)));
    CHECK(are_one(m, x * 2.0, x * 2.0));
    CHECK_FALSE(are_one(m, m.literal(2), m.literal(3)));
    CHECK_FALSE(are_one(m, m.literal(0.0), m.literal(-0.0)));
    CHECK_FALSE(are_one(m, x + 0.0, x + -0.0));
}

TEST_CASE("nodes that differ in an option stay apart") {
    graph m;
    const auto square = m.input("square", make_shape(3, 3)), cube = m.input("cube", make_shape(3, 3, 3));
    CHECK(are_one(m, m.sum_over(square, 0, 1), m.sum_over(square, 0, 1)));
    CHECK_FALSE(are_one(m, m.sum_over(square, 0, 1), m.sum_over(square, 1, 2)));
    const auto turned = [&](const hg::shape& order) { return m.apply<ops::transpose>(ops::axis_order{order}, cube); };
    CHECK(are_one(m, turned(make_shape(0, 2, 1)), turned(make_shape(0, 2, 1))));
    CHECK_FALSE(are_one(m, turned(make_shape(0, 2, 1)), turned(make_shape(2, 1, 0))));
    const auto state = [&](int body, int which) {
        return m.at(m.g.push_leaf(&hg::record<ops::step>, -1, {}, ops::step_value{body, ops::step_kind::state, which}));
    };
    CHECK(are_one(m, state(1, 0), state(1, 0)));
    CHECK_FALSE(are_one(m, state(1, 0), state(1, 1)));
    CHECK_FALSE(are_one(m, state(1, 0), state(2, 0)));
}

TEST_CASE("leaves of different types stay apart") {
    graph m;
    const auto read = [&](const hg::value_type& type) {
        return m.at(m.g.push_leaf(&hg::record<ops::step_input>, -1, type, ops::step_source{hg::step_leaf::outer, 0}));
    };
    CHECK(are_one(m, read({make_shape(3), true}), read({make_shape(3), true})));
    CHECK_FALSE(are_one(m, read({make_shape(3), true}), read({make_shape(3), false})));
    CHECK_FALSE(are_one(m, read({make_shape(3), true}), read({make_shape(3, 1), true})));
}

TEST_CASE("leaves with a name are never merged, noise above all") {
    graph m;
    const hg::value_type type{make_shape(3), true};
    const auto noise = [&](std::string_view name) { return m.leaf<ops::noise>(name, type, ops::noise_source{}); };
    const auto a = noise("a.noise"), b = noise("b.noise");
    CHECK_FALSE(are_one(m, a, b));
    CHECK_FALSE(are_one(m, tanh(a), tanh(b)));
    CHECK_FALSE(are_one(m, m.input("x"), m.input("y")));
    CHECK_FALSE(are_one(m, m.parameter("v"), m.parameter("w")));
    CHECK_FALSE(are_one(m, m.scalar("rate"), m.scalar("decay")));
    CHECK(are_one(m, a, a));
}

TEST_CASE("where it is said what is needed, the rest is dropped") {
    graph m;
    const auto x = m.input("x", make_shape(3)), unread = m.parameter("unread", make_shape(3));
    const auto dead = tanh(x), wanted = tanh(x), out = sin(wanted);
    m.g.starts.push({m.g.nodes[unread.index].name, hg::constant(1)});
    const int name_of_dead = m.g.intern("dead");
    m.g.names[name_of_dead].node = dead.index;
    m.ask_for(out);
    const hg::list<bool> needed = hg::needed_nodes(m.g.view());
    const hg::graph_builder g = hg::eliminate_common_subexpressions(m.g.view(), needed.view()),
                            all = hg::eliminate_common_subexpressions(m.g.view());
    REQUIRE(g.nodes.size() == 3); // x, tanh, sin
    CHECK(roots_of(g) == places{2});
    CHECK(operands_of(g, 2) == places{1});
    CHECK(g.names[name_of_dead].node == -1);
    CHECK(g.starts.empty());
    CHECK(all.nodes.size() == 4); // and what nobody reads
    CHECK(all.names[name_of_dead].node == 2);
    CHECK(all.starts.size() == 1);
}

TEST_CASE("results keep their order, their kinds and their names, also where they become one node") {
    graph m;
    const auto w = m.parameter("w", make_shape(3)), a = tanh(w), b = tanh(w);
    const int name = m.g.nodes[w.index].name;
    m.g.roots.push({hg::root_kind::update, name, b.index});
    m.ask_for(b);
    m.g.roots.push({hg::root_kind::gradient, name, a.index});
    const hg::graph_builder g = hg::eliminate_common_subexpressions(m.g.view());
    CHECK(roots_of(g) == places{1, 1, 1});
    for (int i = 0; i < 3; ++i) {
        CHECK(g.roots[i].kind == m.g.roots[i].kind);
        CHECK(g.roots[i].name == m.g.roots[i].name);
    }
    CHECK(g.name(g.roots[1].name) == "result 1");
}
