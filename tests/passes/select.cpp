// From a whole model to one program, on graphs written by hand: cut at what is fed, in_training decided, results asked
// for by name.
#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "ir/written_graph.hpp"

namespace {

using namespace written;

hg::wanted_name wanted(std::string_view name) { return {name, hg::hash_of(name)}; }

struct choices {
    bool training = false, writes_state = false, passes_names = false;
};
hg::selection select(const graph& m, std::initializer_list<std::string_view> fed, const choices& c = {}) {
    hg::list<hg::wanted_name> names;
    for (const std::string_view name : fed) names.push(wanted(name));
    return hg::selection(m.g.view(), names.view(), c.training, c.writes_state, c.passes_names);
}

void name(graph& m, std::string_view name, hg::handle x) {
    const int index = m.g.intern(name);
    m.g.names[index].node = x.index;
}
// A choice that a program drops, so that what comes after it has another place.
hg::handle dropped_choice(graph& m) {
    const auto w = m.parameter("chosen");
    return m.apply<ops::in_training>({}, w, w);
}
const hg::node& node_of(const hg::selection& s, hg::handle old) { return s.r.to.nodes[s.r.map[old.index]]; }
int operand_of(const hg::selection& s, hg::handle old, int i) { return s.r.to.operand(s.r.map[old.index], i); }

std::string problem_of(const hg::selection& s) { return std::string(s.r.to.problem.view()); }

}

TEST_CASE("a symbol that is fed becomes a leaf of its name and type, and is read in place of its equation") {
    graph m;
    const auto x = m.input("x", make_shape(3)), y = tanh(x), out = sin(y);
    name(m, "y", y);
    hg::selection s = select(m, {"y"});
    CHECK(hg::is<ops::fed>(node_of(s, y)));
    CHECK(node_of(s, y).type == hg::value_type{make_shape(3), true});
    CHECK(node_of(s, y).name == m.g.view().find_name(hg::hash_of("y")));
    CHECK_FALSE(ops::fed_symbol::of(node_of(s, y).options).is_noise);
    CHECK(operand_of(s, out, 0) == s.r.map[y.index]);
    s.ask(wanted("y"));
    const hg::graph_builder g = s.take();
    CHECK_FALSE(g.failed());
    CHECK(g.roots[0].node == g.names[g.view().find_name(hg::hash_of("y"))].node);
    CHECK(hg::is<ops::fed>(g.nodes[g.roots[0].node]));
    CHECK(hg::prune(g.view()).nodes.size() == 1);
}

TEST_CASE("inputs and arguments are given in any case, and stay what they are") {
    graph m;
    const auto x = m.input("x"), a = m.argument("a");
    const hg::selection s = select(m, {"x", "a"});
    CHECK(hg::is<ops::input>(node_of(s, x)));
    CHECK(hg::is<ops::argument>(node_of(s, a)));
}

TEST_CASE("parameters that are fed are not read from memory, and have no start") {
    graph m;
    const auto v = m.parameter("v", make_shape(3)), w = m.parameter("w", make_shape(3));
    for (const auto leaf : {v, w}) m.g.starts.push({m.g.nodes[leaf.index].name, hg::constant(1)});
    hg::selection s = select(m, {"v"});
    CHECK(hg::is<ops::fed>(node_of(s, v)));
    CHECK(hg::is<ops::parameter>(node_of(s, w)));
    const hg::graph_builder g = s.take();
    REQUIRE(g.starts.size() == 1);
    CHECK(g.name(g.starts[0].name) == "w");
}

TEST_CASE("noise that is fed is known as such") {
    graph m;
    const auto noise = m.leaf<ops::noise>("z.noise", {make_shape(3), true}, ops::noise_source{}), z = tanh(noise);
    const hg::selection s = select(m, {"z.noise"}), drawn = select(m, {});
    CHECK(hg::is<ops::fed>(node_of(s, noise)));
    CHECK(ops::fed_symbol::of(node_of(s, noise).options).is_noise);
    CHECK(operand_of(s, z, 0) == s.r.map[noise.index]);
    CHECK(hg::is<ops::noise>(node_of(drawn, noise)));
}

TEST_CASE("what depends on training is decided") {
    graph m;
    const auto x = m.input("x", make_shape(3)), a = tanh(x), b = sin(x), either = m.apply<ops::in_training>({}, a, b),
               out = cos(either);
    const hg::selection trains = select(m, {}, {.training = true}), evaluates = select(m, {});
    CHECK(operand_of(trains, out, 0) == trains.r.map[a.index]);
    CHECK(operand_of(evaluates, out, 0) == evaluates.r.map[b.index]);
    for (const hg::selection* s : {&trains, &evaluates})
        for (const hg::node& n : s->r.to.nodes) CHECK_FALSE(hg::is<ops::in_training>(n));
}

