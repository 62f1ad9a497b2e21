// The plan: what each group loads, computes and stores, on graphs written by hand. Who waits is tested in
// schedule/layout.cpp, where values lie in schedule/plan_memory.cpp.
#include <doctest/doctest.h>

#include "schedule/planned_graph.hpp"

namespace {

using namespace written;
using enum hg::storage_kind;
using from = hg::instruction_input::source;

bool is_load(const hg::instruction_input& w, int i) { return w.from == from::load && w.index == i; }
bool is_member(const hg::instruction_input& w, int i) { return w.from == from::instruction && w.index == i; }

}

TEST_CASE("a value lies where its node says: what is given, parameters, states, numbers of the call, the arena") {
    graph m;
    const auto x = m.input("x", make_shape(3)), w = m.parameter("w", make_shape(3)),
               mean = m.leaf<ops::state>("mean", {make_shape(3), false}), rate = m.scalar("rate"), share = 1 / x.rows(),
               out = x * w * mean * rate * share;
    m.ask_for(out);
    const planned p(m);
    CHECK(p.storage(x) == fed);
    CHECK(p.storage(w) == parameter);
    CHECK(p.storage(mean) == state);
    CHECK(p.storage(rate) == uniform);
    CHECK(p.storage(share) == uniform);
    CHECK(p.storage(out) == arena);
    CHECK(p.s.values.size() == 6);
    const hg::stored_value& of_w = p.s.values[p.value(w)];
    CHECK(m.g.name(of_w.name) == "w");
    CHECK(of_w.type == hg::value_type{make_shape(3), false});
    for (int v = 1; v < p.s.values.size(); ++v) CHECK(p.s.values[v - 1].node < p.s.values[v].node);
}

TEST_CASE("numbers of the call are computed in their order, those that are read from memory have a value") {
    graph m;
    const auto x = m.input("x", make_shape(3)), rate = m.scalar("rate"), both = rate * x.rows(), more = both + 2.0,
               view = m.reshaped(more, make_shape(1));
    m.ask_for(x + view);
    const planned p(m);
    const numbers in_order(p.s.numbers.begin(), p.s.numbers.end());
    CHECK(in_order == numbers{rate.index, rate.index + 1, both.index, more.index - 1, more.index});
    const numbers from_memory(p.s.uniforms.begin(), p.s.uniforms.end());
    CHECK(from_memory == p.values({more}));
}

TEST_CASE("parameters and states have a value though nobody reads them, other leaves have none") {
    graph m;
    const auto x = m.input("x", make_shape(3)), unread = m.input("unread"), w = m.parameter("w"),
               s = m.leaf<ops::state>("s", {}), out = tanh(x);
    m.ask_for(out);
    const planned p(m);
    CHECK(p.value(unread) == -1);
    CHECK(p.storage(w) == parameter);
    CHECK(p.storage(s) == state);
}

TEST_CASE("what is read by its own group only has no value; instructions come in order, connected to each other") {
    graph m;
    const auto x = m.input("x", make_shape(3)), y = m.input("y", make_shape(3)), a = tanh(x), b = a * y, c = b - y,
               out = c + 2.0;
    m.ask_for(out);
    const planned p(m);
    REQUIRE(p.s.groups.size() == 1);
    const hg::schedule_group& g = p.s.groups[0];
    CHECK(p.members_of(g) == nodes({a, b, c, out}));
    CHECK(p.loaded_by(g) == p.values({x, y}));
    CHECK(p.instruction_at(g, 1).op == &hg::record<ops::multiply>);
    CHECK(p.instruction_at(g, 1).operand_count == 2);
    CHECK(is_load(p.instruction_input(g, 0, 0), 0));
    CHECK(is_member(p.instruction_input(g, 1, 0), 0));
    CHECK(is_load(p.instruction_input(g, 1, 1), 1));
    CHECK(is_member(p.instruction_input(g, 2, 0), 1));
    CHECK(is_load(p.instruction_input(g, 2, 1), 1));
    CHECK(is_member(p.instruction_input(g, 3, 0), 2));
    CHECK(p.instruction_input(g, 3, 1).from == from::constant);
    CHECK(p.instruction_input(g, 3, 1).number == 2);
    CHECK(p.values({a, b, c}) == numbers{-1, -1, -1});
    CHECK(p.stored_by(g) == numbers{3, p.value(out)});
    CHECK(g.node == -1);
    CHECK(g.operand == -1);
}

