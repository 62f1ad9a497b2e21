// In which body of a scan each node lies, and which bodies stand in others, on graphs built by hand; a copy of a body
// in which another one stands; and sums over the steps that are taken after the scan.
#include "scan/scan_graphs.hpp"

#include <hourglass/autodiff/differentiate.hpp>
#include <hourglass/scan/body_copy.hpp>

#include <doctest/doctest.h>

using namespace scan_graphs;

namespace {

// A scan whose body reads a value of the body around it.
struct nested : drawing {
    int outer = begin(), inner = begin();
    int start = leaf("start", number), h = state(outer, 0), a = multiply(h, h);
    int c = state(inner, 0), b = multiply(c, a), unread = multiply(b, b);
    int inner_scan = scan(inner, {b}, {h}), result = last(inner_scan, 0);
    int next = add(result, h), outer_scan = scan(outer, {next}, {start}), all = stacked(outer_scan, next);
};

}

TEST_CASE("a node lies in the innermost body of whose leaves it is made, a scan in the body around its own") {
    const nested d;
    const hg::scan_bodies bodies(d.g.view());
    for (int n : {d.h, d.a, d.inner_scan, d.result, d.next}) CHECK(bodies[n] == d.outer);
    for (int n : {d.c, d.b}) CHECK(bodies[n] == d.inner);
    for (int n : {d.start, d.outer_scan, d.all}) CHECK(bodies[n] == 0);
    CHECK(bodies.around(d.inner) == d.outer);
    CHECK(bodies.around(d.outer) == 0);
    CHECK(bodies.contains(d.outer, d.b));
    CHECK(bodies.contains(d.outer, d.a));
    CHECK_FALSE(bodies.contains(d.inner, d.a));
    CHECK_FALSE(bodies.contains(d.outer, d.start));
    CHECK(bodies.depth(d.b) == 2);
    CHECK(bodies.depth(d.a) == 1);
    CHECK(bodies.depth(d.all) == 0);
    CHECK(hg::scan_bodies(drawing().g.view()).empty());
}

TEST_CASE("a scan that reads nothing of the body around it stands outside") {
    drawing d;
    const int outer = d.begin(), inner = d.begin(), start = d.leaf("start", number);
    const int h = d.state(outer, 0), c = d.state(inner, 0), b = d.multiply(c, c);
    const int inner_scan = d.scan(inner, {b}, {start}), result = d.last(inner_scan, 0);
    const int next = d.add(result, h);
    d.scan(outer, {next}, {start});
    const hg::scan_bodies bodies(d.g.view());
    CHECK(bodies[b] == inner);
    CHECK(bodies[inner_scan] == 0);
    CHECK(bodies[result] == 0);
    CHECK(bodies[next] == outer);
    SUBCASE("unless a value from around it is repeated for its steps") {
        const int repeated = d.stacked(inner_scan, d.multiply(h, h));
        const hg::scan_bodies moved(d.g.view());
        CHECK(moved.around(inner) == outer);
        for (int n : {inner_scan, result, repeated}) CHECK(moved[n] == outer);
    }
}

TEST_CASE("bodies that surround one stand in one another, in whatever order they are read") {
    for (const bool outermost_first : {false, true}) {
        drawing d;
        const int one = d.begin(), two = d.begin(), three = d.begin(), start = d.leaf("start", number);
        const int h = d.state(one, 0), c = d.state(two, 0), e = d.state(three, 0);
        const int read = outermost_first ? d.multiply(d.multiply(e, h), c) : d.multiply(d.multiply(e, c), h);
        const int innermost = d.last(d.scan(three, {read}, {start}), 0);
        const int middle = d.last(d.scan(two, {innermost}, {start}), 0);
        d.scan(one, {middle}, {start});
        const hg::scan_bodies bodies(d.g.view());
        CHECK(bodies[read] == three);
        CHECK(bodies.around(three) == two);
        CHECK(bodies.around(two) == one);
        CHECK(bodies[innermost] == two);
        CHECK(bodies[middle] == one);
    }
}

TEST_CASE("a node that nothing reads does not tell which body stands in which") {
    drawing d;
    const int outer = d.begin(), middle = d.begin(), inner = d.begin(), start = d.leaf("start", number);
    const int h = d.state(outer, 0), m = d.state(middle, 0), c = d.state(inner, 0);
    const int unread = d.multiply(c, m), next = d.multiply(c, h);
    const int inner_scan = d.scan(inner, {next}, {h}), result = d.last(inner_scan, 0);
    d.scan(outer, {result}, {start});
    const hg::scan_bodies bodies(d.g.view());
    CHECK(bodies[unread] == inner);
    CHECK(bodies.around(inner) == outer);
    CHECK(bodies[inner_scan] == outer);
    CHECK(bodies[result] == outer);
}

