// Graphs, the stages of a program and its schedule as text, for people and for tests that compare it; docs/graph.md
// gives the grammar. Run time only. Pictures are in inspect/graphviz.hpp.
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include <hourglass/compile/compile.hpp>
#include <hourglass/ops/gather.hpp>

HOURGLASS_BEGIN

// The shortest digits that read back as the same number.
inline std::string number_text(double x) {
    if (x != x) return "nan"; // without a sign
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, x).ptr};
}

// [rows, 3], [3], []
inline std::string type_text(const value_type& type) {
    std::string t = type.batched ? "[rows" : "[";
    for (int i = 0; i < type.extents.rank; ++i) {
        if (type.batched || i > 0) t += ", ";
        t += std::to_string(type.extents[i]);
    }
    return t + "]";
}

// A name as printed: in quotes if it could be mistaken for something else.
inline std::string name_text(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    bool plain = !name.empty() && letter(name[0]);
    std::string quoted = "\"";
    for (char c : name) {
        plain = plain && (letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '#');
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return plain ? std::string(name) : quoted + "\"";
}

// What each node is called: its names in the model, a leaf's own first, else % and its number. Names with '#' are
// private to update rules and appear only if there is no other.
class node_names {
    std::vector<std::vector<std::string>> names_;

public:
    explicit node_names(graph_view g) : names_(static_cast<std::size_t>(g.nodes.size)) {
        const auto add = [&](bool private_ones) {
            for (int i = 0; i < g.names.size; ++i) {
                const int n = g.names[i].node;
                if (n < 0 || (g.name(i).find('#') != std::string_view::npos) != private_ones) continue;
                auto& names = names_[static_cast<std::size_t>(n)];
                if (private_ones ? names.empty() : g[n].name != i) names.push_back(name_text(g.name(i)));
            }
        };
        for (int n = 0; n < g.nodes.size; ++n)
            if (g[n].name >= 0) names_[static_cast<std::size_t>(n)].push_back(name_text(g.name(g[n].name)));
        add(false);
        add(true);
    }
    bool named(int n) const { return !names_[static_cast<std::size_t>(n)].empty(); }
    std::string operator[](int n) const {
        return named(n) ? names_[static_cast<std::size_t>(n)].front() : "%" + std::to_string(n);
    }
    // All names, separated by commas.
    std::string all(int n) const {
        std::string t = (*this)[n];
        for (std::size_t i = 1; i < names_[static_cast<std::size_t>(n)].size(); ++i)
            t += ", " + names_[static_cast<std::size_t>(n)][i];
        return t;
    }
};

// An unnamed number has no line of its own: it is printed where it is used.
inline bool stands_inline(graph_view g, const node_names& names, int n) {
    return g[n].op->kind == operation_kind::literal && !names.named(n);
}
inline std::string operand_text(graph_view g, const node_names& names, int n) {
    return stands_inline(g, names, n) ? number_text(g[n].options.number) : names[n];
}

// The options of a node in brackets, as its operation describes them, or else raw.
inline std::string options_text(const node& n) {
    std::vector<std::string> parts;
    const attributes& options = n.options;
    if (n.op->kind == operation_kind::literal) return "";
    if (n.op->describe != nullptr) {
        const text described = n.op->describe(options);
        if (!described.empty()) parts.emplace_back(described.view());
    } else {
        if (options.number != 0 || is<ops::scalar>(n)) parts.push_back(number_text(options.number));
        if (!(options.target == n.type.extents)) // else the result's own extents, printed next to it
            for (int i = 0; i < options.target.rank; ++i) parts.push_back(std::to_string(options.target[i]));
    }
    std::string t;
    for (const std::string& part : parts) t += (t.empty() ? "[" : ", ") + part;
    return t.empty() ? t : t + "]";
}

// The right-hand side of a node's line.
inline std::string expression_text(const node& n, const std::vector<std::string>& operands) {
    if (n.op->kind == operation_kind::literal) return number_text(n.options.number);
    std::string t = std::string(n.op->name) + options_text(n);
    for (std::size_t i = 0; i < operands.size(); ++i) t += (i == 0 ? "(" : ", ") + operands[i];
    return operands.empty() ? t : t + ")";
}
inline std::string node_text(graph_view g, const node_names& names, int n) {
    std::vector<std::string> operands;
    for (int i = 0; i < g[n].operand_count; ++i) operands.push_back(operand_text(g, names, g.operand(n, i)));
    return names.all(n) + ": " + type_text(g[n].type) + " = " + expression_text(g[n], operands);
}
inline std::string root_text(graph_view g, const graph_root& r) {
    const std::string name = name_text(g.name(r.name));
    return r.kind == root_kind::value      ? "result " + name
           : r.kind == root_kind::gradient ? "gradient " + name
                                           : "update " + name;
}

/// Returns a graph as text, one node per line after the title: `hg::print(hg::lowered<vae>::view())`.
inline std::string print(graph_view g, std::string_view title = "graph") {
    std::string t(title);
    if (!g.problem.empty()) return t + ": " + std::string(g.problem.view()) + "\n";
    t += ": " + std::to_string(g.nodes.size) + " nodes\n";
    const node_names names(g);
    const scan_bodies bodies(g);
    const auto indent = [](int depth) { return std::string(2 * static_cast<std::size_t>(depth), ' '); };
    for (int n = 0; n < g.nodes.size; ++n)
        if (!stands_inline(g, names, n)) t += indent(bodies.depth(n)) + node_text(g, names, n) + "\n";
    for (const graph_root& r : g.roots) t += root_text(g, r) + " = " + operand_text(g, names, r.node) + "\n";
    return t;
}
/// The same for a graph under construction.
inline std::string print(const graph_builder& g, std::string_view title = "graph") { return print(g.view(), title); }

// Shared by a schedule's text and its picture: names of values, and what the instructions of a group compute.
class schedule_names {
    schedule_view s_;
    graph_view g_;
    node_names names_;

public:
    schedule_names(schedule_view s, graph_view g) : s_(s), g_(g), names_(g) {}
    const node_names& nodes() const { return names_; }
    std::string value(int v) const { return operand_text(g_, names_, s_.values[v].node); }

    // The values that a group reads from memory, each once, in order.
    std::vector<int> loads(const schedule_group& group) const {
        std::vector<int> values;
        each_read(s_, group, [&](int v) {
            for (int known : values)
                if (known == v) return;
            values.push_back(v);
        });
        return values;
    }
    // The group's own node, if it is more than elementwise, then its instructions.
    std::vector<std::string> lines(const schedule_group& group) const {
        std::vector<std::string> all;
        if (group.node >= 0) {
            std::vector<std::string> operands;
            for (int i = 0; i < g_[group.node].operand_count; ++i)
                operands.push_back(operand_text(g_, names_, g_.operand(group.node, i)));
            all.push_back(names_.all(group.node) + " = " + expression_text(g_[group.node], operands));
            with_rules_of(group.kind, [&](auto rules) {
                line_end end{*this, all.back()};
                rules.print(group, end);
            });
        }
        for (int i = 0; i < group.instruction_count; ++i) {
            const instruction& m = s_.instructions[group.first_instruction + i];
            std::vector<std::string> operands;
            for (int o = 0; o < m.operand_count; ++o) operands.push_back(input_text(group, s_.operand(m, o)));
            const std::string name = names_.all(m.node);
            if (operands.size() == 1 && operands[0] == names_[m.node])
                all.push_back("copy of " + operands[0]);
            else
                all.push_back(name + " = " + expression_text(g_[m.node], operands));
        }
        return all;
    }

private:
    std::string input_text(const schedule_group& group, const instruction_input& w) const {
        if (w.from == instruction_input::source::constant) return number_text(w.number);
        if (w.from == instruction_input::source::instruction)
            return names_[s_.instructions[group.first_instruction + w.index].node];
        const group_load& l = s_.loads[group.first_load + w.index];
        return l.tile ? names_[group.node] : value(l.value);
    }
    // Appends what the rules of a kind print after the node that makes a group.
    struct line_end {
        const schedule_names& names;
        std::string& line;
        void add(std::string_view piece) { line += piece; }
        void add(long number) { line += std::to_string(number); }
        void add_value(int v) { line += names.value(v); }
    };
};

inline std::string size_text(long elements, long element_bytes) {
    return std::to_string(elements) + " elements, " + std::to_string(elements * element_bytes) + " bytes";
}
inline std::string arena_text(schedule_view s, long element_bytes) {
    return "arena: " + size_text(s.arena, element_bytes) + "; without reuse " +
           size_text(s.arena_without_reuse, element_bytes);
}

// Where a value lies; in the arena, with the steps between waits during which it is alive.
inline std::string place_text(const stored_value& v) {
    switch (v.storage) {
    case storage_kind::fed:
        return "fed";
    case storage_kind::parameter:
        return "parameter";
    case storage_kind::state:
        return "state";
    case storage_kind::uniform:
    case storage_kind::arena:
        break;
    }
    if (v.offset < 0) return "unused";
    return (v.storage == storage_kind::uniform ? "number, arena " : "arena ") + std::to_string(v.offset) + ", alive " +
           std::to_string(v.first_use) + " to " + std::to_string(v.last_use);
}

/// Returns a schedule as text: the numbers of a call, the values in memory with their places, the groups in execution
/// order, the results and the arena's size. `element_bytes` is `sizeof(float)` or `sizeof(double)`.
inline std::string print(schedule_view s, graph_view g, long max_rows, long element_bytes,
                         std::string_view title = "schedule") {
    const schedule_names names(s, g);
    const auto listed = [&](std::string_view what, const std::vector<int>& values) {
        std::string t;
        for (int v : values) t += (t.empty() ? "    " + std::string(what) + " " : ", ") + names.value(v);
        return t.empty() ? t : t + "\n";
    };
    std::string t = std::string(title) + ": " + std::to_string(s.groups.size) + " groups, at most " +
                    std::to_string(max_rows) + " rows\n";
    std::string numbers;
    for (int n : s.numbers)
        if (!stands_inline(g, names.nodes(), n)) numbers += "  " + node_text(g, names.nodes(), n) + "\n";
    if (!numbers.empty()) t += "numbers:\n" + numbers;
    t += "values:\n";
    for (const stored_value& v : s.values)
        t += "  " + operand_text(g, names.nodes(), v.node) + ": " + type_text(v.type) + " " + place_text(v) + "\n";
    t += "groups:\n";
    int step = 0;
    for (const schedule_group& group : s.groups) step = group.once ? 1 : step;
    for (int i = 0; i < s.groups.size; ++i) {
        const schedule_group& group = s.groups[i];
        if (group.wait_before) t += "  wait " + std::to_string(++step) + "\n";
        t += "  " + std::to_string(i) + ": " + std::string(kind_text(group.kind)) + " " + type_text(group.domain);
        if (group.tail) t += ", for updates";
        if (group.once) t += ", once for all calls";
        if (group.representative != i) t += ", kernel of " + std::to_string(group.representative);
        t += "\n";
        for (const std::string& line : names.lines(group)) t += "    " + line + "\n";
        t += listed("load", names.loads(group));
        std::vector<int> stores;
        for (int k = 0; k < group.store_count; ++k) stores.push_back(s.stores[group.first_store + k].value);
        t += listed("store", stores);
    }
    for (int i = 0; i < s.results.size; ++i) {
        const schedule_result& r = s.results[i]; // the results of a scan's step have no names
        t += (r.name < 0 ? "result " + std::to_string(i) : root_text(g, {r.kind, r.name, -1})) + " = " +
             names.value(r.value) + "\n";
    }
    return t + arena_text(s, element_bytes) + "\n";
}

// A graph of a program with the name of the stage that makes it.
struct named_stage {
    std::string_view name;
    graph_view graph;
};
/// Returns a program's graphs in order of the stages, from the whole model to the fused graph.
template <class Program> std::vector<named_stage> stages_of() {
    using spec = typename Program::compiled_graph::spec;
    std::vector<named_stage> all;
    graph_stages::for_each([&]<class Stage>(Stage) {
        if constexpr (stages::is_part<spec, Stage>) all.push_back({Stage::name, graph_of<spec, Stage>::view()});
    });
    return all;
}
/// Returns all of them as text, with node counts: `hg::print_stages<trainer>()`.
template <class Program> std::string print_stages() {
    std::string t;
    for (const named_stage& s : stages_of<Program>()) t += (t.empty() ? "" : "\n") + print(s.graph, s.name);
    return t;
}
// Writes the steps of all scans of a program, and of the scans inside.
template <class Compiled> std::string print_steps(long rows, long bytes, const std::string& around = "") {
    const auto one = [&]<int K>(std::integral_constant<int, K>) {
        using step = typename Compiled::template step<K>;
        const std::string what = "a step of scan " + std::to_string(K + 1) + around;
        return "\n" + print(step::schedule.view(), step::view(), rows, bytes, what) +
               print_steps<step>(rows, bytes, " in " + what);
    };
    return [&]<int... K>(std::integer_sequence<int, K...>) {
        return (std::string() + ... + one(std::integral_constant<int, K>{}));
    }
    (std::make_integer_sequence<int, Compiled::scans>{});
}
/// Returns what a program runs and what a step of each of its scans does: `hg::print_schedule<trainer>()`. With
/// `hg::recompute<...>` the last line gives the size of the arena without it.
template <class Program> std::string print_schedule() {
    using compiled = typename Program::compiled_graph;
    constexpr long bytes = static_cast<long>(sizeof(typename Program::element_type));
    std::string t = print(compiled::schedule.view(), compiled::view(), Program::max_rows, bytes);
    t += print_steps<compiled>(Program::max_rows, bytes);
    if constexpr (requires { requires compiled::spec::options::recomputes; }) {
        const graph_builder last = run_passes(specify<typename compiled::spec>(false).view());
        const schedule_builder plain = plan(last.view(), Program::max_rows);
        t += "without rematerialisation: " + size_text(plain.arena, bytes) + "\n";
    }
    return t;
}

HOURGLASS_END