TEST_CASE("an instruction that is asked for is stored too, and read from its register all the same") {
    graph m;
    const auto x = m.input("x", make_shape(3)), a = tanh(x), b = sin(a);
    m.ask_for(b);
    m.ask_for(a);
    const planned p(m);
    REQUIRE(p.s.groups.size() == 1);
    const hg::schedule_group& g = p.s.groups[0];
    CHECK(p.loaded_by(g) == p.values({x}));
    CHECK(is_member(p.instruction_input(g, 1, 0), 0));
    CHECK(p.stored_by(g) == numbers{0, p.value(a), 1, p.value(b)});
}

TEST_CASE("a group loads a value once for each way of walking through it, another group loads it anew") {
    graph m;
    const auto w = m.argument("w", make_shape(3)), column = m.reshaped(w, make_shape(3, 1)), table = column + w,
               more = table + w, total = m.sum_over(more, 0, 1), last = total * w;
    m.ask_for(last);
    const planned p(m);
    const hg::schedule_group &of_table = p.of(table), &of_last = p.of(last);
    CHECK(p.members_of(of_table) == nodes({table, more}));
    CHECK(p.loaded_by(of_table) == p.values({w, w}));
    CHECK(p.strides(of_table, 0) == numbers{1, 0});
    CHECK(p.strides(of_table, 1) == numbers{0, 1});
    CHECK(is_load(p.instruction_input(of_table, 1, 1), 1));
    CHECK(p.loaded_by(of_last) == p.values({total, w}));
    CHECK(is_load(p.instruction_input(of_last, 0, 1), 1));
}

TEST_CASE("strides stand still where an operand is repeated; axes that all walk alike are one dimension") {
    graph m;
    const auto x = m.input("x", make_shape(2, 3, 4)), row = m.argument("row", make_shape(3, 4)),
               column = m.argument("column", make_shape(2, 1, 1)), rate = m.scalar("rate"),
               out = x * row * column * rate;
    m.ask_for(out);
    const planned p(m);
    const hg::schedule_group& g = p.of(out);
    CHECK(g.domain == hg::value_type{make_shape(2, 3, 4), true});
    CHECK(extents_of(g) == numbers{1, 2, 12}); // the first by the rows of the call
    CHECK(p.loaded_by(g) == p.values({x, row, column, rate}));
    CHECK(p.strides(g, 0) == numbers{24, 12, 1});
    CHECK(p.strides(g, 1) == numbers{0, 0, 1});
    CHECK(p.strides(g, 2) == numbers{0, 1, 0});
    CHECK(p.strides(g, 3) == numbers{0, 0, 0});
}

TEST_CASE("where all walk through everything alike there is one dimension, of a number there is one of one element") {
    graph m;
    const auto x = m.input("x", make_shape(2, 3)), out = tanh(x), number = m.parameter("number"), one = tanh(number);
    m.ask_for(out);
    m.ask_for(one);
    const planned p(m);
    CHECK(extents_of(p.of(out)) == numbers{6});
    CHECK(extents_of(p.of(one)) == numbers{1});
}

TEST_CASE("a sum over last axes is an instruction, and its axes are the last dimension") {
    graph m;
    const auto x = m.input("x", make_shape(2, 3)), a = tanh(x);
    SUBCASE("over one axis of two") {
        const auto total = m.sum_over(a, 1, 2);
        m.ask_for(total);
        const planned p(m);
        const hg::schedule_group& g = p.of(total);
        CHECK(p.members_of(g) == nodes({a, total}));
        CHECK(g.reduces);
        CHECK(extents_of(g) == numbers{2, 3}); // rows of the call and the first axis are one
        CHECK(p.stored_by(g) == numbers{1, p.value(total)});
        CHECK(g.domain == hg::value_type{make_shape(2, 3), true});
    }
    SUBCASE("over all") {
        const auto total = m.sum_over(a, 0, 2);
        m.ask_for(total);
        CHECK(extents_of(planned(m).of(total)) == numbers{1, 6});
    }
    SUBCASE("over all of what has no rows") {
        const auto total = m.sum_over(m.argument("y", make_shape(2, 3)), 0, 2);
        m.ask_for(total);
        const planned p(m);
        CHECK(extents_of(p.of(total)) == numbers{1, 6});
        CHECK(p.strides(p.of(total), 0) == numbers{0, 1});
    }
    SUBCASE("none: the group sums nothing") {
        m.ask_for(a);
        CHECK_FALSE(planned(m).of(a).reduces);
    }
}

