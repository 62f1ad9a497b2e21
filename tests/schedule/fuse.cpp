// Which nodes fusion puts together, on graphs written by hand. That the schedules of any graphs are sound and compute
// them is tested in schedule/fuzz.cpp.
#include <doctest/doctest.h>

#include <set>

#include "ir/written_graph.hpp"

namespace {

using namespace written;

std::set<int> nodes(auto... handles) { return {handles.index...}; }

using enum hg::group_kind;

}

TEST_CASE("elementwise nodes of one domain are one group, in a chain and in a diamond") {
    graph m;
    const auto x = m.input("x", make_shape(3)), a = tanh(x), b = sin(a), c = cos(a), d = b * c;
    m.ask_for(d);
    const fused f(m);
    REQUIRE(f.groups() == 1);
    CHECK(f.at(0).kind == elementwise);
    CHECK(f.instructions(0) == nodes(a, b, c, d));
    CHECK(f.group(x) == -1);
}

TEST_CASE("nodes of other domains are another group: other extents, another rank, a batch axis") {
    graph m;
    const auto x = m.input("x", make_shape(3)), y = m.argument("y", make_shape(3)), z = m.input("z", make_shape(4)),
               w = m.input("w", make_shape(3, 1));
    for (const auto leaf : {x, y, z, w}) m.ask_for(tanh(leaf));
    CHECK(fused(m).groups() == 4);
}

TEST_CASE("a node joins the group of its latest operand, so that nothing is read before it is there") {
    graph m;
    const auto x = m.input("x", make_shape(3));
    const auto first = tanh(x), total = m.sum_over_rows(first), later = first + total, last = sin(later);
    m.ask_for(last);
    const fused f(m);
    CHECK(f.group(first) < f.group(total));
    CHECK(f.group(total) < f.group(later));
    CHECK(f.group(later) == f.group(last));
}

TEST_CASE("a node that reads none of it joins the latest group of its domain") {
    graph m;
    const auto x = m.input("x", make_shape(3)), y = m.input("y", make_shape(3));
    const auto a = m.reshaped(m.apply<ops::transpose>({}, m.input("z", make_shape(1, 3))), make_shape(3));
    const auto b = sin(a), c = tanh(x) + b, d = cos(y) * a;
    m.ask_for(c);
    m.ask_for(d);
    const fused f(m);
    CHECK(f.group(c) == f.group(d));
}

TEST_CASE("a sum over last axes is in the group of what it sums") {
    graph m;
    const auto x = m.input("x", make_shape(2, 3)), a = tanh(x), rows = m.sum_over(a, 1, 2);
    m.ask_for(rows);
    const fused f(m);
    REQUIRE(f.groups() == 1);
    CHECK(f.instructions(0) == nodes(a, rows));
    CHECK(f.at(0).boundary == 1);
    CHECK(f.at(0).domain.extents == make_shape(2, 3));
}

TEST_CASE("what reads a sum is in a later group") {
    graph m;
    const auto x = m.input("x", make_shape(3)), a = exp(x), total = m.sum_over(a, 0, 1), share = a / total;
    m.ask_for(share);
    const fused f(m);
    CHECK(f.group(a) == f.group(total));
    CHECK(f.group(share) > f.group(total));
}

TEST_CASE("sums of one group begin with one axis") {
    graph m;
    const auto x = m.input("x", make_shape(2, 3)), a = tanh(x);
    const auto last = m.sum_over(a, 1, 2), largest = m.apply<ops::max_over>(ops::reduction_axes{1, 2}, a),
               both = m.sum_over(a, 0, 2);
    for (const auto sum : {last, largest, both}) m.ask_for(sum);
    const fused f(m);
    CHECK(f.group(last) == f.group(largest));
    CHECK(f.group(both) != f.group(last));
    CHECK(f[both].boundary == 0);
}

