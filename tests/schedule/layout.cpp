// The layout of schedules: who waits for whom, which product finds its operand packed, and which groups one kernel
// serves. Where values lie is tested in schedule/plan_memory.cpp.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "ir/written_graph.hpp"
#include "schedule/written_schedule.hpp"

namespace {

using namespace written;
using enum hg::storage_kind;

// Before which groups the threads wait.
std::vector<int> waits_of(schedule& m) {
    hg::find_waits(hg::edit(m.s));
    std::vector<int> waits;
    for (int g = 0; g < m.s.groups.size(); ++g)
        if (m.s.groups[g].wait_before) waits.push_back(g);
    return waits;
}
using groups = std::vector<int>;

}

TEST_CASE("who reads what another group made waits, once") {
    schedule m;
    const int x = m.value(fed, 4), a = m.in_arena(4), b = m.in_arena(4), c = m.in_arena(4);
    m.group({x}, {a});
    m.group({x}, {b});   // of nobody
    m.group({a}, {c});   // of the first
    m.group({a, b}, {}); // of those before the wait
    m.group({x, c}, {}); // of the third, after it
    CHECK(waits_of(m) == groups{2, 4});
}

TEST_CASE("who writes what others read or wrote waits, and who reads what others read does not") {
    schedule m;
    const int w = m.value(parameter, 4), a = m.in_arena(4), b = m.in_arena(4);
    m.group({w}, {a});
    m.group({w}, {b});
    m.group({}, {w});
    CHECK(waits_of(m) == groups{2});

    schedule again;
    const int twice = again.in_arena(4);
    again.group({}, {twice});
    again.group({}, {twice});
    CHECK(waits_of(again) == groups{1});
}

TEST_CASE("loads, both operands of a product and what its epilogue loads are waited for; its own tile is not") {
    for (int which = 0; which < 4; ++which) {
        CAPTURE(which);
        schedule m;
        const int x = m.value(fed, 12), a = m.in_arena(12), b = m.in_arena(12);
        m.group({x}, {a});
        if (which == 0) m.pass({x, a}, {b});
        if (which == 1) m.product(a, x, {}, {b});
        if (which == 2) m.product(x, a, {}, {b});
        if (which == 3) m.product(x, x, {a}, {b});
        m.product(x, x, {}, {});
        CHECK(waits_of(m) == groups{1});
    }
}

TEST_CASE("what runs once waits for nobody, and nobody waits for it") {
    schedule m;
    const int a = m.in_arena(4), b = m.in_arena(4), c = m.in_arena(4);
    for (const int made : {m.group({}, {a}), m.group({a}, {b})}) m.s.groups[made].once = true;
    m.group({b}, {c});
    CHECK(waits_of(m) == groups{});
}

namespace {

// Whether the second of two products finds its left operand packed, after `change` of either.
bool is_packed(auto change) {
    schedule m;
    const int x = m.value(fed, 12), w = m.value(parameter, 9);
    m.product(x, w, {}, {m.in_arena(12)});
    m.product(x, w, {}, {m.in_arena(12)});
    change(m, m.s.groups[0], m.s.groups[1]);
    hg::find_packed(hg::edit(m.s));
    CHECK_FALSE(m.s.groups[0].product.left_is_packed);
    return m.s.groups.back().product.left_is_packed;
}
// The same where the second product is changed.
bool is_packed_after(auto change) {
    return is_packed([&](schedule&, hg::schedule_group&, hg::schedule_group& second) { change(second.product); });
}

}

TEST_CASE("of two products in a row with one left operand, it is packed once") {
    CHECK(is_packed([](auto&&...) {}));
    CHECK(is_packed_after([](hg::product_plan& p) { p.right = 0; }));
    CHECK_FALSE(is_packed_after([](hg::product_plan& p) { p.left = 1; }));
    CHECK_FALSE(is_packed_after([](hg::product_plan& p) { p.m = 3; }));
    CHECK_FALSE(is_packed_after([](hg::product_plan& p) { p.k = 4; }));
    CHECK_FALSE(is_packed_after([](hg::product_plan& p) { p.left_row = 1; }));
    CHECK_FALSE(is_packed_after([](hg::product_plan& p) { p.left_column = 4; }));
    CHECK_FALSE(is_packed_after([](hg::product_plan& p) { p.rows_in_m = true; }));
    CHECK_FALSE(is_packed([](auto&, auto& first, auto& second) { // their right operands are packed
        first.product.rows_in_k = second.product.rows_in_k = true;
    }));
}

TEST_CASE("what may be written between two products is packed for each") {
    for (const hg::storage_kind storage : {parameter, state})
        CHECK_FALSE(is_packed([&](schedule& m, auto&, auto&) { m.s.values[0].storage = storage; }));
    CHECK(is_packed([&](schedule& m, auto&, auto&) { m.s.values[0].storage = arena; }));
}

