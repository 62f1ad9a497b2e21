// What passes share, on graphs written by hand: copies that keep names, starts and results; dead code; and a node for
// each update and each result that would be a leaf.
#include <doctest/doctest.h>

#include <string_view>
#include <utility>
#include <vector>

#include "ir/written_graph.hpp"

namespace {

using namespace written;
using places = std::vector<int>;
using names = std::vector<std::string_view>;

names operations_of(const hg::graph_builder& g) {
    names all;
    for (const hg::node& n : g.nodes) all.push_back(n.op->name);
    return all;
}
places roots_of(const hg::graph_builder& g) {
    places all;
    for (const hg::graph_root& r : g.roots) all.push_back(r.node);
    return all;
}
int name_of(const hg::graph_view& g, std::string_view name) { return g.find_name(hg::hash_of(name)); }
int node_of(const hg::graph_builder& g, std::string_view name) { return g.names[name_of(g.view(), name)].node; }

// A result, a node that nothing needs but has a name, one that has none, and an update of what nobody reads.
struct trained : graph {
    hg::handle x = input("x", make_shape(3)), w = parameter("w", make_shape(3)), unread = parameter("unread");
    hg::handle named = tanh(x), nameless = sin(x), out = cos(x), next = exp(x);

    trained() {
        for (const auto leaf : {unread, w}) g.starts.push({g.nodes[leaf.index].name, hg::constant(leaf.index)});
        const int name = g.intern("named");
        g.names[name].node = named.index;
        ask_for(out);
        g.roots.push({hg::root_kind::update, g.nodes[w.index].name, next.index});
    }
};

}

TEST_CASE("what results need is needed, and of an update the leaf that it writes") {
    const trained m;
    const hg::list<bool> needed = hg::needed_nodes(m.g.view());
    REQUIRE(needed.size() == m.g.nodes.size());
    for (const auto n : {m.x, m.w, m.out, m.next}) CHECK(needed[n.index]);
    for (const auto n : {m.unread, m.named, m.nameless}) CHECK_FALSE(needed[n.index]);
}

TEST_CASE("what has a name is needed where names are asked for, and what it is made of") {
    graph m;
    const auto x = m.input("x", make_shape(3)), below = sin(x), named = tanh(below), nameless = cos(below);
    const int name = m.g.intern("named");
    m.g.names[name].node = named.index;
    const hg::list<bool> needed = hg::needed_nodes(m.g.view(), true);
    for (const auto n : {x, below, named}) CHECK(needed[n.index]);
    CHECK_FALSE(needed[nameless.index]);
    for (const bool n : hg::needed_nodes(m.g.view())) CHECK_FALSE(n);
}

TEST_CASE("dead code goes, and the rest stays in its order") {
    const trained m;
    const hg::graph_builder g = hg::prune(m.g.view());
    CHECK(operations_of(g) == names{"input", "parameter", "cos", "exp"});
    CHECK(g.operand(2, 0) == 0);
    CHECK(g.operand(3, 0) == 0);
    CHECK(roots_of(g) == places{2, 3});
    CHECK(g.roots[0].kind == hg::root_kind::value);
    CHECK(g.roots[1].kind == hg::root_kind::update);
    CHECK(g.name(g.roots[1].name) == "w");
}

TEST_CASE("names keep their places, and stand for nothing where their nodes are gone") {
    const trained m;
    const hg::graph_builder g = hg::prune(m.g.view());
    REQUIRE(g.names.size() == m.g.names.size());
    for (int i = 0; i < g.names.size(); ++i) CHECK(g.name(i) == m.g.name(i));
    CHECK(node_of(g, "x") == 0);
    CHECK(node_of(g, "w") == 1);
    CHECK(node_of(g, "named") == -1);
    CHECK(node_of(g, "unread") == -1);
    CHECK(g.nodes[0].name == name_of(m.g.view(), "x"));
}

TEST_CASE("names may keep their nodes from being dropped") {
    const trained m;
    const hg::graph_builder g = hg::prune(m.g.view(), true);
    CHECK(operations_of(g) == names{"input", "parameter", "parameter", "tanh", "cos", "exp"});
    CHECK(node_of(g, "named") == 3);
    CHECK(g.starts.size() == 2);
}

TEST_CASE("a parameter that is gone has no start any more") {
    const trained m;
    const hg::graph_builder g = hg::prune(m.g.view());
    REQUIRE(g.starts.size() == 1);
    CHECK(g.starts[0].name == name_of(m.g.view(), "w"));
    CHECK(g.starts[0].start.scale == m.w.index);
}

TEST_CASE("a graph's mistake and the number of its scans go with it") {
    trained m;
    m.g.fail(hg::sentence("a mistake"));
    m.g.bodies = 3;
    const hg::graph_builder g = hg::prune(m.g.view());
    CHECK(g.problem.view() == "a mistake");
    CHECK(g.bodies == 3);
}

TEST_CASE("the characters of names are lent where they stay and no new names come, else copied") {
    const trained m;
    hg::graph_view from = m.g.view();
    from.characters_stay = true;
    const hg::rewriter lent(from), copied(m.g.view());
    hg::rewriter grows(from, true);
    CHECK(lent.to.view().characters.data == from.characters.data);
    CHECK(copied.to.view().characters.data != from.characters.data);
    CHECK(grows.to.view().characters.data != from.characters.data);
    CHECK(grows.to.intern("w") == name_of(from, "w"));
    CHECK(grows.to.intern("new") == from.names.size);
    for (const hg::rewriter* r : {&lent, &copied, &std::as_const(grows)}) CHECK(r->to.name(0) == "x");
    for (const hg::named_node& n : lent.to.names) CHECK(n.node == -1);
}