TEST_CASE("a group with sums has no instruction that is repeated along some of the axes that they run over") {
    const auto repeated_first = [](int first_axis) {
        graph m;
        const auto x = m.apply<ops::transpose>({}, m.input("x", make_shape(3, 2))), row = m.input("row", make_shape(3));
        const auto a = x + row, sum = m.sum_over(a, first_axis, 2);
        m.ask_for(sum);
        const fused f(m);
        return f.group(a) == f.group(sum);
    };
    CHECK(repeated_first(1)); // along the last axis nothing is
    CHECK_FALSE(repeated_first(0));
    const auto summed_first = [](int first_axis) {
        graph m;
        const auto x = m.input("x", make_shape(2, 3)), row = m.input("row", make_shape(3)), a = tanh(x);
        const auto sum = m.sum_over(a, first_axis, 2), b = a + row;
        m.ask_for(sum);
        m.ask_for(b);
        const fused f(m);
        return f.group(b) == f.group(sum);
    };
    CHECK(summed_first(1));
    CHECK_FALSE(summed_first(0));
}

TEST_CASE("reductions over leading axes and over rows are groups by themselves") {
    graph m;
    const auto x = m.input("x", make_shape(2, 3)), a = tanh(x);
    const auto columns = m.sum_over(a, 0, 1), rows = m.sum_over_rows(a), after = sin(columns);
    m.ask_for(after);
    m.ask_for(rows);
    const fused f(m);
    for (const auto sum : {columns, rows}) {
        CHECK(f[sum].kind == column_reduction);
        CHECK(f[sum].node == sum.index);
        CHECK(f[sum].count == 0);
    }
    CHECK(f.group(after) > f.group(columns));
}

TEST_CASE("what follows a matrix product rides in its epilogue") {
    graph m;
    const auto x = m.input("x", make_shape(4)), w = m.parameter("w", make_shape(3, 4));
    const auto product_ = matmul(w, x), biased = product_ + m.parameter("bias", make_shape(3)),
               scaled = biased * m.scalar("scale"), added = scaled + m.input("whole", make_shape(3)),
               each = added * m.input("each"), out = tanh(each);
    m.ask_for(out);
    const fused f(m);
    REQUIRE(f.groups() == 1);
    CHECK(f.at(0).kind == product);
    CHECK(f.at(0).node == product_.index);
    CHECK(f.instructions(0) == nodes(biased, scaled, added, each, out));
}

TEST_CASE("the epilogue of a product of matrices takes rows, columns and numbers of the result, and nothing else") {
    const auto rides = [](auto make_operand) {
        graph m;
        const auto a = m.input("a", make_shape(2, 4)), b = m.argument("b", make_shape(4, 3));
        const auto operand = make_operand(m), product_ = matmul(a, b), sum = product_ + operand;
        m.ask_for(sum);
        const fused f(m);
        return f.group(sum) == f.group(product_);
    };
    CHECK(rides([](graph& m) { return m.input("whole", make_shape(2, 3)); }));
    CHECK(rides([](graph& m) { return m.argument("row", make_shape(3)); }));
    CHECK(rides([](graph& m) { return m.argument("row", make_shape(1, 3)); }));
    CHECK(rides([](graph& m) { return m.input("column", make_shape(2, 1)); }));
    CHECK(rides([](graph& m) { return m.argument("number"); }));
    CHECK_FALSE(rides([](graph& m) { return m.input("row of each example", make_shape(3)); }));
    CHECK_FALSE(rides([](graph& m) { return m.argument("column of all examples", make_shape(2, 1)); }));
    CHECK_FALSE(rides([](graph& m) { return m.argument("whole of all examples", make_shape(2, 3)); }));
    CHECK_FALSE(rides([](graph& m) { return m.input("number of each example"); })); // an example is two rows
}