TEST_CASE("products of each row, those that run once and other groups lie outside of the order in which operands are "
          "packed") {
    const auto with_between = [](auto change) {
        return is_packed([&](schedule& m, auto&, hg::schedule_group& second) {
            const hg::schedule_group last = second;
            second.product.left = 1;
            change(second);
            m.s.groups.push(last);
        });
    };
    CHECK_FALSE(with_between([](hg::schedule_group&) {}));
    CHECK(with_between([](hg::schedule_group& g) { g.product.per_row = true; }));
    CHECK(with_between([](hg::schedule_group& g) { g.once = true; }));
    CHECK(with_between([](hg::schedule_group& g) { g.kind = hg::group_kind::loop; }));
}

namespace {

// Two groups of each kind, equal but for where their data lies.
struct pairs : graph {
    hg::schedule_builder s;
    hg::handle first[7], second[7];

    pairs() {
        const auto x = input("x", make_shape(3, 4)), y = input("y", make_shape(3, 4));
        // Both sums are made first, since which operand of + is evaluated first is the compiler's choice.
        const hg::handle sum_of_x = sum_to_number(x), sum_of_y = sum_to_number(y);
        first[0] = tanh(x) * 2.0 + sum_of_x;
        const auto turned = [&](hg::handle a) { return apply<ops::transpose>({}, a); };
        first[1] = turned(first[0]);
        second[1] = turned(y);
        second[0] = tanh(turned(first[1])) * 2.0 + sum_of_y;
        first[2] = sum_over_rows(x);
        second[2] = sum_over_rows(y);
        const auto v = parameter("v", make_shape(5, 3)), w = parameter("w", make_shape(5, 3));
        first[3] = apply<ops::matmul>({}, v, x) * 3.0;
        second[3] = apply<ops::matmul>({}, w, y) * 3.0;
        const auto a = argument("a", make_shape(3, 3)), b = argument("b", make_shape(3, 3));
        first[4] = apply<ops::band>(ops::kept_diagonals{0, 2}, a);
        second[4] = apply<ops::band>(ops::kept_diagonals{0, 2}, b);
        first[5] = leaf<ops::noise>("first", {make_shape(4), true}, ops::noise_source{});
        second[5] = leaf<ops::noise>("second", {make_shape(4), true}, ops::noise_source{});
        first[6] = sum_over(square(first[2]), 0, 2);
        second[6] = sum_over(square(sum_over_rows(x * first[6])), 0, 2); // after the first
        for (int i = 0; i < 7; ++i) ask_for(first[i]), ask_for(second[i]);
        s = hg::plan(g.view(), 8);
    }
    // A column of the domain of `first` and `second`, so that the pair has loads of two strides.
    hg::handle sum_to_number(hg::handle x) { return reshaped(sum_over(sum_over_rows(x), 1, 2), make_shape(3, 1)); }

    // The group that computes a node.
    int group(hg::handle x) const {
        for (int i = 0; i < s.groups.size(); ++i) {
            if (s.groups[i].node == x.index) return i;
            for (int m = 0; m < s.groups[i].instruction_count; ++m)
                if (s.instructions[s.groups[i].first_instruction + m].node == x.index) return i;
        }
        return -1;
    }
    bool are_one_kernel(int a, int b) {
        hg::find_representatives(hg::edit(s), g.view());
        return s.groups[a].representative == s.groups[b].representative;
    }
    bool are_one_kernel(int pair) { return are_one_kernel(group(first[pair]), group(second[pair])); }
};
// Whether the second of a pair has a kernel of its own once something is another.
bool differs(int pair, auto change) {
    pairs m;
    REQUIRE(m.are_one_kernel(pair));
    // They are looked up before: a change may be that a group has lost the instruction by which it is found.
    const int first = m.group(m.first[pair]), second = m.group(m.second[pair]);
    change(m.s, const_cast<hg::schedule_group&>(m.s.groups[second]));
    return !m.are_one_kernel(first, second);
}

}

TEST_CASE("groups of equal structure have one kernel, whose number is the first one's") {
    pairs m;
    for (int i = 0; i < 7; ++i) {
        CAPTURE(i);
        CHECK(m.group(m.first[i]) != m.group(m.second[i]));
        CHECK(m.are_one_kernel(i));
    }
    std::vector<int> kernels;
    for (int g = 0; g < m.s.groups.size(); ++g) {
        const int r = m.s.groups[g].representative;
        CHECK(r <= g);
        CHECK(m.s.groups[r].representative == r);
        CHECK(m.s.groups[r].kind == m.s.groups[g].kind);
    }
    for (int i = 0; i < 7; ++i)
        for (int j = 0; j < i; ++j)
            CHECK(m.s.groups[m.group(m.first[i])].representative != m.s.groups[m.group(m.first[j])].representative);
}