TEST_CASE("a product's tile is its first load, from which its instructions go on") {
    graph m;
    const auto w = m.parameter("w", make_shape(4, 3)), x = m.input("x", make_shape(3)),
               bias = m.parameter("bias", make_shape(4)), product = matmul(w, x), sum = product + bias,
               out = sum * product;
    m.ask_for(out);
    const planned p(m);
    REQUIRE(p.s.groups.size() == 1);
    const hg::schedule_group& g = p.s.groups[0];
    CHECK(g.kind == hg::group_kind::product);
    CHECK(g.node == product.index);
    CHECK(p.members_of(g) == nodes({sum, out}));
    CHECK(p.load(g, 0).tile);
    CHECK_FALSE(p.load(g, 1).tile);
    CHECK(p.loaded_by(g) == numbers{-1, p.value(bias)});
    CHECK(is_load(p.instruction_input(g, 0, 0), 0));
    CHECK(is_load(p.instruction_input(g, 0, 1), 1));
    CHECK(is_member(p.instruction_input(g, 1, 0), 0));
    CHECK(is_load(p.instruction_input(g, 1, 1), 0));
    CHECK(numbers{g.product.left, g.product.right} == p.values({x, w}));
    CHECK(g.dimensions == 2);
    CHECK(g.extents[1] == 4);
    CHECK(p.strides(g, 1) == numbers{0, 1});
    CHECK(p.value(product) == -1);
    CHECK(p.stored_by(g) == numbers{1, p.value(out)});
}

TEST_CASE("a product that is read elsewhere is stored itself, before its instructions") {
    graph m;
    const auto w = m.parameter("w", make_shape(4, 3)), x = m.input("x", make_shape(3)), product = matmul(w, x),
               out = tanh(product);
    m.ask_for(out);
    m.ask_for(product);
    const planned p(m);
    CHECK(p.stored_by(p.of(product)) == numbers{-1, p.value(product), 0, p.value(out)});
}

TEST_CASE("what one node makes of whole values reads them as operands, and stores its own") {
    graph m;
    const auto x = m.input("x", make_shape(3)), y = m.input("y", make_shape(2)),
               joined = m.apply<ops::concatenate>(ops::joined_axis{0}, x, y), total = m.sum_over_rows(x);
    m.ask_for(joined);
    m.ask_for(total);
    const planned p(m);
    const hg::schedule_group &of_joined = p.of(joined), &of_total = p.of(total);
    CHECK(p.read_whole_by(of_joined) == p.values({x, y}));
    CHECK(of_joined.operand == p.value(x));
    CHECK(p.read_whole_by(of_total) == p.values({x}));
    CHECK(p.stored_by(of_joined) == numbers{-1, p.value(joined)});
    CHECK(p.stored_by(of_total) == numbers{-1, p.value(total)});
    for (const hg::schedule_group* g : {&of_joined, &of_total}) CHECK(g->instruction_count == 0);
    CHECK(p.s.loads.empty());
}

TEST_CASE("noise reads nothing, and the results of a scan are stored by its group") {
    graph m;
    const auto x = m.input("x", make_shape(5)), noise = m.leaf<ops::noise>("noise", {make_shape(5), true}),
               call = m.apply<ops::scan_call>(ops::called_scan{0}, x);
    const auto result = [&](int i) {
        return m.at(
            m.g.push_leaf(&hg::record<ops::scan_value>, -1, {make_shape(5), true}, ops::scan_output{0, i, call.index}));
    };
    const auto first = result(0), second = result(1);
    for (const auto n : {noise, first, second}) m.ask_for(n);
    const planned p(m);
    CHECK(p.of(noise).load_count == 0);
    CHECK(p.stored_by(p.of(noise)) == numbers{-1, p.value(noise)});
    CHECK(p.read_whole_by(p.of(call)) == p.values({x}));
    CHECK(p.stored_by(p.of(call)) == numbers{-1, p.value(first), -1, p.value(second)});
    CHECK(p.value(call) == -1);
}

TEST_CASE("what is read through a reshape is one value, and a result that is one too") {
    graph m;
    const auto x = m.input("x", make_shape(2, 3)), a = tanh(x), flat = m.reshaped(a, make_shape(6)), out = sin(flat);
    m.ask_for(out);
    m.ask_for(flat);
    const planned p(m);
    CHECK(p.value(flat) == -1);
    CHECK(p.loaded_by(p.of(out)) == p.values({a}));
    CHECK(p.s.results[1].value == p.value(a));
}

TEST_CASE("results come in their order, with kind and name; updates are none") {
    graph m;
    const auto x = m.input("x", make_shape(3)), w = m.parameter("w", make_shape(3)), a = x * w, b = sin(a);
    m.ask_for(b);
    m.update(w, w * 0.5);
    m.g.roots.push({hg::root_kind::gradient, m.g.nodes[w.index].name, a.index});
    const planned p(m);
    REQUIRE(p.s.results.size() == 2);
    CHECK(p.s.results[0].kind == hg::root_kind::value);
    CHECK(m.g.name(p.s.results[0].name) == "result 0");
    CHECK(p.s.results[0].value == p.value(b));
    CHECK(p.s.results[1].kind == hg::root_kind::gradient);
    CHECK(m.g.name(p.s.results[1].name) == "w");
    CHECK(p.s.results[1].value == p.value(a));
}

