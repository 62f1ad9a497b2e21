// Scans split off, on small graphs built by hand: the outer graph, in which a scan is one operation, and the graph of
// one step. Of which states every k-th is kept is tested in passes/kept_states.cpp.
#include "passes/kept_scans.hpp"

#include <hourglass/passes/split.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>
#include <vector>

using namespace scan_graphs;

namespace {

using places = std::vector<int>;
using names = std::vector<std::string_view>;

names operations_of(const hg::graph_builder& g) {
    names all;
    for (const hg::node& n : g.nodes) all.push_back(n.op->name);
    return all;
}
places places_in(const hg::list<int>& l) { return {l.begin(), l.end()}; }
places roots_of(const hg::graph_builder& g) {
    places all;
    for (const hg::graph_root& r : g.roots) all.push_back(r.node);
    return all;
}
void ask_for(drawing& d, int n) {
    const int name = d.g.intern(hg::sentence("result ", d.g.roots.size()).view());
    d.g.names[name].node = n;
    d.g.roots.push({hg::root_kind::value, name, n});
}

// The nodes of a graph that stand for a leaf of a step.
bool is_leaf(const hg::graph_builder& g, int n, hg::step_leaf kind, int which) {
    if (!hg::is<ops::step_input>(g.nodes[n])) return false;
    const ops::step_source source = ops::step_source::of(g.nodes[n].options);
    return source.kind == kind && source.which == which;
}
// The operands of a call of a scan, as places in the graph that was split.
struct outer {
    hg::graph_builder g;
    places calls;
    explicit outer(const drawing& d) : g(hg::outer_graph(d.g.view())) {
        for (int n = 0; n < g.nodes.size(); ++n)
            if (hg::is<ops::scan_call>(g.nodes[n])) calls.push_back(n);
    }
    names read_by(int call) const {
        names all;
        for (int i = 0; i < g.nodes[at(call)].operand_count; ++i) {
            const hg::node& from = g.nodes[g.operand(at(call), i)];
            all.push_back(from.name >= 0 ? g.name(from.name) : from.op->name);
        }
        return all;
    }
    int at(int call) const { return calls[static_cast<std::size_t>(call)]; }
    ops::scan_output output(int n) const {
        REQUIRE(hg::is<ops::scan_value>(g.nodes[n]));
        return ops::scan_output::of(g.nodes[n].options);
    }
};

// A state, what the body reads around it, a sequence; what is stacked, and the last state.
struct recurrent : drawing {
    const hg::value_type sequence{hg::make_shape(3), false};
    int body = begin(), start = leaf("start", number), w = leaf("w", number), xs = leaf("xs", sequence);
    int h = state(body, 0), x = slice(body, 0), weighted = multiply(h, w), next = add(weighted, x);
    int squared = multiply(next, next);
    int scan_node = scan(body, {next}, {start}, {xs}), all = stacked(scan_node, squared), end = last(scan_node, 0);
};

}

TEST_CASE("the scans of a graph are those in no body, in the order of their nodes") {
    recurrent d;
    const int first = d.scan_node, outer = d.begin(), inner = d.begin();
    const int e = d.state(outer, 0), f = d.state(inner, 0);
    const int within = d.scan(inner, {d.multiply(f, e)}, {e});
    const int second = d.scan(outer, {d.last(within, 0)}, {d.end});
    CHECK(places_in(hg::outer_scans(d.g.view())) == places{first, second});
    CHECK(hg::count_scans(d.g.view()) == 2);
    CHECK(hg::outer_scans(d.g.view())[1] == second);
    CHECK(hg::count_scans(drawing().g.view()) == 0);
}