TEST_CASE("sums do not ride in an epilogue, nor does what only they use") {
    graph m;
    const auto x = m.input("x", make_shape(4)), w = m.parameter("w", make_shape(3, 4));
    const auto product_ = matmul(w, x), kept = tanh(product_), squared = square(kept),
               total = m.sum_over(squared, 0, 1);
    m.ask_for(kept);
    m.ask_for(total);
    const fused f(m);
    CHECK(f.group(kept) == f.group(product_));
    CHECK(f.group(squared) > f.group(product_));
    CHECK(f.group(squared) == f.group(total));
}

TEST_CASE("nothing rides in a product that is summed over the rows") {
    graph m;
    const auto a = m.input("a", make_shape(3, 2)), b = m.input("b", make_shape(2, 4));
    const auto summed = m.apply<ops::matmul_batch_sum>({}, a, b), out = tanh(summed);
    m.ask_for(out);
    const fused f(m);
    REQUIRE(f[summed].product.summed);
    CHECK(f.group(out) > f.group(summed));
}

TEST_CASE("what serves updates only is in tails, on which nothing else waits") {
    graph m;
    const auto x = m.input("x", make_shape(4)), g = m.input("g", make_shape(3)), w = m.parameter("w", make_shape(3, 4));
    const auto bias = m.parameter("bias", make_shape(3));
    const auto out = tanh(matmul(w, x)), gradient = m.sum_over_rows(g),
               product_ = m.apply<ops::matmul_batch_sum>({}, g, x);
    m.ask_for(out);
    const auto step = gradient * m.scalar("rate"), next_bias = m.update(bias, bias - step),
               next_w = m.update(w, w - product_ * m.scalar("rate"));
    const fused f(m);
    CHECK_FALSE(f[out].tail);
    for (const auto tail : {gradient, product_, step, next_bias, next_w}) CHECK(f[tail].tail);
    CHECK(f.group(step) == f.group(next_bias));
    CHECK(f.group(product_) == f.group(next_w)); // the whole update rides in the gradient's epilogue
}

TEST_CASE("what is awaited as well is no tail, and the rest of an update is apart from it") {
    graph m;
    const auto w = m.parameter("w", make_shape(3)), h = tanh(w);
    m.ask_for(sin(h));
    const auto next = m.update(w, w - square(h));
    const fused f(m);
    CHECK_FALSE(f[h].tail);
    CHECK(f[next].tail);
    CHECK(f.group(next) > f.group(h));
}

TEST_CASE("updates that are made of different values are different groups, so that one kernel can serve both") {
    graph m;
    const auto g = m.input("g", make_shape(3)), h = m.input("h", make_shape(3));
    const auto v = m.parameter("v", make_shape(3)), w = m.parameter("w", make_shape(3)),
               moment = m.parameter("moment", make_shape(3));
    const auto in_v = m.sum_over_rows(g), in_w = m.sum_over_rows(h);
    const auto next_v = m.update(v, v - in_v), next_moment = m.update(moment, moment + in_v),
               next_w = m.update(w, w - in_w);
    const fused f(m);
    CHECK(f.group(next_v) != f.group(next_w));
    CHECK(f.group(next_v) == f.group(next_moment)); // of one value
}

TEST_CASE("what is made of leaves is computed where it is first used") {
    graph m;
    const auto x = m.input("x", make_shape(3)), spread = m.parameter("spread", make_shape(3)), deviation = exp(spread),
               squared = square(deviation);
    const auto total = m.sum_over_rows(x), out = total * squared;
    m.ask_for(out);
    const fused f(m);
    CHECK(f.groups() == 2);
    CHECK(f.instructions(f.group(out)) == nodes(deviation, squared, out));
    CHECK(f.group(out) > f.group(total));
}

TEST_CASE("what is made of leaves and read from memory has a group of its own, before its readers") {
    graph m;
    const auto x = m.input("x", make_shape(3)), w = m.parameter("w", make_shape(2, 3)), masked = tanh(w);
    const auto out = matmul(masked, x);
    m.ask_for(out);
    const fused f(m);
    CHECK(f[masked].kind == elementwise);
    CHECK(f.group(masked) < f.group(out));
}