TEST_CASE("what is chosen is repeated until it has the type of the choice") {
    graph m;
    const auto x = m.input("x", make_shape(3)), w = m.parameter("w", make_shape(3)),
               either = m.apply<ops::in_training>({}, x, w);
    const hg::value_type type{make_shape(3), true};
    const hg::selection trains = select(m, {}, {.training = true}), evaluates = select(m, {});
    CHECK(trains.r.map[either.index] == trains.r.map[x.index]);
    CHECK(node_of(evaluates, either).type == type);
    CHECK(hg::is<ops::broadcast_to>(node_of(evaluates, either)));
    CHECK(operand_of(evaluates, either, 0) == evaluates.r.map[w.index]);
}

TEST_CASE("what stops gradients stays, since it has one operand in any case") {
    graph m;
    const auto x = m.input("x", make_shape(3)), stopped = m.apply<ops::stop_gradient>({}, x);
    CHECK(hg::is<ops::stop_gradient>(node_of(select(m, {}, {.training = true}), stopped)));
}

TEST_CASE("a choice that is fed is no choice any more") {
    graph m;
    const auto x = m.input("x", make_shape(3)), either = m.apply<ops::in_training>({}, tanh(x), sin(x));
    name(m, "either", either);
    CHECK(hg::is<ops::fed>(node_of(select(m, {"either"}), either)));
}

TEST_CASE("updates are kept where state is written, and dropped where it is not") {
    graph m;
    const auto x = m.input("x", make_shape(3)), mean = m.leaf<ops::state>("mean", {make_shape(3), false}),
               next = mean * 0.9;
    m.ask_for(next);
    m.g.roots.push({hg::root_kind::update, m.g.nodes[mean.index].name, next.index});
    name(m, "out", tanh(x));
    hg::selection reads = select(m, {}), writes = select(m, {}, {.writes_state = true});
    const int place = writes.r.map[next.index];
    for (hg::selection* s : {&reads, &writes}) s->ask(wanted("out"));
    const hg::graph_builder function = reads.take(), trainer = writes.take();
    REQUIRE(function.roots.size() == 1);
    CHECK(function.roots[0].kind == hg::root_kind::value);
    REQUIRE(trainer.roots.size() == 2);
    CHECK(trainer.roots[0].kind == hg::root_kind::update);
    CHECK(trainer.name(trainer.roots[0].name) == "mean");
    CHECK(trainer.roots[0].node == place);
    CHECK(trainer.roots[1].kind == hg::root_kind::value);
}

TEST_CASE("results come as they are asked for; what the model asked for is forgotten") {
    graph m;
    dropped_choice(m);
    const auto x = m.input("x", make_shape(3)), a = tanh(x), b = sin(x);
    m.ask_for(x);
    name(m, "a", a);
    name(m, "b", b);
    hg::selection s = select(m, {});
    for (const std::string_view asked : {"b", "x", "a", "b"}) s.ask(wanted(asked));
    CHECK(s.find(wanted("a"), "") == a.index);
    CHECK(s.r.map[a.index] == a.index - 1);
    CHECK(s.find_new(wanted("a"), "") == s.r.map[a.index]);
    const hg::graph_builder g = s.take();
    REQUIRE(g.roots.size() == 4);
    const std::string_view order[] = {"b", "x", "a", "b"};
    for (int i = 0; i < 4; ++i) {
        CHECK(g.name(g.roots[i].name) == order[i]);
        CHECK(g.names[g.roots[i].name].node == g.roots[i].node);
    }
    CHECK(hg::is<ops::tanh>(g.nodes[g.roots[2].node]));
}

TEST_CASE("names keep their places, and new ones come after them") {
    graph m;
    const auto choice = dropped_choice(m), y = tanh(m.input("x", make_shape(3)));
    name(m, "y", y);
    name(m, "choice", choice);
    hg::selection s = select(m, {});
    CHECK(s.intern(wanted("y")) == m.g.view().find_name(hg::hash_of("y")));
    CHECK(s.intern(wanted("new")) == m.g.names.size());
    const hg::graph_builder g = s.take();
    const auto node = [&](std::string_view of) { return g.names[g.view().find_name(hg::hash_of(of))].node; };
    CHECK(hg::is<ops::tanh>(g.nodes[node("y")]));
    CHECK(node("choice") == node("chosen"));
    CHECK(node("new") == -1);
}

