// What pictures of graphs and schedules share, whatever draws them: the text of a box, the kind of a value, the group
// that computes it. graphviz.hpp and mermaid.hpp translate it into their languages. Run time only.
#pragma once

#include <cstdio>

#include <hourglass/inspect/cost.hpp>
#include <hourglass/inspect/print.hpp>

HOURGLASS_BEGIN

// The kind of a value, which decides the look of its node.
enum class picture_kind { parameter, state, fed, number, noise, product, other };
inline picture_kind picture_kind_of(const node& n) {
    if (is<ops::parameter>(n)) return picture_kind::parameter;
    if (is<ops::state>(n)) return picture_kind::state;
    if (is<ops::input>(n) || is<ops::argument>(n) || is<ops::fed>(n)) return picture_kind::fed;
    if (is<ops::scalar>(n) || is<ops::rows>(n) || n.op->kind == operation_kind::literal) return picture_kind::number;
    if (n.op->kind == operation_kind::noise) return picture_kind::noise;
    if (n.op->kind == operation_kind::product) return picture_kind::product;
    return picture_kind::other;
}

// One line each: the name, the operation with constant operands, the shape.
inline std::vector<std::string> picture_lines(graph_view g, const node_names& names, int n) {
    std::vector<std::string> lines;
    if (names.named(n)) lines.push_back(names.all(n));
    if (g[n].op->kind == operation_kind::literal) {
        lines.push_back(number_text(g[n].options.number));
        return lines;
    }
    std::string t = std::string(g[n].op->name) + options_text(g[n]);
    bool constants = false;
    for (int i = 0; i < g[n].operand_count; ++i) constants = constants || stands_inline(g, names, g.operand(n, i));
    if (constants) { // in position among the other operands, which are edges
        for (int i = 0; i < g[n].operand_count; ++i) {
            const int o = g.operand(n, i);
            t += (i == 0 ? "(" : ", ") +
                 (stands_inline(g, names, o) ? number_text(g[o].options.number) : std::string("_"));
        }
        t += ")";
    }
    lines.push_back(t);
    lines.push_back(type_text(g[n].type));
    return lines;
}

// The concatenated statements of the chosen nodes that are drawn.
inline std::string picture_statements(graph_view g, const node_names& names, auto chosen, auto statement) {
    std::string all;
    for (int n = 0; n < g.nodes.size; ++n)
        if (!stands_inline(g, names, n) && chosen(n)) all += statement(n);
    return all;
}

// Three digits: "803 FLOP", "80.3 MFLOP".
inline std::string operations_text(double operations) {
    const char* prefix = "";
    for (const char* next : {"k", "M", "G", "T"}) {
        if (operations < 1000) break;
        operations /= 1000;
        prefix = next;
    }
    char text_[32];
    std::snprintf(text_, sizeof text_, "%.3g %sFLOP", operations, prefix);
    return text_;
}

// The parts that a picture of a schedule adds to the nodes.
class picture_of_schedule {
    std::vector<int> group_of_, value_of_;

public:
    const schedule_view s;
    const graph_view g;
    const long rows;

    picture_of_schedule(schedule_view schedule, graph_view graph, long rows_)
        : group_of_(static_cast<std::size_t>(graph.nodes.size), -1),
          value_of_(static_cast<std::size_t>(graph.nodes.size), -1), s(schedule), g(graph), rows(rows_) {
        for (int i = s.groups.size - 1; i >= 0; --i) {
            const schedule_group& group = s.groups[i];
            if (group.node >= 0) group_of_[static_cast<std::size_t>(group.node)] = i;
            for (int m = 0; m < group.instruction_count; ++m)
                group_of_[static_cast<std::size_t>(s.instructions[group.first_instruction + m].node)] = i;
        }
        for (int v = 0; v < s.values.size; ++v)
            if (s.values[v].storage == storage_kind::arena && s.values[v].offset >= 0)
                value_of_[static_cast<std::size_t>(s.values[v].node)] = v;
    }
    // The group that computes a node; -1 for leaves, numbers and copies.
    int group_of(int n) const { return group_of_[static_cast<std::size_t>(n)]; }
    bool in_arena(int n) const { return value_of_[static_cast<std::size_t>(n)] >= 0; }
    std::string title(std::string_view what, long element_bytes) const {
        return std::string(what) + ": " + std::to_string(s.groups.size) + " groups, " +
               operations_text(operations_of(g, rows)) + " for " + std::to_string(rows) + " rows\n" +
               arena_text(s, element_bytes);
    }
    std::string group_title(int i) const {
        return std::to_string(i) + ": " + std::string(kind_text(s.groups[i].kind)) + " " +
               type_text(s.groups[i].domain);
    }
    // Adds the lifetime of the value in memory and its cost to name, operation and shape.
    std::vector<std::string> lines(const node_names& names, int n) const {
        std::vector<std::string> all = picture_lines(g, names, n);
        std::string last;
        if (in_arena(n)) {
            const stored_value& v = s.values[value_of_[static_cast<std::size_t>(n)]];
            last = "alive " + std::to_string(v.first_use) + " to " + std::to_string(v.last_use);
        }
        if (const double operations = operations_of(g, n, rows); operations > 0)
            last += (last.empty() ? "" : ", ") + operations_text(operations);
        if (!last.empty()) all.push_back(last);
        return all;
    }
};

HOURGLASS_END