TEST_CASE("a scan becomes one operation, which reads what its body does, its starts and its sequences") {
    recurrent d;
    const int out = d.add(d.end, d.end);
    ask_for(d, d.all);
    ask_for(d, out);
    const outer to(d);
    REQUIRE(to.calls.size() == 1);
    CHECK(ops::called_scan::of(to.g.nodes[to.at(0)].options).scan == 0);
    CHECK(to.read_by(0) == names{"w", "start", "xs"});
    CHECK(operations_of(to.g) == names{"parameter", "parameter", "parameter", "scan", "result", "result", "add"});
    CHECK(roots_of(to.g) == places{4, 6});
    CHECK(to.g.operand(6, 0) == 5);
    for (const int n : {4, 5}) {
        CHECK(to.output(n).scan == 0);
        CHECK(to.output(n).result == n - 4);
        CHECK(to.output(n).call == 3);
    }
    CHECK(to.g.nodes[4].type == d.sequence);
    CHECK(to.g.nodes[5].type == number);
}

TEST_CASE("names of nodes that are in no step keep them, others stand for nothing") {
    recurrent d;
    const int inside = d.g.intern("inside"), outside = d.g.intern("outside");
    d.g.names[inside].node = d.next;
    d.g.names[outside].node = d.all;
    ask_for(d, d.all);
    const outer to(d);
    CHECK(to.g.names[inside].node == -1);
    CHECK(to.g.names[outside].node == to.g.roots[0].node);
}

TEST_CASE("a step has leaves for what it is given, and its results are what states become, then what is stacked") {
    recurrent d;
    ask_for(d, d.all);
    ask_for(d, d.end);
    hg::step_graph step(d.g.view(), d.scan_node);
    CHECK(places_in(step.outer) == places{d.w});
    CHECK(places_in(step.sequences) == places{d.xs});
    CHECK(places_in(step.results) == places{d.all, d.end});
    const auto plan = step.plan<2, 1>();
    CHECK(plan.outer == 1);
    CHECK(plan.states == 1);
    CHECK(plan.sequences == 1);
    CHECK(plan.steps == 3);
    CHECK_FALSE(plan.backwards);
    CHECK(plan.again == -1);
    CHECK(plan.results[0].stacked);
    CHECK(plan.results[0].root == 1);
    CHECK_FALSE(plan.results[1].stacked);
    CHECK(plan.results[1].root == 0);
    CHECK(plan.state_of[0] == -1);
    const hg::graph_builder g = step.take();
    CHECK(operations_of(g) == names{"fed", "fed", "fed", "multiply", "add", "multiply"});
    CHECK(roots_of(g) == places{4, 5});
    CHECK(is_leaf(g, g.operand(3, 0), hg::step_leaf::state, 0));
    CHECK(is_leaf(g, g.operand(3, 1), hg::step_leaf::outer, 0));
    CHECK(is_leaf(g, g.operand(4, 1), hg::step_leaf::slice, 0));
}

TEST_CASE("a step has no starts of parameters, and names where its nodes are") {
    recurrent d;
    const int name = d.g.intern("inside"), w = d.g.nodes[d.w].name;
    d.g.names[name].node = d.next;
    d.g.starts.push({w, hg::constant(1)});
    ask_for(d, d.end);
    hg::step_graph step(d.g.view(), d.scan_node);
    const hg::graph_builder g = step.take();
    CHECK(g.starts.empty());
    CHECK(g.names[name].node == g.roots[0].node);
    CHECK(outer(d).g.starts.size() == 1);
}

TEST_CASE("a scan that runs backwards says so") {
    there_and_back d;
    ask_for(d, d.out);
    CHECK(hg::step_graph(d.g.view(), d.second).plan<1, 1>().backwards);
}

TEST_CASE("what is read by many nodes of a body is passed in once, and in the order in which it is read") {
    drawing d;
    const int body = d.begin(), v = d.leaf("v", number), w = d.leaf("w", number), start = d.leaf("start", number);
    const int h = d.state(body, 0), by_w = d.multiply(h, w), by_v = d.multiply(h, v);
    const int scan = d.scan(body, {d.add(d.add(by_w, by_v), w)}, {start});
    ask_for(d, d.last(scan, 0));
    CHECK(places_in(hg::step_graph(d.g.view(), scan).outer) == places{w, v});
    CHECK(outer(d).read_by(0) == names{"w", "v", "start"});
}