TEST_CASE("a name that the graph does not have is reported, with the place where it stands") {
    graph m;
    name(m, "y", tanh(m.input("x", make_shape(3))));
    const int gone = m.g.intern("gone");
    REQUIRE(m.g.names[gone].node == -1);
    const std::string rest = ", which the graph does not have: it is no symbol, input, parameter or noise of it";
    CHECK(problem_of(select(m, {"y", "nope"})) == "hg::from<...> names 'nope'" + rest);
    CHECK(select(m, {"nope"}).r.to.nodes.empty()); // nothing after a mistake is looked at
    CHECK(problem_of(select(m, {"gone"})) == "hg::from<...> names 'gone'" + rest);
    hg::selection s = select(m, {});
    CHECK(problem_of(s) == "");
    s.ask(wanted("neither"));
    CHECK(problem_of(s) == "hg::to<...> names 'neither'" + rest);
    CHECK(s.r.to.roots.empty());
    s.ask(wanted("later")); // the first mistake is the one that is reported
    CHECK(problem_of(s) == "hg::to<...> names 'neither'" + rest);
    hg::selection other = select(m, {});
    CHECK(other.find_new(wanted("nope"), "hg::wrt<...>") == 0);
    CHECK(problem_of(other) == "hg::wrt<...> names 'nope'" + rest);
}

TEST_CASE("a name that was added by the program is none of the model") {
    graph m;
    m.input("x", make_shape(3));
    hg::selection s = select(m, {});
    s.intern(wanted("added"));
    s.find(wanted("added"), "hg::to<...>");
    CHECK(problem_of(s).starts_with("hg::to<...> names 'added', which the graph does not have"));
}

TEST_CASE("a name within the body of a scan is refused, in what is fed and in what is asked for") {
    graph m;
    const auto start = m.parameter("start");
    const int body = ++m.g.bodies;
    const auto h = m.at(m.g.push_leaf(&hg::record<ops::step>, -1, {}, ops::step_value{body, ops::step_kind::state, 0}));
    const auto next = tanh(h), scan = m.apply<ops::scan>(ops::scan_shape{body, 1, false, 3}, next, start),
               last = m.apply<ops::final_state>(ops::state_number{0}, scan, next);
    name(m, "inside", next);
    name(m, "last", last);
    const std::string rest = " names 'inside', which lies in the body of a scan, where it has a value for each step: "
                             "give what is taken of the scan, scan<...>(...)[symbol], a name";
    CHECK(problem_of(select(m, {"inside"})) == "hg::from<...>" + rest);
    hg::selection s = select(m, {});
    s.ask(wanted("last"));
    CHECK(problem_of(s) == "");
    s.ask(wanted("inside"));
    CHECK(problem_of(s) == "hg::to<...>" + rest);
    CHECK(problem_of(select(m, {"last"})) == "");
}

TEST_CASE("logarithms get their exact form through names where these may be passed, and are left where not") {
    graph m;
    dropped_choice(m);
    const auto x = m.input("x", make_shape(3)), e = exp(x), p = sigmoid(x), t = tanh(x);
    const auto log_e = m.apply<ops::log>({}, e), log1p_e = m.apply<ops::log1p>({}, e), log_p = m.apply<ops::log>({}, p),
               log_t = m.apply<ops::log>({}, t);
    name(m, "e", e);
    name(m, "p", p);
    const hg::selection passes = select(m, {}, {.passes_names = true}), stays = select(m, {});
    CHECK(passes.r.map[log_e.index] == passes.r.map[x.index]);
    CHECK(hg::is<ops::softplus>(node_of(passes, log1p_e)));
    CHECK(operand_of(passes, log1p_e, 0) == passes.r.map[x.index]);
    CHECK(hg::is<ops::negate>(node_of(passes, log_p)));
    CHECK(hg::is<ops::log>(node_of(passes, log_t)));
    for (const auto kept : {log_e, log_p, log_t}) CHECK(hg::is<ops::log>(node_of(stays, kept)));
    CHECK(hg::is<ops::log1p>(node_of(stays, log1p_e)));
}

TEST_CASE("the logarithm of what is fed is taken as it is") {
    graph m;
    const auto x = m.input("x", make_shape(3)), e = exp(x), log_e = m.apply<ops::log>({}, e);
    name(m, "e", e);
    const hg::selection s = select(m, {"e"}, {.passes_names = true});
    CHECK(hg::is<ops::log>(node_of(s, log_e)));
    CHECK(hg::is<ops::fed>(s.r.to.nodes[operand_of(s, log_e, 0)]));
}
