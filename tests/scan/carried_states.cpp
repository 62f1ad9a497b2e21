// Which states a derivative of a scan carries, on small graphs built by hand.
#include "scan/scan_graphs.hpp"

#include <hourglass/autodiff/gradient_paths.hpp>
#include <hourglass/scan/carried_states.hpp>

#include <doctest/doctest.h>

using namespace scan_graphs;
using hg::flow;

namespace {

// What moves outside, and how, is listed; all else does not.
struct moved {
    int node;
    flow how = flow::of_rows;
};
template <class Passes = bool (*)(const hg::node&, int)> hg::carried_states
carried(const drawing& d, int scan, std::initializer_list<moved> outside, const Passes& passes = hg::has_derivative) {
    const auto around = [&](int n) {
        for (const moved& m : outside)
            if (m.node == n) return m.how;
        return flow::none;
    };
    const hg::list<bool> body = hg::needed_of_body(d.g.view(), hg::scan_bodies(d.g.view()), scan);
    return hg::carried_states(hg::scan_parts(d.g, scan), body, around, passes);
}

}

TEST_CASE("a state is carried where what moves comes to it, in however many steps") {
    drawing d;
    const int body = d.begin(), start = d.leaf("start", number), x = d.leaf("x", {hg::make_shape(3), false});
    const int u = d.slice(body, 0);
    d.state(body, 0); // which nothing reads
    const int second = d.state(body, 1), still = d.state(body, 2);
    const int twice = d.add(still, still);
    const int scan = d.scan(body, {second, u, twice}, {start, start, start}, {x});
    SUBCASE("from a sequence") {
        const hg::carried_states found = carried(d, scan, {{x}});
        CHECK(found.carries(0));
        CHECK(found.carries(1));
        CHECK_FALSE(found.carries(2));
        CHECK(found.count() == 2);
        CHECK(found.place(1) == 1);
        CHECK(found.place(2) == -1);
        CHECK(found.moves(second));
        CHECK_FALSE(found.moves(twice));
    }
    SUBCASE("from what the states start with") {
        const hg::carried_states found = carried(d, scan, {{start}});
        CHECK(found.count() == 3);
        CHECK_FALSE(found.moves(u));
    }
    SUBCASE("from nowhere") { CHECK(carried(d, scan, {}).count() == 0); }
}

TEST_CASE("what the body reads around it moves a state, but not by an operand that has no derivative") {
    drawing d;
    const int body = d.begin(), start = d.leaf("start", number), limit = d.leaf("limit", number);
    const int h = d.state(body, 0), below = d.apply<ops::less>({h, limit});
    const int chosen = d.apply<ops::where>({below, d.literal(1), h});
    const int scaled = d.state(body, 1), next = d.multiply(scaled, limit);
    const int scan = d.scan(body, {chosen, next}, {start, start});
    const hg::carried_states found = carried(d, scan, {{limit}});
    CHECK_FALSE(found.carries(0));
    CHECK(found.carries(1));
    CHECK(found.place(1) == 0);
    const hg::carried_states by_any = carried(d, scan, {{limit}}, [](const hg::node&, int) { return true; });
    CHECK(by_any.carries(0));
    CHECK(by_any.moves(below));
}

TEST_CASE("a derivative differs between rows where a value does, and is the same again after a sum over them") {
    drawing d;
    const int body = d.begin(), start = d.leaf("start", number), scale = d.leaf("scale", number), x = d.leaf("x", row);
    const int one = d.state(body, 0), rows = d.state(body, 1, row), sum = d.state(body, 2);
    const int scaled = d.multiply(one, scale), moved_row = d.multiply(rows, scaled);
    const int total = d.batch_sum(moved_row);
    const int wide = d.whole(start, row);
    const int scan = d.scan(body, {scaled, moved_row, total}, {start, wide, start});
    const hg::carried_states of_scale = carried(d, scan, {{scale, flow::same}});
    CHECK(of_scale.of_state(0) == flow::same);
    CHECK(of_scale.of_state(1) == flow::of_rows);
    CHECK(of_scale.of_state(2) == flow::same);
    CHECK(of_scale.of(total) == flow::same);
    // Each row moves it in its own way, so all that it moves does.
    const hg::carried_states of_rows = carried(d, scan, {{scale, flow::of_rows}});
    CHECK(of_rows.of_state(0) == flow::of_rows);
    CHECK(of_rows.of_state(2) == flow::same);
    CHECK(carried(d, scan, {{x}}).count() == 0);
    CHECK(sum > 0);
}

TEST_CASE("a way may lead through the states of a scan within the body") {
    drawing d;
    const int outer = d.begin(), inner = d.begin(), start = d.leaf("start", number), weight = d.leaf("weight", number);
    const int h = d.state(outer, 0), still = d.state(outer, 1), other = d.state(outer, 2);
    const int a = d.state(inner, 0), b = d.state(inner, 1), idle = d.state(inner, 2);
    const int next_a = d.add(a, b), next_b = d.multiply(b, weight), next_idle = d.add(idle, idle);
    const int inner_scan = d.scan(inner, {next_a, next_b, next_idle}, {h, start, still});
    const int of_a = d.last(inner_scan, 0), of_idle = d.last(inner_scan, 2);
    const int steps_of_idle = d.stacked(inner_scan, next_idle), steps_of_a = d.stacked(inner_scan, a);
    const int next_other = d.apply<ops::sum>({steps_of_a}, ops::reduction_axes{0, 1, false});
    const int scan = d.scan(outer, {of_a, of_idle, next_other}, {start, start, start});
    SUBCASE("which reads what moves") {
        const hg::carried_states found = carried(d, scan, {{weight}});
        CHECK(found.carries(0));
        CHECK_FALSE(found.carries(1));
        CHECK(found.carries(2));
        CHECK(found.moves(of_a));
        CHECK(found.moves(steps_of_a));
        CHECK_FALSE(found.moves(steps_of_idle));
        CHECK_FALSE(found.moves(of_idle));
        CHECK_FALSE(found.moves(other));
    }
    SUBCASE("which starts with what moves") {
        const hg::carried_states found = carried(d, scan, {{start}});
        CHECK(found.count() == 3);
        CHECK(found.moves(of_idle));
    }
}
