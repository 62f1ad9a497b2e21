// The Graphviz form: a small graph compared whole, what must hold for the picture of any schedule, and, where it is
// installed, what `dot` itself says.
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/graphviz.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <set>
#include <sstream>
#include <string>

#include "support/folder.hpp"

namespace hg = hourglass;

namespace {

namespace model_of {

inline constexpr hg::input<"x", 4> x;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"a \"quoted\" \\ name"> odd;
inline constexpr hg::symbol<"loss"> loss;

inline constexpr hg::graph small{h = 2 * x, odd = sum(h) + 1};
inline constexpr hg::graph model{h = tanh(dense<3>(x)), odd = dense<4>(dropout(h, 0.5)), loss = mse(odd, x)};
inline constexpr hg::graph broken{h = x + odd};
using small_function = hg::function<small, hg::to<odd>>;
using trainer = hg::trainer<model, loss, hg::adam>;

}

int count(const std::string& text, const std::string& piece) {
    int n = 0;
    for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at + piece.size())) ++n;
    return n;
}

// What a reader of the language finds wrong first: strings and braces that do not close, arrows to what is not there.
std::string fault_of(const std::string& dot) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < dot.size(); ++i) {
        if (in_string && dot[i] == '\\')
            ++i;
        else if (dot[i] == '"')
            in_string = !in_string;
        else if (!in_string && dot[i] == '{')
            ++depth;
        else if (!in_string && dot[i] == '}' && --depth == 0 && i + 2 != dot.size())
            return "text after the last brace";
        else if (in_string && dot[i] == '\n')
            return "a line break in a string";
    }
    if (depth != 0 || in_string) return "something does not close";
    std::set<std::string> known;
    std::istringstream lines(dot);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string first, second, third;
        words >> first >> second >> third;
        if (second.starts_with("[label=")) known.insert(first);
    }
    lines = std::istringstream(dot);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string first, second, third;
        words >> first >> second >> third;
        if (third.ends_with(";")) third.pop_back();
        if (second == "->" && known.count(first) == 0) return "an arrow from " + first;
        if (second == "->" && known.count(third) == 0) return "an arrow to " + third;
    }
    return "";
}

void check_with_dot(const std::string& dot) {
    CHECK(fault_of(dot) == "");
    if (std::system("command -v dot >/dev/null 2>&1") != 0) {
        MESSAGE("dot is not installed: the text alone was looked at");
        return;
    }
    const hourglass_test::temporary_folder folder;
    hourglass_test::put(folder / "graph.dot", dot);
    const std::string in = (folder / "graph.dot").string(), out = (folder / "graph.svg").string();
    const std::string said = (folder / "said").string();
    CHECK(std::system(("dot -Tsvg '" + in + "' -o '" + out + "' 2>'" + said + "'").c_str()) == 0);
    CHECK(hourglass_test::get(said) == "");
    CHECK(hourglass_test::get(out).find("</svg>") != std::string::npos);
}

}

TEST_CASE("a small graph, whole") {
    CHECK(hg::graphviz(hg::lowered<model_of::small>::view(), "lowered") == R"(digraph hourglass {
  label="lowered: 6 nodes";
  labelloc=t;
  fontname="sans-serif";
  node [fontname="sans-serif", fontsize=11];
  edge [arrowsize=0.6, fontname="sans-serif", fontsize=9];
  n1 [label="x\ninput\n[rows, 4]", shape=box, style=filled, fillcolor="#d9ead3"];
  n2 [label="h\nmultiply(2, _)\n[rows, 4]", shape=box, style="rounded,filled", fillcolor=white];
  n3 [label="sum[axis 0]\n[rows]", shape=box, style="rounded,filled", fillcolor=white];
  n5 [label="\"a \\\"quoted\\\" \\\\ name\"\nadd(_, 1)\n[rows]", shape=box, style="rounded,filled", fillcolor=white];
  n1 -> n2;
  n2 -> n3;
  n3 -> n5;
}
)");
}

TEST_CASE("a schedule has a frame for each group, its arena's size in the title, and an arrow back for each update") {
    using compiled = model_of::trainer::compiled_graph;
    const std::string dot = hg::graphviz_schedule<model_of::trainer>();
    CHECK(count(dot, "subgraph cluster_") == compiled::sizes.groups);
    CHECK(dot.find(hg::arena_text(compiled::schedule.view(), 4)) != std::string::npos);
    int updates = 0;
    for (const hg::graph_root& r : compiled::view().roots) updates += r.kind == hg::root_kind::update;
    CHECK(updates == 12); // four parameters, each with two moments
    CHECK(count(dot, "label=\"update\"") == updates);
    CHECK(count(dot, "#cfe2f3") == 4); // parameters have a colour of their own
    check_with_dot(dot);
}

TEST_CASE("dot accepts every stage of a program") {
    for (const hg::named_stage& s : hg::stages_of<model_of::trainer>()) check_with_dot(hg::graphviz(s.graph, s.name));
    check_with_dot(hg::graphviz_schedule<model_of::small_function>());
}

TEST_CASE("a graph that is not well formed is a title that says why") {
    const std::string dot = hg::graphviz(hg::lowered<model_of::broken>::view());
    CHECK(dot.find("is unknown: no equation defines it") != std::string::npos);
    check_with_dot(dot);
}

TEST_CASE("the check of this file finds faults") {
    CHECK(fault_of("digraph g {\n  n0 [label=\"a\"];\n}\n") == "");
    CHECK(fault_of("digraph g {\n  n0 [label=\"a];\n}\n") == "a line break in a string");
    CHECK(fault_of("digraph g {\n  n0 [label=\"a\"];\n  n0 -> n1;\n}\n") == "an arrow to n1");
    CHECK(fault_of("digraph g {\n  subgraph c {\n}\n") == "something does not close");
}
