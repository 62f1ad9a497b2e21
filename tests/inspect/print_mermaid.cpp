// The Mermaid form: the picture of a schedule compared whole, text that the language would misread, and what must hold
// for the picture of any schedule. What nodes cost is checked against counts by hand.
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/mermaid.hpp>

#include <doctest/doctest.h>

#include <set>
#include <sstream>
#include <string>

namespace hg = hourglass;

namespace {

namespace model_of {

inline constexpr hg::input<"x", 4> x;
inline constexpr hg::input<"target", 3> target;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::symbol<"a \"quoted\" <name> #1"> odd;

inline constexpr hg::graph model{h = tanh(hg::dense<3>(x)), loss = mse(h, target)};
inline constexpr hg::graph strange{odd = 2 * x};
inline constexpr hg::graph broken{h = x + odd};
using function = hg::function<model, hg::to<h, loss>, hg::element<double>>;
using trainer = hg::trainer<model, loss, hg::adam>;

}

int count(const std::string& text, const std::string& piece) {
    int n = 0;
    for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at + piece.size())) ++n;
    return n;
}

// Frames that do not close, and arrows to what is not there.
std::string fault_of(const std::string& picture) {
    std::set<std::string> known;
    int open = 0;
    std::istringstream lines(picture);
    std::string line;
    while (std::getline(lines, line)) {
        const std::size_t first = line.find_first_not_of(' ');
        if (first == std::string::npos) continue;
        const std::string word = line.substr(first, line.find_first_of(" [({>", first) - first);
        if (word == "subgraph") ++open;
        if (word == "end" && --open < 0) return "an end without a frame";
        if (count(line, "\"") % 2 != 0) return "a string that does not close: " + line;
        if (line.find("\"") != std::string::npos) known.insert(word);
    }
    if (open != 0) return "a frame that does not close";
    lines = std::istringstream(picture);
    while (std::getline(lines, line)) {
        const std::size_t arrow = std::min(line.find(" --> "), line.find(" -. update .-> "));
        if (arrow == std::string::npos) continue;
        for (const std::string& end : {line.substr(2, arrow - 2), line.substr(line.rfind(' ') + 1)})
            if (known.count(end) == 0) return "an arrow at " + end;
    }
    return "";
}

}

TEST_CASE("the picture of a schedule, whole") {
    CHECK(hg::mermaid_schedule<model_of::function>() == R"(---
title: "schedule: 3 groups, 5.12 kFLOP for 128 rows; arena: 640 elements, 5120 bytes; without reuse 640 elements, 5120 bytes"
---
flowchart TD
  classDef parameter fill:#cfe2f3,stroke:#666,color:#000
  classDef state fill:#e8f0f8,stroke:#666,stroke-dasharray:4,color:#000
  classDef fed fill:#d9ead3,stroke:#666,color:#000
  classDef number fill:#fff2cc,stroke:#666,color:#000
  classDef noise fill:#ead1dc,stroke:#666,color:#000
  classDef product fill:#fce5cd,stroke:#666,color:#000
  classDef other fill:#ffffff,stroke:#666,color:#000
  subgraph g0 ["0: product [rows, 3]"]
    n2("matmul<br>[rows, 3]<br>3.07 kFLOP"):::product
    n4("add<br>[rows, 3]<br>384 FLOP"):::other
    n5("h<br>tanh<br>[rows, 3]<br>alive 0 to 3, 384 FLOP"):::other
  end
  subgraph g1 ["1: elementwise [rows, 3]"]
    n7("subtract<br>[rows, 3]<br>384 FLOP"):::other
    n8("square<br>[rows, 3]<br>384 FLOP"):::other
    n9("sum[axis 0]<br>[rows]<br>alive 1 to 2, 384 FLOP"):::other
  end
  subgraph g2 ["2: elementwise [rows]"]
    n11("loss<br>multiply(_, 0.3333333333333333)<br>[rows]<br>alive 2 to 3, 128 FLOP"):::other
  end
  n0["x<br>input<br>[rows, 4]"]:::fed
  n1["h.weight<br>parameter<br>[3, 4]"]:::parameter
  n3["h.bias<br>parameter<br>[3]"]:::parameter
  n6["target<br>input<br>[rows, 3]"]:::fed
  n1 --> n2
  n0 --> n2
  n2 --> n4
  n3 --> n4
  n4 --> n5
  n5 --> n7
  n6 --> n7
  n7 --> n8
  n8 --> n9
  n9 --> n11
  r0>"result h"]
  n5 --> r0
  r1>"result loss"]
  n11 --> r1
)");
}

TEST_CASE("names are written so that Mermaid reads them as text") {
    const std::string picture = hg::mermaid(hg::lowered<model_of::strange>::view());
    CHECK(picture.find("#quot;a \\#quot;quoted\\#quot; #lt;name#gt; #35;1#quot;") != std::string::npos);
    CHECK(fault_of(picture) == "");
    const std::string broken = hg::mermaid(hg::lowered<model_of::broken>::view());
    CHECK(broken.find("is unknown: no equation defines it") != std::string::npos);
    CHECK(fault_of(broken) == "");
}

TEST_CASE("every stage and the schedule of a trainer are pictures without a fault") {
    for (const hg::named_stage& s : hg::stages_of<model_of::trainer>())
        CHECK_MESSAGE(fault_of(hg::mermaid(s.graph, s.name)) == "", std::string(s.name));
    const std::string picture = hg::mermaid_schedule<model_of::trainer>();
    CHECK(fault_of(picture) == "");
    using compiled = model_of::trainer::compiled_graph;
    int updates = 0;
    for (const hg::graph_root& r : compiled::view().roots) updates += r.kind == hg::root_kind::update;
    CHECK(count(picture, "-. update .->") == updates);
    CHECK(updates == 6); // two parameters, each with two moments
    CHECK(count(picture, ":::parameter") == 2);
    CHECK(fault_of("flowchart TD\n  n0[\"a\"]\n  n0 --> n1\n") == "an arrow at n1");
    CHECK(fault_of("flowchart TD\n  subgraph g0 [\"a\"]\n") == "a frame that does not close");
}

TEST_CASE("what nodes cost") {
    namespace ops = hg::ops;
    hg::graph_builder g;
    const auto leaf = [&](auto... extents) {
        const int name = g.intern(hg::sentence("leaf", g.nodes.size()).view());
        return hg::handle{&g, nullptr, g.push_leaf(&hg::record<ops::input>, name, {hg::make_shape(extents...), true})};
    };
    const auto cost = [&](const hg::handle& h) { return hg::operations_of(g.view(), h.index, 10); };
    const auto matrix = leaf(3, 5), vector = leaf(5);
    CHECK(cost(matrix) == 0);
    CHECK(cost(exp(matrix)) == 150);
    CHECK(cost(matmul(matrix, vector)) == 2 * 3 * 5 * 10);
    CHECK(cost(matmul(transpose(matrix), matrix)) == 2 * 5 * 3 * 5 * 10);
    CHECK(cost(ops::product<ops::matmul_batch_sum>(leaf(7), vector, false, false)) == 2 * 7 * 5 * 10);
    CHECK(cost(sum(vector)) == 50);
    CHECK(cost(transpose(matrix)) == 0);
}
