// A graph as Graphviz draws it: a box for each node with its name, operation and shape, and, where a schedule is given,
// a frame round what is fused. `dot -Tsvg` reads what these functions return. At run time only.
#pragma once

#include <hourglass/graph/print.hpp>

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

// What a node looks like says what kind of value it is.
inline std::string_view style_of(const node& n) {
    if (is<ops::parameter>(n)) return "shape=box, style=filled, fillcolor=\"#cfe2f3\"";
    if (is<ops::state>(n)) return "shape=box, style=\"filled,dashed\", fillcolor=\"#e8f0f8\"";
    if (is<ops::input>(n) || is<ops::argument>(n) || is<ops::fed>(n))
        return "shape=box, style=filled, fillcolor=\"#d9ead3\"";
    if (is<ops::scalar>(n) || is<ops::rows>(n) || n.op->kind == operation_kind::literal)
        return "shape=oval, style=filled, fillcolor=\"#fff2cc\"";
    if (n.op->kind == operation_kind::noise) return "shape=hexagon, style=filled, fillcolor=\"#ead1dc\"";
    if (n.op->kind == operation_kind::product) return "shape=box, style=\"rounded,filled\", fillcolor=\"#fce5cd\"";
    return "shape=box, style=\"rounded,filled\", fillcolor=white";
}

// name, operation and its constant operands, shape: a line each
inline std::string node_label(graph_view g, const node_names& names, int n) {
    std::string t = names.named(n) ? names.all(n) + "\n" : "";
    if (g[n].op->kind == operation_kind::literal) return t + number_text(g[n].options.number);
    t += std::string(g[n].op->name) + options_text(g[n]);
    bool constants = false;
    for (int i = 0; i < g[n].operand_count; ++i) constants = constants || stands_inline(g, names, g.operand(n, i));
    if (constants) // in their place among the operands, which come as arrows
        for (int i = 0; i < g[n].operand_count; ++i) {
            const int o = g.operand(n, i);
            t += (i == 0 ? "(" : ", ") +
                 (stands_inline(g, names, o) ? number_text(g[o].options.number) : std::string("_"));
        }
    return t + (constants ? ")\n" : "\n") + type_text(g[n].type);
}
inline std::string node_statement(graph_view g, const node_names& names, int n, std::string_view indent) {
    return std::string(indent) + "n" + std::to_string(n) +
           " [label=" + graphviz_detail::quoted(node_label(g, names, n)) + ", " + std::string(style_of(g[n])) + "];\n";
}

// Arrows from operands, and the results. An update points at the leaf that it overwrites.
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

// A graph alone, at any stage.
inline std::string graphviz(graph_view g, std::string_view title = "graph") {
    using namespace graphviz_detail;
    if (!g.problem.empty()) return opening(g.problem.view()) + "}\n";
    const node_names names(g);
    std::string t = opening(std::string(title) + ": " + std::to_string(g.nodes.size) + " nodes");
    for (int n = 0; n < g.nodes.size; ++n)
        if (!stands_inline(g, names, n)) t += node_statement(g, names, n, "  ");
    return t + edges(g, names) + "}\n";
}
inline std::string graphviz(const graph_builder& g, std::string_view title = "graph") {
    return graphviz(g.view(), title);
}

// A graph and its schedule: a frame round each group, in the order in which they run, what lies in memory in bold
// frames, and the arena's size below the title.
inline std::string graphviz(schedule_view s, graph_view g, long element_bytes, std::string_view title = "schedule") {
    using namespace graphviz_detail;
    const node_names names(g);
    std::vector<int> group_of(static_cast<std::size_t>(g.nodes.size), -1);
    for (int i = s.groups.size - 1; i >= 0; --i) {
        const schedule_group& group = s.groups[i];
        if (group.node >= 0) group_of[static_cast<std::size_t>(group.node)] = i;
        for (int m = 0; m < group.member_count; ++m)
            group_of[static_cast<std::size_t>(s.members[group.first_member + m].node)] = i;
    }
    std::string t =
        opening(std::string(title) + ": " + std::to_string(s.groups.size) + " groups\n" + arena_text(s, element_bytes));
    const auto statements = [&](int group, std::string_view indent) {
        std::string all;
        for (int n = 0; n < g.nodes.size; ++n)
            if (group_of[static_cast<std::size_t>(n)] == group && !stands_inline(g, names, n))
                all += node_statement(g, names, n, indent);
        return all;
    };
    for (int i = 0; i < s.groups.size; ++i) {
        const std::string inside = statements(i, "    ");
        if (inside.empty()) continue; // a copy of what another group computed
        const schedule_group& group = s.groups[i];
        const std::string label =
            std::to_string(i) + ": " + std::string(kind_text(group.kind)) + " " + type_text(group.domain);
        t += "  subgraph cluster_" + std::to_string(i) + " {\n    label=" + graphviz_detail::quoted(label) +
             ";\n    labeljust=l;\n    style=\"rounded,filled\";\n    fillcolor=\"" +
             (group.tail ? "#f7f7f7" : "#fdf6ec") + "\";\n    color=\"#999999\";\n" + inside + "  }\n";
    }
    t += statements(-1, "  ");
    for (const stored_value& v : s.values)
        if (v.storage == storage_kind::arena) t += "  n" + std::to_string(v.node) + " [penwidth=2];\n";
    return t + edges(g, names) + "}\n";
}
// What a program runs: hg::graphviz_schedule<trainer>().
template <class Program> std::string graphviz_schedule() {
    using compiled = typename Program::compiled_graph;
    return graphviz(compiled::schedule.view(), compiled::view(),
                    static_cast<long>(sizeof(typename Program::element_type)));
}

HOURGLASS_END