TEST_CASE("numbers, and what only repeats other values, are computed in the step and not passed in") {
    drawing d;
    const hg::value_type vector{hg::make_shape(4), false};
    const int body = d.begin(), w = d.leaf("w", number), start = d.leaf("start", vector);
    const int h = d.state(body, 0, vector), repeated = d.whole(w, vector);
    const int next = d.add(d.multiply(h, repeated), d.multiply(h, d.literal(2)));
    const int scan = d.scan(body, {next}, {start});
    ask_for(d, d.last(scan, 0));
    hg::step_graph step(d.g.view(), scan);
    CHECK(places_in(step.outer) == places{w});
    const hg::graph_builder g = step.take();
    const names made = operations_of(g);
    CHECK(std::count(made.begin(), made.end(), "literal") == 1);
    CHECK(std::count(made.begin(), made.end(), "broadcast") == 1);
    CHECK(outer(d).read_by(0) == names{"w", "start"});
}

TEST_CASE("what a body computes without need of its steps is computed outside") {
    drawing d;
    const int body = d.begin(), w = d.leaf("w", number), start = d.leaf("start", number);
    const int h = d.state(body, 0), once = d.multiply(w, w), next = d.multiply(h, once);
    ask_for(d, d.last(d.scan(body, {next}, {start}), 0));
    CHECK(outer(d).read_by(0) == names{"multiply", "start"});
}

TEST_CASE("a state that becomes what lies somewhere already becomes a copy of it") {
    drawing d;
    const int body = d.begin(), start = d.leaf("start", number), w = d.leaf("w", number), other = d.leaf("v", number);
    const int a = d.state(body, 0), b = d.state(body, 1), c = d.state(body, 2);
    const int scan = d.scan(body, {b, w, d.add(a, c)}, {start, start, other});
    ask_for(d, d.last(scan, 0));
    hg::step_graph step(d.g.view(), scan);
    CHECK(places_in(step.outer) == places{w});
    const hg::graph_builder g = step.take();
    REQUIRE(g.roots.size() == 3);
    const auto copied = [&](int root) {
        const int n = g.roots[root].node;
        REQUIRE(hg::is<ops::broadcast_to>(g.nodes[n]));
        return g.operand(n, 0);
    };
    CHECK(is_leaf(g, copied(0), hg::step_leaf::state, 1));
    CHECK(is_leaf(g, copied(1), hg::step_leaf::outer, 0));
    CHECK(hg::is<ops::add>(g.nodes[g.roots[2].node]));
}

TEST_CASE("so does a state that becomes a view of another, but what is stacked needs no copy") {
    drawing d;
    const hg::value_type vector{hg::make_shape(4), false}, column{hg::make_shape(4, 1), false};
    const int body = d.begin(), start = d.leaf("start", vector), start_too = d.leaf("start too", column);
    const int a = d.state(body, 0, vector), b = d.state(body, 1, column);
    const auto reshaped = [&](int n, const hg::value_type& to) {
        return d.apply<ops::reshape>({n}, ops::new_shape{to.extents});
    };
    const int scan = d.scan(body, {reshaped(b, vector), reshaped(a, column)}, {start, start_too});
    ask_for(d, d.stacked(scan, a));
    hg::step_graph step(d.g.view(), scan);
    const hg::graph_builder g = step.take();
    REQUIRE(g.roots.size() == 3);
    for (int state = 0; state < 2; ++state) {
        CHECK(hg::is<ops::broadcast_to>(g.nodes[g.roots[state].node]));
        CHECK(hg::is<ops::reshape>(g.nodes[g.operand(g.roots[state].node, 0)]));
    }
    CHECK(is_leaf(g, g.roots[2].node, hg::step_leaf::state, 0));
}

