// Of which states every k-th is kept, on small graphs built by hand: those that hg::keep_every<k> asks for, where the
// scan that reads them can do the steps between them again, and all where it cannot.
#include "passes/kept_scans.hpp"

#include <hourglass/passes/kept_states.hpp>

#include <doctest/doctest.h>

using namespace scan_graphs;

namespace {

int every(const drawing& d, int n) {
    const hg::scan_bodies bodies(d.g.view());
    return hg::kept_states(d.g.view(), bodies).every(n);
}

// The first scan, whose states a test reads as it likes.
struct begun : there {
    int first = scan(forward, {next}, {start}, {xs}, 6), before = stacked_every(4, first, h), back = begin();

    // A scan that reads a sequence step by step, in the other direction.
    int reader(int body, int of, bool backwards = true) {
        const int d = state(body, 0), next_d = multiply(d, slice(body, 0));
        const int made = scan(body, {next_d}, {start}, {of}, 6);
        if (backwards) turn_round(made);
        return made;
    }
};

}

TEST_CASE("states that only a scan in the other direction reads, step by step, are kept as asked for") {
    const there_and_back d;
    CHECK(every(d, d.before) == 4);
    for (const int other : {d.h, d.next, d.first, d.second, d.out, d.xs}) CHECK(every(d, other) == 0);
}

TEST_CASE("two scans may read them") {
    begun d;
    const int other = d.begin();
    d.reader(d.back, d.before);
    d.reader(other, d.before);
    CHECK(every(d, d.before) == 4);
}

TEST_CASE("all are kept where nothing else was asked for") {
    begun d;
    const int whole = d.stacked(d.first, d.h);
    d.reader(d.back, whole);
    CHECK(every(d, whole) == 0);
}

TEST_CASE("the direction of the scans does not matter, only that they differ") {
    begun d;
    d.turn_round(d.first);
    SUBCASE("one forwards over one backwards") {
        d.reader(d.back, d.before, false);
        CHECK(every(d, d.before) == 4);
    }
    SUBCASE("both backwards") {
        d.reader(d.back, d.before);
        CHECK(every(d, d.before) == 0);
    }
}

TEST_CASE("all are kept where something else reads them") {
    begun d;
    const int reader = d.reader(d.back, d.before), other = d.begin();
    REQUIRE(every(d, d.before) == 4);
    SUBCASE("a scan in the same direction") { d.reader(other, d.before, false); }
    SUBCASE("what reads all of them at once") { d.multiply(d.before, d.before); }
    SUBCASE("a result") { d.g.roots.push({hg::root_kind::value, -1, d.before}); }
    SUBCASE("a scan that starts from them") {
        const int e = d.state(other, 0, d.sequence), next_e = d.multiply(e, e);
        d.turn_round(d.scan(other, {next_e}, {d.before}, {}, 6));
    }
    SUBCASE("a scan for each of whose steps all of them are there") {
        const int e = d.state(other, 0, d.sequence), next_e = d.multiply(e, d.before);
        d.turn_round(d.scan(other, {next_e}, {d.xs}, {}, 6));
    }
    CHECK(reader > d.before);
    CHECK(every(d, d.before) == 0);
}

TEST_CASE("all are kept where the reading scan stands in a body and the first one does not") {
    begun d;
    const int inner = d.begin(), e = d.state(d.back, 0), f = d.state(inner, 0);
    const int next_f = d.multiply(d.multiply(f, e), d.slice(inner, 0)),
              scan = d.scan(inner, {next_f}, {e}, {d.before}, 6);
    d.turn_round(scan);
    d.scan(d.back, {d.last(scan, 0)}, {d.start}, {}, 6);
    CHECK(every(d, d.before) == 0);
}

TEST_CASE("all are kept where a step reads a state that is not restored") {
    there d;
    const int other = d.state(d.forward, 1), next_other = d.multiply(other, d.h), back = d.begin();
    const int read = d.slice(back, 0), read_too = d.slice(back, 1), e = d.state(back, 0);
    const int first = d.scan(d.forward, {d.add(d.next, other), next_other}, {d.start, d.start}, {d.xs}, 6);
    const int before = d.stacked_every(4, first, d.h);
    SUBCASE("one state of two") {
        d.turn_round(d.scan(back, {d.multiply(e, read)}, {d.start}, {before}, 6));
        CHECK(every(d, before) == 0);
    }
    SUBCASE("both of two") {
        const int before_other = d.stacked_every(4, first, other);
        d.turn_round(d.scan(back, {d.multiply(e, d.add(read, read_too))}, {d.start}, {before, before_other}, 6));
        CHECK(every(d, before) == 4);
        CHECK(every(d, before_other) == 4);
    }
    SUBCASE("both of two, one of which has another reader") {
        const int before_other = d.stacked_every(4, first, other);
        d.turn_round(d.scan(back, {d.multiply(e, d.add(read, read_too))}, {d.start}, {before, before_other}, 6));
        d.g.roots.push({hg::root_kind::value, -1, before_other});
        CHECK(every(d, before) == 0);
        CHECK(every(d, before_other) == 0);
    }
}

TEST_CASE("a state that no step reads need not be restored, nor need sequences") {
    there d;
    d.state(d.forward, 1); // which nothing reads
    const int other = d.slice(d.forward, 1), back = d.begin();
    const int first = d.scan(d.forward, {d.next, d.multiply(d.h, other)}, {d.start, d.start}, {d.xs, d.xs}, 6);
    const int before = d.stacked_every(4, first, d.h);
    const int e = d.state(back, 0), next_e = d.multiply(e, d.slice(back, 0));
    d.turn_round(d.scan(back, {next_e}, {d.start}, {before}, 6));
    CHECK(every(d, before) == 4);
}

TEST_CASE("what is decided of one scan does not hold for another") {
    begun d;
    const int other = d.begin(), g = d.state(other, 0), next_g = d.multiply(g, g);
    const int third = d.scan(other, {next_g}, {d.start}, {}, 6), others = d.stacked_every(3, third, g);
    d.g.roots.push({hg::root_kind::value, -1, others});
    d.reader(d.back, d.before);
    CHECK(every(d, d.before) == 4);
    CHECK(every(d, others) == 0);
}

TEST_CASE("all are kept where what is stacked is no state, but computed in a step") {
    begun d;
    d.reader(d.back, d.before);
    REQUIRE(every(d, d.before) == 4);
    const int computed = d.stacked_every(4, d.first, d.next);
    CHECK(every(d, computed) == 0);
    CHECK(every(d, d.before) == 0);
}

TEST_CASE("a scan that reads states of two scans has both whole") {
    begun d;
    const int other = d.begin(), g = d.state(other, 0), next_g = d.multiply(g, g);
    const int third = d.scan(other, {next_g}, {d.start}, {}, 6);
    const int read = d.slice(d.back, 0), read_too = d.slice(d.back, 1), e = d.state(d.back, 0);
    const int next_e = d.multiply(e, d.add(read, read_too));
    SUBCASE("which need not be whole") {
        const int others = d.stacked_every(4, third, g);
        d.turn_round(d.scan(d.back, {next_e}, {d.start}, {d.before, others}, 6));
        CHECK(every(d, d.before) == 0);
        CHECK(every(d, others) == 0);
    }
    SUBCASE("unless those of one are whole anyway") {
        const int others = d.stacked(third, g);
        d.turn_round(d.scan(d.back, {next_e}, {d.start}, {d.before, others}, 6));
        CHECK(every(d, d.before) == 4);
        CHECK(every(d, others) == 0);
    }
}