TEST_CASE("a fused group's kernel depends on its domain, its instructions and how they are connected") {
    using S = hg::schedule_builder;
    using G = hg::schedule_group;
    CHECK(differs(0, [](S&, G& g) { g.kind = hg::group_kind::product; }));
    CHECK(differs(0, [](S&, G& g) { g.domain.batched = !g.domain.batched; }));
    CHECK(differs(0, [](S&, G& g) { ++g.dimensions; }));
    CHECK(differs(0, [](S&, G& g) { ++g.extents[0]; }));
    CHECK(differs(0, [](S&, G& g) { ++g.extents[g.dimensions - 1]; }));
    CHECK(differs(0, [](S&, G& g) { g.reduces = !g.reduces; }));
    CHECK(differs(0, [](S& s, G& g) { ++s.loads[g.first_load].strides[0]; }));
    CHECK(differs(0, [](S& s, G& g) { ++s.loads[g.first_load + 1].strides[g.dimensions - 1]; }));
    CHECK(differs(0, [](S& s, G& g) { s.loads[g.first_load].tile = true; }));
    CHECK(differs(0, [](S&, G& g) { --g.load_count; }));
    CHECK(differs(0, [](S& s, G& g) { s.instructions[g.first_instruction].op = &hg::record<ops::sin>; }));
    CHECK(differs(0, [](S&, G& g) { --g.instruction_count; }));
    CHECK(differs(0, [](S& s, G& g) { s.stores[g.first_store].instruction = 0; }));
    CHECK(differs(0, [](S&, G& g) { --g.store_count; }));
    const auto input_of = [](S& s, G& g, hg::instruction_input::source from) -> hg::instruction_input& {
        int i = s.instructions[g.first_instruction].first_input;
        while (s.instruction_inputs[i].from != from) ++i;
        return s.instruction_inputs[i];
    };
    CHECK(differs(0, [&](S& s, G& g) { input_of(s, g, hg::instruction_input::source::constant).number = 2.5; }));
    CHECK(differs(0, [&](S& s, G& g) { ++input_of(s, g, hg::instruction_input::source::load).index; }));
    CHECK(differs(0, [&](S& s, G& g) {
        input_of(s, g, hg::instruction_input::source::instruction).from = hg::instruction_input::source::load;
    }));
    CHECK(differs(6, [](S& s, G& g) { s.instructions[g.first_instruction + 1].op = &hg::record<ops::max_over>; }));
}

TEST_CASE("a product's kernel depends on its extents and strides too") {
    using P = hg::product_plan;
    const auto differs_by = [](auto change) {
        return differs(3, [&](hg::schedule_builder&, hg::schedule_group& g) { change(g.product); });
    };
    for (long P::*extent : {&P::m, &P::n, &P::k, &P::left_row, &P::left_column, &P::left_batch, &P::right_row,
                            &P::right_column, &P::right_batch})
        CHECK(differs_by([&](P& p) { ++(p.*extent); }));
    for (bool P::*fact : {&P::rows_in_m, &P::rows_in_k, &P::per_row, &P::summed})
        CHECK(differs_by([&](P& p) { p.*fact = !(p.*fact); }));
    CHECK_FALSE(differs_by([](P& p) { std::swap(p.left, p.right); })); // where the operands lie
}

TEST_CASE("what one operation makes of whole values has a kernel for each operation") {
    for (const int pair : {1, 2, 4}) {
        CAPTURE(pair);
        CHECK(differs(pair, [](hg::schedule_builder&, hg::schedule_group& g) {
            using enum hg::group_kind;
            g.kind = g.kind == loop ? movement : loop;
        }));
        pairs m;
        const int node = m.group(m.second[pair]);
        m.g.nodes[m.s.groups[node].node].op = &hg::record<ops::gather>;
        CHECK_FALSE(m.are_one_kernel(pair));
    }
}

TEST_CASE("where data lies, and when a group runs, makes no other kernel") {
    for (int pair = 0; pair < 7; ++pair) {
        CAPTURE(pair);
        CHECK_FALSE(differs(pair, [](hg::schedule_builder& s, hg::schedule_group& g) {
            g.tail = g.once = g.wait_before = true;
            if (g.store_count > 0) s.stores[g.first_store].value = 0;
            if (hg::keeps_registers(g.kind))
                for (int i = 0; i < g.load_count; ++i) s.loads[g.first_load + i].value = 0;
            else
                for (int i = 0; i < g.load_count; ++i) s.operands[g.first_load + i] = 0;
        }));
    }
}

TEST_CASE("each scan has a runner of its own") {
    graph m;
    const auto x = m.input("x", make_shape(5));
    for (const int scan : {0, 1, 0}) {
        const auto call = m.apply<ops::scan_call>(ops::called_scan{scan}, x);
        m.ask_for(m.at(m.g.push_leaf(&hg::record<ops::scan_value>, -1, {make_shape(5), true},
                                     ops::scan_output{scan, 0, call.index})));
    }
    const hg::schedule_builder s = hg::plan(m.g.view(), 8);
    REQUIRE(s.groups.size() == 3);
    CHECK(s.groups[1].representative == 1);
    CHECK(s.groups[2].representative == 0);
}