TEST_CASE("what nobody wants is neither computed in a step nor stacked") {
    recurrent d;
    ask_for(d, d.end);
    hg::step_graph step(d.g.view(), d.scan_node);
    CHECK(places_in(step.results) == places{d.end});
    CHECK(roots_of(step.take()).size() == 1);
    const outer to(d);
    CHECK(operations_of(to.g) == names{"parameter", "parameter", "parameter", "scan", "result"});
    CHECK(to.output(4).result == 0);
    hg::step_graph again(d.g.view(), d.scan_node);
    CHECK(operations_of(again.take()) == names{"fed", "fed", "fed", "multiply", "add"});
}

TEST_CASE("a scan of which nothing is wanted is gone, but keeps its number") {
    recurrent d;
    const int body = d.begin(), h = d.state(body, 0), scan = d.scan(body, {d.add(h, h)}, {d.start});
    ask_for(d, d.last(scan, 0));
    const outer to(d);
    REQUIRE(to.calls.size() == 1);
    CHECK(ops::called_scan::of(to.g.nodes[to.at(0)].options).scan == 1);
    CHECK(to.output(to.g.roots[0].node).scan == 1);
    CHECK(to.read_by(0) == names{"start"});
}

TEST_CASE("a sequence that no step reads is not passed in, nor is a scan needed that makes it") {
    recurrent d;
    const int body = d.begin(), h = d.state(body, 0), read = d.slice(body, 1);
    d.slice(body, 0); // which nothing reads
    const int scan = d.scan(body, {d.add(h, read)}, {d.start}, {d.all, d.xs});
    ask_for(d, d.last(scan, 0));
    hg::step_graph step(d.g.view(), scan);
    CHECK(places_in(step.sequences) == places{d.xs});
    CHECK(step.plan<1, 1>().sequences == 1);
    const hg::graph_builder g = step.take();
    CHECK(is_leaf(g, g.operand(g.roots[0].node, 1), hg::step_leaf::slice, 0));
    const outer to(d);
    CHECK(to.calls.size() == 1);
    CHECK(to.read_by(0) == names{"start", "xs"});
}

TEST_CASE("an update needs the leaf that it writes") {
    recurrent d;
    const int target = d.leaf("target", number);
    d.g.roots.push({hg::root_kind::update, d.g.nodes[target].name, d.end});
    const outer to(d);
    CHECK(to.g.names[d.g.nodes[target].name].node >= 0);
    CHECK(to.g.roots[0].kind == hg::root_kind::update);
    CHECK(hg::is<ops::scan_value>(to.g.nodes[to.g.roots[0].node]));
}

TEST_CASE("a scan reads what another one stacks") {
    recurrent d;
    const int body = d.begin(), h = d.state(body, 0),
              scan = d.scan(body, {d.add(h, d.slice(body, 0))}, {d.end}, {d.all});
    ask_for(d, d.last(scan, 0));
    const outer to(d);
    REQUIRE(to.calls.size() == 2);
    CHECK(to.read_by(1) == names{"result", "result"});
    CHECK(to.output(to.g.operand(to.at(1), 0)).result == 1); // the last state, after what is stacked
    CHECK(to.output(to.g.operand(to.at(1), 1)).result == 0);
    CHECK(to.output(to.g.roots[0].node).call == to.at(1));
}

TEST_CASE("a step in whose body a scan stands is a graph with that scan, and is split in its turn") {
    drawing d;
    const int outermost = d.begin(), inner = d.begin(), start = d.leaf("start", number), w = d.leaf("w", number);
    const int h = d.state(outermost, 0), a = d.multiply(h, w);
    const int c = d.state(inner, 0), b = d.add(d.multiply(c, a), w);
    const int within = d.scan(inner, {b}, {h}), next = d.last(within, 0), scan = d.scan(outermost, {next}, {start});
    ask_for(d, d.last(scan, 0));
    const outer to(d);
    REQUIRE(to.calls.size() == 1);
    CHECK(to.read_by(0) == names{"w", "start"});

    hg::step_graph step(d.g.view(), scan);
    CHECK(places_in(step.outer) == places{w});
    drawing of_step;
    of_step.g = step.take();
    REQUIRE(hg::count_scans(of_step.g.view()) == 1);
    hg::step_graph inner_step(of_step.g.view(), hg::outer_scans(of_step.g.view())[0]);
    REQUIRE(inner_step.outer.size() == 2);
    CHECK(hg::is<ops::multiply>(of_step.g.nodes[inner_step.outer[0]]));
    CHECK(is_leaf(of_step.g, inner_step.outer[1], hg::step_leaf::outer, 0));
    const hg::graph_builder last = inner_step.take();
    CHECK(operations_of(last) == names{"fed", "fed", "multiply", "fed", "add"});
    CHECK(hg::count_scans(last.view()) == 0);
    CHECK(outer(of_step).calls.size() == 1);
}