TEST_CASE("an update is stored where the parameter lies, and has no value of its own") {
    graph m;
    const auto v = m.parameter("v", make_shape(3)), w = m.parameter("w", make_shape(3)), half = w * 0.5,
               both = v + half;
    const auto next_v = m.update(v, both), next_w = m.update(w, half);
    const planned p(m);
    REQUIRE(p.s.groups.size() == 1);
    const hg::schedule_group& g = p.s.groups[0];
    CHECK(p.members_of(g) == nodes({half, both, next_v, next_w}));
    CHECK(p.stored_by(g) == numbers{2, p.value(v), 3, p.value(w)});
    CHECK(p.values({half, both, next_v, next_w}) == numbers{-1, -1, -1, -1});
}

TEST_CASE("groups come in the order in which they run") {
    graph m;
    const auto x = m.input("x", make_shape(3)), w = m.parameter("w", make_shape(3)), total = m.sum_over_rows(x),
               other = m.sum_over_rows(tanh(x));
    for (const auto n : {total, other}) m.ask_for(n);
    const auto next = m.update(w, w * 2.0); // read by nobody: it runs first
    const planned p(m);
    REQUIRE(p.order.view().groups[0] == p.group(next));
    REQUIRE(p.group(next) != 0);
    CHECK(p.stored_by(p.s.groups[0]) == numbers{1, p.value(w)});
    CHECK(p.s.groups[0].tail);
    CHECK_FALSE(p.of(total).tail);
    CHECK(p.s.groups.size() == p.groups());
}

TEST_CASE("an update that is late goes to the arena, and is copied by a group at the very end") {
    graph m;
    const auto first = m.parameter("first", make_shape(4)), second = m.parameter("second", make_shape(2, 4));
    const auto third = m.parameter("third", make_shape(4));
    const auto next_first = m.update(first, 2 * first), next_second = m.update(second, second + first);
    const auto next_third = m.update(third, 3 * third);
    const planned p(m);
    REQUIRE(p.s.groups.size() == p.groups() + 1);
    const hg::schedule_group &made = p.of(next_first), &copied = p.s.groups[p.groups()];
    CHECK(p.storage(next_first) == arena);
    CHECK(p.value(next_second) == -1);
    CHECK(p.group(next_third) == p.group(next_first));
    CHECK(p.stored_by(made) == numbers{1, p.value(next_first), 3, p.value(third)}); // updates after all else
    CHECK(p.stored_by(p.of(next_second)) == numbers{1, p.value(second)});
    CHECK(copied.kind == hg::group_kind::elementwise);
    CHECK(copied.tail);
    CHECK(p.members_of(copied) == nodes({next_first}));
    CHECK(p.instruction_at(copied, 0).op == &hg::record<ops::broadcast_to>);
    CHECK(is_load(p.instruction_input(copied, 0, 0), 0));
    CHECK(p.loaded_by(copied) == p.values({next_first}));
    CHECK(p.strides(copied, 0) == numbers{1});
    CHECK(extents_of(copied) == numbers{4});
    CHECK(p.stored_by(copied) == numbers{0, p.value(first)});
}

TEST_CASE("work is counted by rows and by calls, and not of what runs once") {
    graph m;
    const auto w = m.parameter("w", make_shape(4, 3)), x = m.input("x", make_shape(3)), product = matmul(w, x);
    m.ask_for(product);
    SUBCASE("a product for each row") {
        const planned p(m);
        CHECK(p.s.work_per_row == 2 * 4 * 3);
        CHECK(p.s.work == 0);
    }
    SUBCASE("with an instruction for each row, and one group that knows no rows") {
        m.ask_for(tanh(product));
        m.ask_for(tanh(w));
        const planned p(m);
        CHECK(p.s.work_per_row == 2 * 4 * 3 + 4 * 4);
        CHECK(p.s.work == 4 * 12);
    }
    SUBCASE("with what is made of numbers of the model") {
        const auto ones = m.repeated(m.literal(1), make_shape(3, 3)),
                   lower = m.apply<ops::band>(ops::kept_diagonals{0, 2}, ones);
        m.ask_for(matmul(lower * 2.0, x));
        const planned p(m);
        CHECK(p.of(lower).once);
        CHECK(p.s.work_per_row == 2 * 4 * 3 + 2 * 3 * 3);
        CHECK(p.s.work == 0);
    }
}