TEST_CASE("nodes that lie outside are those that a call is given, apart from its numbers") {
    graph m;
    const hg::value_type type{make_shape(3), true};
    const auto outside = [&](hg::handle x) { return hg::lies_outside(m.g.nodes[x.index]); };
    CHECK(outside(m.input("x")));
    CHECK(outside(m.argument("a")));
    CHECK(outside(m.parameter("w")));
    CHECK(outside(m.leaf<ops::state>("s", {})));
    CHECK(outside(m.leaf<ops::fed>("y", type)));
    CHECK_FALSE(outside(m.scalar("rate")));
    CHECK_FALSE(outside(m.input("z").rows()));
    CHECK_FALSE(outside(m.leaf<ops::noise>("noise", type)));
    CHECK_FALSE(outside(m.literal(2)));
    CHECK_FALSE(outside(tanh(m.input("u"))));
    CHECK_FALSE(outside(m.at(m.g.push_leaf(&hg::record<ops::step_input>, -1, type))));
}

TEST_CASE("matrix products and what moves nothing are known by their records") {
    graph m;
    const auto w = m.parameter("w", make_shape(2, 3)), v = m.parameter("v", make_shape(3, 2));
    const auto product = matmul(w, v), flat = m.reshaped(w, make_shape(6)), turned = m.apply<ops::transpose>({}, w),
               repeated = m.repeated(w, make_shape(4, 2, 3));
    const auto node = [&](hg::handle x) -> const hg::node& { return m.g.nodes[x.index]; };
    CHECK(hg::is_matrix_product(node(product)));
    CHECK_FALSE(hg::is_matrix_product(node(w * w)));
    CHECK(hg::moves_nothing(node(flat)));
    CHECK_FALSE(hg::moves_nothing(node(turned)));
    CHECK_FALSE(hg::moves_nothing(node(repeated)));
}

namespace {

// The node that a root has afterwards, and what that copies; -1: it is the one that was asked for.
struct isolated {
    hg::graph_builder g;
    explicit isolated(const graph& m) : g(hg::isolate_roots(m.g.view())) {}
    int node(int root) const { return g.roots[root].node; }
    int copied(int root, const graph& m) const {
        if (node(root) < m.g.nodes.size()) return -1;
        REQUIRE(hg::is<ops::broadcast_to>(g.nodes[node(root)]));
        CHECK(g.nodes[node(root)].type == g.nodes[g.operand(node(root), 0)].type);
        return g.operand(node(root), 0);
    }
};
void push_update(graph& m, hg::handle target, hg::handle next) {
    m.g.roots.push({hg::root_kind::update, m.g.nodes[target.index].name, next.index});
}

}

TEST_CASE("a result that a program computes stays as it is, read through a view or not") {
    graph m;
    const auto x = m.input("x", make_shape(2, 3)), out = tanh(x), flat = m.reshaped(out, make_shape(6)),
               rate = m.scalar("rate"), noise = m.leaf<ops::noise>("noise", {make_shape(3), true});
    for (const auto n : {out, flat, rate, noise}) m.ask_for(n);
    const isolated to(m);
    CHECK(to.g.nodes.size() == m.g.nodes.size());
    for (int r = 0; r < m.g.roots.size(); ++r) CHECK(to.node(r) == m.g.roots[r].node);
}

TEST_CASE("a result that is what a program was given becomes a copy, and so does a view of it, a gradient too") {
    graph m;
    const auto x = m.input("x", make_shape(2, 3)), w = m.parameter("w", make_shape(3)),
               flat = m.reshaped(x, make_shape(6)), again = m.reshaped(flat, make_shape(3, 2));
    for (const auto n : {x, w, again}) m.ask_for(n);
    m.g.roots.push({hg::root_kind::gradient, m.g.nodes[w.index].name, flat.index});
    const isolated to(m);
    CHECK(to.copied(0, m) == x.index);
    CHECK(to.copied(1, m) == w.index);
    CHECK(to.copied(2, m) == again.index);
    CHECK(to.copied(3, m) == flat.index);
    CHECK(to.g.nodes.size() == m.g.nodes.size() + 4);
    CHECK(to.g.roots[3].kind == hg::root_kind::gradient);
}

TEST_CASE("two results that are one node share one copy") {
    graph m;
    const auto x = m.input("x", make_shape(3)), y = m.input("y", make_shape(3));
    for (const auto n : {x, y, x}) m.ask_for(n);
    const isolated to(m);
    CHECK(to.node(0) == to.node(2));
    CHECK(to.node(0) != to.node(1));
    CHECK(to.g.nodes.size() == m.g.nodes.size() + 2);
}

TEST_CASE("each update has a node of its own, whatever else needs the value") {
    graph m;
    const auto x = m.input("x", make_shape(3)), v = m.parameter("v", make_shape(3)),
               w = m.parameter("w", make_shape(3)), next = tanh(x);
    push_update(m, v, next);
    push_update(m, w, next);
    m.ask_for(next);
    const isolated to(m);
    CHECK(to.copied(0, m) == next.index);
    CHECK(to.copied(1, m) == next.index);
    CHECK(to.node(0) != to.node(1));
    CHECK(to.copied(2, m) == -1);
}

TEST_CASE("a result never shares the node of an update, and is from before it") {
    graph m;
    const auto v = m.parameter("v", make_shape(3)), w = m.parameter("w", make_shape(3));
    push_update(m, v, w);
    m.ask_for(w);
    push_update(m, w, w);
    m.ask_for(w);
    const isolated to(m);
    for (int r = 0; r < 4; ++r) CHECK(to.copied(r, m) == w.index);
    CHECK(to.node(1) == to.node(3));
    for (const int update : {0, 2}) CHECK(to.node(update) != to.node(1));
    CHECK(to.node(0) != to.node(2));
}