TEST_CASE("of states that are kept now and then, there are as many as are kept") {
    there_and_back d;
    ask_for(d, d.out);
    const outer to(d);
    REQUIRE(to.calls.size() == 2);
    const int before = to.g.operand(to.at(1), 1);
    CHECK(to.output(before).scan == 0);
    CHECK(to.g.nodes[before].type == hg::value_type{hg::make_shape(2), false}); // of 6, those before steps 0 and 4
    const auto plan = hg::step_graph(d.g.view(), d.first).plan<1, 1>();
    CHECK(plan.results[0].every == 4);
    CHECK(plan.results[0].stacked);
    CHECK(plan.again == -1);
}

TEST_CASE("the scan that reads them has what steps that are done again read, after its own operands") {
    there_and_back d;
    ask_for(d, d.out);
    const hg::step_graph step(d.g.view(), d.second);
    CHECK(step.again == d.first);
    CHECK(places_in(step.checkpoints) == places{d.before});
    const auto plan = step.plan<1, 1>();
    CHECK(plan.again == 0);
    CHECK(plan.every == 4);
    CHECK(plan.state_of[0] == 0);
    const outer to(d);
    CHECK(to.read_by(0) == names{"start", "xs"});
    CHECK(to.read_by(1) == names{"start", "result", "result", "xs"}); // its start, its sequence, checkpoints, theirs
}

TEST_CASE("for states that are not restored, steps that are done again begin where the scan began") {
    there d;
    const int w = d.leaf("w", number), other = d.leaf("other start", number), back = d.begin();
    const int weighted = d.multiply(d.next, w);
    const int first = d.scan(d.forward, {d.multiply(d.h, d.h), weighted}, {other, d.start}, {d.xs}, 6);
    const int before = d.stacked_every(2, first, d.h);
    const int e = d.state(back, 0), second = d.scan(back, {d.multiply(e, d.slice(back, 0))}, {d.start}, {before}, 6);
    d.turn_round(second);
    ask_for(d, d.last(second, 0));
    CHECK(places_in(hg::step_graph(d.g.view(), second).checkpoints) == places{before, d.start});
    CHECK(outer(d).read_by(1) == names{"start", "result", "result", "start", "w", "xs"});
}

TEST_CASE("all states that are restored together are there, even those that the steps do not read themselves") {
    there d;
    const int other = d.state(d.forward, 1), back = d.begin();
    const int first = d.scan(d.forward, {d.add(d.next, other), d.multiply(other, d.h)}, {d.start, d.start}, {d.xs}, 6);
    const int before = d.stacked_every(4, first, d.h), before_other = d.stacked_every(4, first, other);
    const int read = d.slice(back, 1), e = d.state(back, 0);
    const int second = d.scan(back, {d.multiply(e, read)}, {d.start}, {before, before_other}, 6);
    d.turn_round(second);
    ask_for(d, d.last(second, 0));
    const hg::step_graph step(d.g.view(), second);
    CHECK(places_in(step.sequences) == places{before_other});
    CHECK(places_in(step.checkpoints) == places{before, before_other});
    CHECK(step.plan<1, 1>().state_of[0] == 1);
    CHECK(places_in(hg::step_graph(d.g.view(), first).results) == places{before, before_other});
}
