// Graphs and schedules as Mermaid flowcharts, which web pages display without further tools. Run time only.
#pragma once

#include <hourglass/inspect/picture.hpp>

HOURGLASS_BEGIN

namespace mermaid_detail {

// Mermaid has entities where Graphviz has escapes.
inline std::string quoted(const std::vector<std::string>& lines) {
    std::string t = "\"";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0) t += "<br>";
        for (char c : lines[i]) {
            if (c == '"')
                t += "#quot;";
            else if (c == '#')
                t += "#35;";
            else if (c == '<')
                t += "#lt;";
            else if (c == '>')
                t += "#gt;";
            else if (c == '`')
                t += "#96;";
            else if (c == '\n')
                t += "<br>";
            else
                t += c;
        }
    }
    return t + "\"";
}

inline std::string_view class_of(picture_kind kind) {
    switch (kind) {
    case picture_kind::parameter:
        return "parameter";
    case picture_kind::state:
        return "state";
    case picture_kind::fed:
        return "fed";
    case picture_kind::number:
        return "number";
    case picture_kind::noise:
        return "noise";
    case picture_kind::product:
        return "product";
    case picture_kind::other:
        break;
    }
    return "other";
}

inline std::string node_statement(const node& n, int index, const std::vector<std::string>& lines,
                                  std::string_view indent) {
    const picture_kind kind = picture_kind_of(n);
    const bool round = kind == picture_kind::product || kind == picture_kind::other,
               oval = kind == picture_kind::number, noise = kind == picture_kind::noise;
    const std::string open = noise ? "{{" : oval ? "([" : round ? "(" : "[";
    const std::string close = noise ? "}}" : oval ? "])" : round ? ")" : "]";
    return std::string(indent) + "n" + std::to_string(index) + open + quoted(lines) + close +
           ":::" + std::string(class_of(kind)) + "\n";
}

// Edges from operands, and the results. The edge of an update points at the leaf that it overwrites.
inline std::string edges(graph_view g, const node_names& names) {
    std::string t;
    for (int n = 0; n < g.nodes.size; ++n)
        for (int i = 0; i < g[n].operand_count; ++i)
            if (!stands_inline(g, names, g.operand(n, i)))
                t += "  n" + std::to_string(g.operand(n, i)) + " --> n" + std::to_string(n) + "\n";
    for (int r = 0; r < g.roots.size; ++r) {
        const graph_root& root = g.roots[r];
        const int leaf = root.kind == root_kind::update ? g.names[root.name].node : -1;
        if (leaf >= 0) {
            t += "  n" + std::to_string(root.node) + " -. update .-> n" + std::to_string(leaf) + "\n";
            continue;
        }
        const std::string end = "r" + std::to_string(r);
        std::string label = root_text(g, root);
        if (stands_inline(g, names, root.node)) label += " = " + number_text(g[root.node].options.number);
        t += "  " + end + ">" + quoted({label}) + "]\n";
        if (!stands_inline(g, names, root.node)) t += "  n" + std::to_string(root.node) + " --> " + end + "\n";
    }
    return t;
}

inline std::string opening(std::string_view title) {
    std::string one_line;
    for (char c : title) one_line += c == '\n' ? std::string("; ") : c == '"' ? std::string("'") : std::string(1, c);
    return "---\ntitle: \"" + one_line +
           "\"\n---\nflowchart TD\n"
           "  classDef parameter fill:#cfe2f3,stroke:#666,color:#000\n"
           "  classDef state fill:#e8f0f8,stroke:#666,stroke-dasharray:4,color:#000\n"
           "  classDef fed fill:#d9ead3,stroke:#666,color:#000\n"
           "  classDef number fill:#fff2cc,stroke:#666,color:#000\n"
           "  classDef noise fill:#ead1dc,stroke:#666,color:#000\n"
           "  classDef product fill:#fce5cd,stroke:#666,color:#000\n"
           "  classDef other fill:#ffffff,stroke:#666,color:#000\n";
}

}

/// Returns a graph, at any stage, as a Mermaid flowchart.
inline std::string mermaid(graph_view g, std::string_view title = "graph") {
    using namespace mermaid_detail;
    if (!g.problem.empty()) return opening(g.problem.view());
    const node_names names(g);
    std::string t = opening(std::string(title) + ": " + std::to_string(g.nodes.size) + " nodes");
    const scan_bodies bodies(g);
    const auto statements = [&](int body, std::string_view indent) {
        return picture_statements(
            g, names, [&](int n) { return bodies[n] == body; },
            [&](int n) { return node_statement(g[n], n, picture_lines(g, names, n), indent); });
    };
    const auto parts = [&](int around, const std::string& indent, const auto& again) -> std::string {
        std::string all;
        for (int body = around + 1; body <= g.bodies; ++body) {
            if (bodies.around(body) != around) continue;
            const std::string inside = again(body, indent + "  ", again) + statements(body, indent + "  ");
            if (!inside.empty())
                all += indent + "subgraph b" + std::to_string(body) + " [\"body of scan " + std::to_string(body) +
                       "\"]\n" + inside + indent + "end\n";
        }
        return all;
    };
    return t + parts(0, "  ", parts) + statements(0, "  ") + edges(g, names);
}
/// The same for a graph under construction.
inline std::string mermaid(const graph_builder& g, std::string_view title = "graph") {
    return mermaid(g.view(), title);
}

/// Returns a graph and its schedule as a flowchart: a frame around each group, lifetimes of values, and costs.
inline std::string mermaid(schedule_view s, graph_view g, long max_rows, long element_bytes,
                           std::string_view title = "schedule") {
    using namespace mermaid_detail;
    const node_names names(g);
    const picture_of_schedule picture(s, g, max_rows);
    std::string t = opening(picture.title(title, element_bytes));
    const auto statements = [&](int group, std::string_view indent) {
        return picture_statements(
            g, names, [&](int n) { return picture.group_of(n) == group; },
            [&](int n) { return node_statement(g[n], n, picture.lines(names, n), indent); });
    };
    for (int i = 0; i < s.groups.size; ++i) {
        const std::string inside = statements(i, "    ");
        if (inside.empty()) continue; // a copy of what another group computed
        t += "  subgraph g" + std::to_string(i) + " [" + quoted({picture.group_title(i)}) + "]\n" + inside + "  end\n";
    }
    return t + statements(-1, "  ") + edges(g, names);
}
/// Returns the schedule that a program runs: `hg::mermaid_schedule<trainer>()`.
template <class Program> std::string mermaid_schedule() {
    using compiled = typename Program::compiled_graph;
    return mermaid(compiled::schedule.view(), compiled::view(), Program::max_rows,
                   static_cast<long>(sizeof(typename Program::element_type)));
}

HOURGLASS_END