TEST_CASE("bodies that are known are found again for a scan that was made since") {
    drawing d;
    const int first = d.begin(), start = d.leaf("start", number);
    const int next = d.multiply(d.state(first, 0), start), scan = d.scan(first, {next}, {start});
    hg::known_bodies known;
    CHECK(known.up_to(d.g, scan)[next] == first);
    const int second = d.begin(), again = d.multiply(d.state(second, 0), start);
    CHECK(known.up_to(d.g, scan)[again] == 0); // is none of the nodes that were asked for
    const int other = d.scan(second, {again}, {start});
    CHECK(known.up_to(d.g, other)[again] == second);
    CHECK(known.up_to(d.g, other)[next] == first);
}

TEST_CASE("of a body is needed what states and results are made of, bodies within it included") {
    nested d;
    const int unused = d.stacked(d.inner_scan, d.unread);
    d.next = d.add(d.result, d.a);
    d.outer_scan = d.scan(d.outer, {d.next}, {d.start});
    const hg::scan_bodies bodies(d.g.view());
    const hg::list<bool> needed = hg::needed_of_body(d.g.view(), bodies, d.outer_scan);
    for (int n : {d.h, d.a, d.c, d.b, d.inner_scan, d.result, d.next}) CHECK(needed[n]);
    for (int n : {d.start, d.unread, unused}) CHECK_FALSE(needed[n]);
    const hg::list<bool> whole = hg::needed_of_body(d.g.view(), bodies, d.inner_scan), none(d.g.nodes.size());
    CHECK(whole.size() == d.inner_scan);
    CHECK(hg::needed_of_body(d.g.view(), bodies, d.inner_scan, &none)[d.b]);
    CHECK_FALSE(hg::needed_of_body(d.g.view(), bodies, d.inner_scan, &none)[d.a]);
}

TEST_CASE("bodies of the scans between two nodes") {
    const nested d;
    const hg::list<bool> inner = hg::bodies_within(d.g, d.a, d.next), both = hg::bodies_within(d.g, d.a, d.all);
    CHECK(inner[d.b]);
    CHECK_FALSE(inner[d.a]);
    CHECK(both[d.b]);
    CHECK(both[d.a]);
    CHECK(hg::bodies_within(d.g, d.start, d.b).empty());
}

TEST_CASE("the copy of a body has a copy of the body in it, with a number of its own") {
    nested d;
    hg::list<bool> asked(d.g.nodes.size());
    asked[d.all] = true;
    hg::known_bodies known;
    hg::body_copy copy(d.g, hg::scan_parts(d.g, d.outer_scan), known, false, asked);
    copy.copy();
    const int again = copy[d.inner_scan], new_state = copy.add_state(d.start);
    CHECK(again > d.outer_scan);
    CHECK(ops::scan_shape::of(d.g.nodes[again].options).body > copy.body);
    CHECK(d.g.operand(again, 0) == copy[d.b]);
    CHECK(copy[d.start] == d.start);
    CHECK(copy.holds_within(d.b));
    CHECK_FALSE(copy.holds_within(d.a));
    hg::list<int> next;
    next.push(d.add(copy[d.next], new_state));
    const int made = copy.finish(next, {});
    const hg::scan_bodies bodies(d.g.view());
    CHECK(bodies[made] == 0);
    CHECK(bodies[again] == copy.body);
    CHECK(bodies.around(bodies[copy[d.b]]) == copy.body);
    CHECK(bodies.around(d.inner) == d.outer);
}

TEST_CASE("of a product that is summed after the scan the left factor is stacked first, by every compiler") {
    drawing d;
    const hg::value_type vector{hg::make_shape(2), true};
    const int body = d.begin(), x = d.leaf("x", vector), weight = d.leaf("weight", {hg::make_shape(2, 2), false});
    const int h = d.state(body, 0, vector), next = d.apply<ops::matmul>({weight, h});
    const int result = d.last(d.scan(body, {next}, {x}), 0);
    hg::differentiation all(d.g, result, x, {&weight, 1}, true);
    REQUIRE(d.g.problem.empty());
    const int gradient = all.gradient(weight);
    REQUIRE(hg::is<ops::matmul_batch_sum>(d.g.nodes[gradient]));
    const int left = d.g.operand(gradient, 0), right = d.g.operand(gradient, 1);
    REQUIRE(hg::is_stacked(d.g.nodes[left]));
    REQUIRE(hg::is_stacked(d.g.nodes[right]));
    CHECK(left < right);
}
