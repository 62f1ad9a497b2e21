// The plan of memory: where values lie in the arena. No two that are alive at one time share a place, and places are
// used again. By hand, and on generated graphs.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "ir/graph_generator.hpp"
#include "ir/written_graph.hpp"
#include "schedule/schedule_checks.hpp"
#include "schedule/written_schedule.hpp"

namespace {

using namespace written;
using enum hg::storage_kind;

constexpr long rows = 3;

void lay_out(schedule& m) { hg::lay_out(hg::edit(m.s), rows); }
using offsets = std::vector<long>;
offsets offsets_of(schedule& m) {
    lay_out(m);
    offsets all;
    for (const hg::stored_value& v : m.s.values) all.push_back(v.offset);
    return all;
}

}

TEST_CASE("a chain of values takes two places in turn") {
    schedule m;
    int last = m.in_arena(16);
    m.group({}, {last});
    for (int i = 0; i < 4; ++i) {
        const int next = m.in_arena(16);
        m.group({last}, {next});
        last = next;
    }
    CHECK(offsets_of(m) == offsets{0, 16, 0, 16, 0});
    CHECK(m.s.arena == 32);
    CHECK(m.s.arena_without_reuse == 80);
}

TEST_CASE("places are whole cache lines, of as many rows as a call has at most") {
    schedule m;
    m.group({}, {m.in_arena(17), m.in_arena(1), m.in_arena(7, true), m.in_arena(16, true)});
    m.group({}, {m.in_arena(1)});
    CHECK(offsets_of(m) == offsets{0, 32, 48, 80, 128});
    CHECK(m.s.arena == 144);
}

TEST_CASE("what lies outside takes no place, nor does what nobody touches") {
    schedule m;
    const int x = m.value(fed, 16), w = m.value(parameter, 16), v = m.value(state, 16), unused = m.in_arena(16),
              a = m.in_arena(16);
    m.group({x, w, v}, {a});
    CHECK(offsets_of(m) == offsets{-1, -1, -1, -1, 0});
    CHECK(m.s.values[unused].first_use == -1);
}

TEST_CASE("what runs between two waits may run at once, so nothing of it shares a place") {
    schedule m;
    const int a = m.in_arena(16), b = m.in_arena(16), c = m.in_arena(16), d = m.in_arena(16);
    m.group({}, {a});
    m.group({a}, {b}); // waits
    m.group({}, {c});  // may run while the one before reads a
    m.group({c}, {d}); // waits
    CHECK(offsets_of(m) == offsets{0, 16, 32, 0});
}

TEST_CASE("results stay to the end, and so do numbers of the call, which are there from the beginning") {
    schedule m;
    const int a = m.in_arena(16), b = m.in_arena(16), c = m.in_arena(16), d = m.in_arena(16);
    const int number = m.value(uniform, 1);
    m.s.uniforms.push(number);
    m.result(a);
    m.group({}, {a});
    m.group({a}, {b});
    m.group({b, number}, {c});
    m.group({c}, {d});
    CHECK(offsets_of(m) == offsets{0, 32, 48, 32, 16}); // d where b was
    CHECK(m.s.values[number].first_use == 0);
    CHECK(m.s.values[number].last_use == m.s.values[a].last_use);
}

TEST_CASE("what runs once keeps its place while calls read it, and leaves it where they do not") {
    schedule m;
    const int made = m.in_arena(16), kept = m.in_arena(16), a = m.in_arena(16), b = m.in_arena(16), c = m.in_arena(16);
    m.group({}, {made});
    m.group({made}, {kept});
    m.s.groups[0].once = m.s.groups[1].once = true;
    m.group({kept}, {a});
    m.group({a}, {b});
    m.group({b}, {c});
    CHECK(offsets_of(m) == offsets{0, 16, 0, 32, 0}); // a and c where what nobody reads any more was
    CHECK(m.s.values[made].last_use == 0);
}

TEST_CASE("of the free places the smallest that is large enough is taken, and what is left of it is free") {
    schedule m;
    const int large = m.in_arena(64), between = m.in_arena(16), small = m.in_arena(16), all = m.in_arena(16),
              next = m.in_arena(16), more = m.in_arena(48), last = m.in_arena(16);
    m.result(between);
    m.group({}, {large, between, small});
    m.group({large, small}, {all});
    m.group({all}, {next, more, last});
    // 0 to 64 and 80 to 96 are free, and taken by what is next and what is more: then 16 are left.
    CHECK(offsets_of(m) == offsets{0, 64, 80, 96, 80, 0, 48});
}

TEST_CASE("free places that lie side by side become one, whichever is free first") {
    for (int first = 1; first < 7; ++first) { // as bits, which of the three are free before the others
        CAPTURE(first);
        schedule m;
        int parts[3];
        for (int& part : parts) part = m.in_arena(16);
        const int end = m.in_arena(16), large = m.in_arena(64), larger = m.in_arena(64), whole = m.in_arena(48);
        m.result(end);
        std::vector<int> read{}, read_later{large};
        for (int i = 0; i < 3; ++i) ((first >> i & 1) != 0 ? read : read_later).push_back(parts[i]);
        m.group({}, {parts[0], parts[1], parts[2], end});
        m.group(read, {large});
        m.group(read_later, {larger});
        m.group({larger}, {whole});
        CHECK(offsets_of(m)[6] == 0);
    }
}

TEST_CASE("a program's arena is laid out for its rows") {
    graph m;
    const auto x = m.input("x", make_shape(3)), w = m.parameter("w", make_shape(3, 3));
    auto chain = x;
    for (int i = 0; i < 6; ++i) chain = tanh(matmul(w, chain));
    m.ask_for(chain);
    for (const long most : {1L, 8L, 100L}) {
        const hg::schedule_builder s = hg::plan(m.g.view(), most);
        const long one = (3 * most + 15) / 16 * 16;
        CHECK(s.arena == 2 * one);
        CHECK(s.arena_without_reuse == 6 * one);
    }
}

TEST_CASE("generated graphs: no place is shared by two values that are alive, and few are wasted") {
    double arena_of_all = 0, without_reuse = 0, alive_at_most = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        CAPTURE(seed);
        const hg::graph_builder whole =
            fuzz::generate_with_gradients(seed, {.steps = 30, .products = true, .constants = true});
        const hg::graph_builder last = hg::run_passes(whole.view());
        const hg::schedule_builder s = hg::plan(last.view(), rows);
        REQUIRE(fuzz::schedule_checks(last.view(), s.view(), rows).run() == "");
        int end = 0;
        for (const hg::stored_value& v : s.values) end = std::max(end, v.last_use);
        long most = 0;
        for (int time = 0; time <= end; ++time) {
            long alive = 0;
            for (const hg::stored_value& v : s.values)
                if (v.offset >= 0 && v.first_use <= time && time <= v.last_use)
                    alive += (v.type.extents.size() * (v.type.batched ? rows : 1) + 15) / 16 * 16;
            most = std::max(most, alive);
        }
        CHECK(s.arena >= most);
        CHECK(s.arena <= s.arena_without_reuse);
        arena_of_all += static_cast<double>(s.arena);
        without_reuse += static_cast<double>(s.arena_without_reuse);
        alive_at_most += static_cast<double>(most);
    }
    MESSAGE("of what lies there without reuse " << arena_of_all / without_reuse << ", of the least possible "
                                                << arena_of_all / alive_at_most);
    CHECK(arena_of_all < 0.5 * without_reuse);
    CHECK(arena_of_all < 1.05 * alive_at_most);
}
