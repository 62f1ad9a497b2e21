// The order of fused groups: an update runs as soon as nobody reads the old value any more, and all that it is made of
// is there. By hand, and on generated graphs against what the words say.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ir/graph_generator.hpp"
#include "ir/written_graph.hpp"

namespace {

using namespace written;

struct ordered : fused {
    hg::ordering order;

    explicit ordered(const hg::graph_view& g) : fused(g), order(view()) {}
    explicit ordered(const graph& of) : ordered(of.g.view()) {}
    int place_of(int group) const {
        const auto all = order.view().groups;
        return static_cast<int>(std::find(all.begin(), all.end(), group) - all.begin());
    }
    int place(hg::handle x) const { return place_of(group(x)); }
    // Of an update, by the node that it writes.
    bool is_late(hg::handle next) const {
        const hg::graph_view& g = view().g;
        for (int r = 0; r < g.roots.size; ++r)
            if (g.roots[r].kind == hg::root_kind::update && g.roots[r].node == next.index) return order.view().late[r];
        return false;
    }
};

}

TEST_CASE("an update runs right after what it is made of, before what has nothing to do with it") {
    graph m;
    const auto x = m.input("x", make_shape(3)), w = m.parameter("w", make_shape(3));
    const auto used = x * w, total = m.sum_over_rows(used), other = m.sum_over_rows(tanh(x));
    m.ask_for(total);
    m.ask_for(other);
    const auto next = m.update(w, w - total);
    const ordered o(m);
    CHECK(o.place(next) == o.place(total) + 1);
    CHECK(o.place(next) < o.place(other));
    CHECK_FALSE(o.is_late(next));
}

TEST_CASE("an update runs after the last reader of the old value") {
    graph m;
    const auto x = m.input("x", make_shape(3)), w = m.parameter("w", make_shape(3));
    const auto total = m.sum_over_rows(x), read = x * w, read_again = m.sum_over_rows(sin(read)) * w,
               after = m.sum_over_rows(tanh(x) * read_again);
    m.ask_for(total);
    m.ask_for(after);
    const auto next = m.update(w, w - total);
    const ordered o(m);
    CHECK(o.place(next) == o.place(read_again) + 1);
    CHECK(o.place(next) < o.place(after));
}

TEST_CASE("an update that is read by nobody runs before all else") {
    graph m;
    const auto x = m.input("x", make_shape(3)), w = m.parameter("w", make_shape(3));
    m.ask_for(m.sum_over_rows(x));
    const auto next = m.update(w, w * 2.0);
    CHECK(ordered(m).place(next) == 0);
}

TEST_CASE("a tail that another one reads runs before it, and both wait for what it needs") {
    graph m;
    const auto x = m.input("x", make_shape(3)), w = m.parameter("w", make_shape(3));
    const auto before = m.sum_over_rows(tanh(x)), after = m.sum_over_rows(sin(x) * before);
    const auto gradient = m.sum_over_rows(x * before);
    m.ask_for(after);
    const auto next = m.update(w, w - gradient);
    const ordered o(m);
    for (const auto tail : {gradient, next}) CHECK(o[tail].tail);
    CHECK(o.place(before) < o.place(gradient));
    CHECK(o.place(gradient) + 1 == o.place(next));
    CHECK(o.place(next) < o.place(after));
}

TEST_CASE("updates that read each other's old values element by element are written in one pass") {
    graph m;
    const auto a = m.parameter("a", make_shape(3)), b = m.parameter("b", make_shape(3));
    const auto next_a = m.update(a, a + b), next_b = m.update(b, a * b);
    const ordered o(m);
    CHECK(o.group(next_a) == o.group(next_b));
    CHECK_FALSE(o.is_late(next_a));
    CHECK_FALSE(o.is_late(next_b));
}

TEST_CASE("an update whose old value the pass of another update reads is written at the very end") {
    graph m;
    const auto first = m.parameter("first", make_shape(4)), second = m.parameter("second", make_shape(2, 4));
    const auto next_first = m.update(first, 2 * first), next_second = m.update(second, second + first);
    const ordered o(m);
    CHECK(o.group(next_first) != o.group(next_second));
    CHECK(o.is_late(next_first));
    CHECK_FALSE(o.is_late(next_second));
}

TEST_CASE("an update whose old value is read as a whole by a tail is written at the very end") {
    graph m;
    const auto w = m.parameter("w", make_shape(3, 3)), v = m.parameter("v", make_shape(3, 3));
    const auto turned = m.apply<ops::transpose>({}, w), next_w = m.update(w, w + turned),
               next_v = m.update(v, matmul(v, w));
    const ordered o(m);
    CHECK(o.is_late(next_w));
    CHECK(o.is_late(next_v)); // its own product reads all of it for each element
}