TEST_CASE("a chain on leaves waits for its first use while it is short, else uses would be looked at again and again") {
    const auto waits = [](int length) {
        graph m;
        const auto x = m.input("x", make_shape(3));
        auto chain = m.parameter("w", make_shape(3));
        for (int i = 0; i < length; ++i) chain = sin(chain);
        const auto total = m.sum_over_rows(x), out = total * chain;
        m.ask_for(out);
        const fused f(m);
        return f.group(chain) == f.group(out);
    };
    CHECK(waits(7));
    CHECK_FALSE(waits(8));
}

TEST_CASE("numbers of the call are in no group") {
    graph m;
    const auto x = m.input("x", make_shape(3)), rate = m.scalar("rate"), share = 1 / x.rows(), both = rate * share;
    const auto out = x * both;
    m.ask_for(out);
    const fused f(m);
    CHECK(f.groups() == 1);
    for (const auto number : {rate, share, both}) {
        CHECK(f.group(number) == -1);
        CHECK(f.view().nodes[number.index].uniform);
    }
}

TEST_CASE("what is made of numbers of the model runs once, apart from what a call computes") {
    graph m;
    const auto ones = m.repeated(m.literal(1), make_shape(3, 3)),
               lower = m.apply<ops::band>(ops::kept_diagonals{0, 2}, ones);
    const auto x = m.input("x", make_shape(3)), scaled = lower * 2.0, out = matmul(scaled, x);
    const auto w = m.parameter("w", make_shape(3, 3)), next = tanh(w) * scaled;
    m.ask_for(out);
    m.ask_for(next);
    const fused f(m);
    for (const auto constant : {ones, lower, scaled}) CHECK(f[constant].once);
    for (const auto made : {out, next}) CHECK_FALSE(f[made].once);
    const fused each_time(m, false); // such as a step of a scan
    for (const hg::fused_group& group : each_time.view().groups) CHECK_FALSE(group.once);
}

TEST_CASE("a group has at most 64 instructions") {
    graph m;
    auto chain = m.input("x", make_shape(3));
    for (int i = 0; i < 100; ++i) chain = sin(chain);
    m.ask_for(chain);
    const fused f(m);
    REQUIRE(f.groups() == 2);
    CHECK(f.at(0).count == 64);
    CHECK(f.at(1).count == 36);
}

TEST_CASE("what is read through a reshape is read from memory, in a group after it") {
    graph m;
    const auto a = tanh(m.input("x", make_shape(2, 3))), flat = m.reshaped(a, make_shape(6)),
               back = m.reshaped(flat, make_shape(2, 3)), out = sin(flat), same_domain = cos(back);
    m.ask_for(out);
    m.ask_for(same_domain);
    const fused f(m);
    CHECK(f.view().nodes[flat.index].source == a.index);
    CHECK(f.view().nodes[back.index].source == a.index);
    CHECK(f.group(out) > f.group(a));
    CHECK(f.group(same_domain) > f.group(a));
}

TEST_CASE("the results of a scan lie in its group") {
    graph m;
    const auto x = m.input("x", make_shape(5)), call = m.apply<ops::scan_call>(ops::called_scan{0}, x);
    const auto result = [&](int i) {
        return m.at(
            m.g.push_leaf(&hg::record<ops::scan_value>, -1, {make_shape(5), true}, ops::scan_output{0, i, call.index}));
    };
    const auto first = result(0), second = result(1), out = first + second;
    m.ask_for(out);
    const fused f(m);
    CHECK(f[call].kind == scan);
    CHECK(f.instructions(f.group(call)) == nodes(first, second));
    CHECK(f.group(out) > f.group(call));
    CHECK_FALSE(f[call].tail);
}
