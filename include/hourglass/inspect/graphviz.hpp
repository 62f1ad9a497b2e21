// Graphs and schedules for Graphviz: a box for each node with its name, operation and shape, and for schedules a frame
// around each fused group. Returns text that `dot -Tsvg` reads. Run time only.
#pragma once

#include <hourglass/inspect/picture.hpp>

HOURGLASS_BEGIN

namespace graphviz_detail {

inline std::string quoted(std::string_view text) {
    std::string t = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') t += '\\';
        if (c == '\n')
            t += "\\n";
        else
            t += c;
    }
    return t + "\"";
}

inline std::string_view style_of(picture_kind kind) {
    switch (kind) {
    case picture_kind::parameter:
        return "shape=box, style=filled, fillcolor=\"#cfe2f3\"";
    case picture_kind::state:
        return "shape=box, style=\"filled,dashed\", fillcolor=\"#e8f0f8\"";
    case picture_kind::fed:
        return "shape=box, style=filled, fillcolor=\"#d9ead3\"";
    case picture_kind::number:
        return "shape=oval, style=filled, fillcolor=\"#fff2cc\"";
    case picture_kind::noise:
        return "shape=hexagon, style=filled, fillcolor=\"#ead1dc\"";
    case picture_kind::product:
        return "shape=box, style=\"rounded,filled\", fillcolor=\"#fce5cd\"";
    case picture_kind::other:
        break;
    }
    return "shape=box, style=\"rounded,filled\", fillcolor=white";
}

inline std::string node_statement(const node& n, int index, const std::vector<std::string>& lines,
                                  std::string_view indent) {
    std::string label;
    for (const std::string& line : lines) label += (label.empty() ? "" : "\n") + line;
    return std::string(indent) + "n" + std::to_string(index) + " [label=" + graphviz_detail::quoted(label) + ", " +
           std::string(style_of(picture_kind_of(n))) + "];\n";
}

// Edges from operands, and the results. The edge of an update points at the leaf that it overwrites.
inline std::string edges(graph_view g, const node_names& names) {
    std::string t;
    for (int n = 0; n < g.nodes.size; ++n)
        for (int i = 0; i < g[n].operand_count; ++i)
            if (!stands_inline(g, names, g.operand(n, i)))
                t += "  n" + std::to_string(g.operand(n, i)) + " -> n" + std::to_string(n) + ";\n";
    for (int r = 0; r < g.roots.size; ++r) {
        const graph_root& root = g.roots[r];
        const std::string end = "r" + std::to_string(r);
        const int leaf = root.kind == root_kind::update ? g.names[root.name].node : -1;
        if (leaf >= 0) {
            t += "  n" + std::to_string(root.node) + " -> n" + std::to_string(leaf) +
                 " [style=dashed, constraint=false, label=\"update\"];\n";
            continue;
        }
        std::string label = root_text(g, root);
        if (stands_inline(g, names, root.node))
            label += " = " + number_text(g[root.node].options.number);
        else
            t += "  n" + std::to_string(root.node) + " -> " + end + ";\n";
        t += "  " + end + " [label=" + graphviz_detail::quoted(label) + ", shape=plaintext];\n";
    }
    return t;
}

inline std::string opening(std::string_view title) {
    return "digraph hourglass {\n  label=" + graphviz_detail::quoted(title) +
           ";\n  labelloc=t;\n  fontname=\"sans-serif\";\n  node [fontname=\"sans-serif\", fontsize=11];\n"
           "  edge [arrowsize=0.6, fontname=\"sans-serif\", fontsize=9];\n";
}

}

/// Returns a graph, at any stage, in the language of Graphviz.
inline std::string graphviz(graph_view g, std::string_view title = "graph") {
    using namespace graphviz_detail;
    if (!g.problem.empty()) return opening(g.problem.view()) + "}\n";
    const node_names names(g);
    std::string t = opening(std::string(title) + ": " + std::to_string(g.nodes.size) + " nodes");
    const scan_bodies bodies(g);
    const auto statements = [&](int body, std::string_view indent) {
        return picture_statements(
            g, names, [&](int n) { return bodies[n] == body; },
            [&](int n) { return node_statement(g[n], n, picture_lines(g, names, n), indent); });
    };
    const auto clusters = [&](int around, const std::string& indent, const auto& again) -> std::string {
        std::string all;
        for (int body = around + 1; body <= g.bodies; ++body) {
            if (bodies.around(body) != around) continue;
            const std::string in = indent + "  ", inside = again(body, in, again) + statements(body, in);
            if (!inside.empty())
                all += indent + "subgraph cluster_" + std::to_string(body) + " {\n" + in + "label=\"body of scan " +
                       std::to_string(body) + "\";\n" + in + "labeljust=l;\n" + in + "style=\"rounded,dashed\";\n" +
                       inside + indent + "}\n";
        }
        return all;
    };
    t += clusters(0, "  ", clusters) + statements(0, "  ");
    return t + edges(g, names) + "}\n";
}
/// The same for a graph under construction.
inline std::string graphviz(const graph_builder& g, std::string_view title = "graph") {
    return graphviz(g.view(), title);
}

/// Returns a graph and its schedule in the language of Graphviz: a frame around each group, in execution order; values
/// in memory in bold frames, with their lifetimes; the cost of each node for `max_rows` rows; the arena's size.
inline std::string graphviz(schedule_view s, graph_view g, long max_rows, long element_bytes,
                            std::string_view title = "schedule") {
    using namespace graphviz_detail;
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
        t += "  subgraph cluster_" + std::to_string(i) +
             " {\n    label=" + graphviz_detail::quoted(picture.group_title(i)) +
             ";\n    labeljust=l;\n    style=\"rounded,filled\";\n    fillcolor=\"" +
             (s.groups[i].tail ? "#f7f7f7" : "#fdf6ec") + "\";\n    color=\"#999999\";\n" + inside + "  }\n";
    }
    t += statements(-1, "  ");
    for (int n = 0; n < g.nodes.size; ++n)
        if (picture.in_arena(n)) t += "  n" + std::to_string(n) + " [penwidth=2];\n";
    return t + edges(g, names) + "}\n";
}
/// Returns the schedule that a program runs: `hg::graphviz_schedule<trainer>()`.
template <class Program> std::string graphviz_schedule() {
    using compiled = typename Program::compiled_graph;
    return graphviz(compiled::schedule.view(), compiled::view(), Program::max_rows,
                    static_cast<long>(sizeof(typename Program::element_type)));
}

HOURGLASS_END