TEST_CASE("a group knows all that it updates, in the order of the results") {
    graph m;
    const auto a = m.parameter("a", make_shape(3)), b = m.parameter("b", make_shape(3));
    const auto next_a = m.update(a, a + b), next_b = m.update(b, a * b);
    m.ask_for(tanh(m.input("x")));
    const ordered o(m);
    const hg::order_view order = o.order.view();
    REQUIRE(o.group(next_a) == o.group(next_b));
    CHECK(order.first_update[o.group(next_a)] == 0);
    CHECK(order.next_update[0] == 1);
    CHECK(order.next_update[1] == -1);
    CHECK(order.first_update[o.group(next_a) == 0 ? 1 : 0] == -1);
}

namespace {

// What the words above say of a graph, found group by group.
class expectation {
    const ordered& o_;
    hg::fusion_view f_;
    const hg::graph_view& g_;
    std::vector<int> earliest_;

    bool is_tail(int group) const { return f_.groups[group].tail; }
    // Calls use(group, node that reads, what it reads) for whatever a group reads.
    void each_read(auto use) const {
        for (int n = 0; n < g_.nodes.size; ++n) {
            if (f_.nodes[n].group < 0 || f_.nodes[n].source != n) continue;
            for (int i = 0; i < g_[n].operand_count; ++i) use(f_.nodes[n].group, n, f_.nodes[g_.operand(n, i)].source);
        }
    }
    bool updates(int group, int leaf) const {
        for (const hg::graph_root& r : g_.roots)
            if (r.kind == hg::root_kind::update && r.name == g_[leaf].name && f_.nodes[r.node].group == group)
                return true;
        return false;
    }
    // The last group that is no tail and must have run before: -1 if none.
    int earliest(int tail) {
        int& known = earliest_[static_cast<std::size_t>(tail)];
        if (known >= -1) return known;
        int last = -1;
        each_read([&](int group, int, int s) {
            const int from = f_.nodes[s].group;
            if (group == tail && from >= 0 && from != tail)
                last = std::max(last, is_tail(from) ? earliest(from) : from);
            if (from < 0 && !is_tail(group) && g_[s].name >= 0 && updates(tail, s)) last = std::max(last, group);
        });
        return known = last;
    }
    bool is_late(const hg::graph_root& r) const {
        bool late = false;
        each_read([&](int group, int n, int s) {
            if (f_.nodes[s].group >= 0 || g_[s].name != r.name || !is_tail(group)) return;
            late = late || group != f_.nodes[r.node].group || !f_.nodes[n].arithmetic;
        });
        return late;
    }

public:
    explicit expectation(const ordered& o)
        : o_(o), f_(o.view()), g_(f_.g), earliest_(static_cast<std::size_t>(o.groups()), -2) {}

    std::string fault() {
        std::vector<int> all(o_.order.view().groups.begin(), o_.order.view().groups.end());
        std::sort(all.begin(), all.end());
        for (int i = 0; i < o_.groups(); ++i)
            if (static_cast<int>(all.size()) != o_.groups() || all[static_cast<std::size_t>(i)] != i)
                return "not each group once";
        std::string found;
        each_read([&](int group, int, int s) {
            const int from = f_.nodes[s].group;
            if (from >= 0 && from != group && o_.place_of(from) > o_.place_of(group))
                found = "group " + std::to_string(group) + " runs before what it reads";
        });
        for (int t = 0; t < o_.groups(); ++t)
            for (int q = 0; is_tail(t) && q < o_.groups(); ++q)
                if (!is_tail(q) && (q <= earliest(t)) != (o_.place_of(q) < o_.place_of(t)))
                    found = "tail " + std::to_string(t) + " runs too early or too late for group " + std::to_string(q);
        for (int r = 0; r < g_.roots.size; ++r)
            if (g_.roots[r].kind == hg::root_kind::update && o_.order.view().late[r] != is_late(g_.roots[r]))
                found = "root " + std::to_string(r) + " is late, or is not, against the words";
        return found;
    }
};

}

TEST_CASE("the order of generated graphs is as the words above say") {
    int tails = 0, late = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        CAPTURE(seed);
        const hg::graph_builder whole = fuzz::generate_with_gradients(seed, {});
        const hg::graph_builder last = hg::run_passes(whole.view());
        const ordered o(last.view());
        CHECK(expectation(o).fault() == "");
        for (int i = 0; i < o.groups(); ++i) tails += o.at(i).tail;
        for (const bool l : o.order.view().late) late += l;
    }
    CHECK(tails > 200);
    CHECK(late > 10);
}
