// The parts of a model and the cost of a step, as text: `hg::summary<model>()`, `hg::summary<trainer>()`. Run
// time only. inspect/print.hpp prints a graph node by node.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <hourglass/inspect/cost.hpp>
#include <hourglass/inspect/print.hpp>
#include <hourglass/program/program.hpp>

HOURGLASS_BEGIN

namespace summaries {

// A table: two left-aligned columns, then right-aligned columns of numbers.
class table {
    std::vector<std::vector<std::string>> rows_;

public:
    explicit table(std::vector<std::string> heads) : rows_{std::move(heads)} {}
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    std::string text() const {
        std::vector<std::size_t> widths(rows_[0].size());
        for (const auto& row : rows_)
            for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
        std::string t;
        for (const auto& row : rows_) {
            std::string line;
            for (std::size_t c = 0; c < row.size(); ++c) {
                const std::string space(widths[c] - row[c].size(), ' ');
                line += (c == 0 ? "" : "  ") + (c < 2 ? row[c] + space : space + row[c]);
            }
            t += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
        }
        return t;
    }
};

inline std::string count_text(double n) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.0f", n);
    return digits;
}
inline long elements_of(const value_type& type, long rows = 1) {
    return type.extents.size() * (type.batched ? rows : 1);
}

inline long parameters_between(graph_view g, int first, int last) {
    long all = 0;
    for (int n = first; n < last; ++n)
        if (is<ops::parameter>(g[n])) all += elements_of(g[n].type);
    return all;
}

/// Returns the table of equations. A node between two of them belongs to the later one.
inline std::string equations(graph_view g) {
    struct equation_of {
        int node, name;
        auto operator<=>(const equation_of&) const = default;
    };
    std::vector<equation_of> all;
    for (int i = 0; i < g.names.size; ++i) {
        const int n = g.names[i].node;
        if (n >= 0 && g[n].name != i && g[n].op->kind != operation_kind::leaf) all.push_back({n, i});
    }
    std::ranges::sort(all);
    table t({"equation", "shape", "parameters", "FLOPs a row"});
    int first = 0;
    for (const equation_of& e : all) {
        t.add({std::string(g.name(e.name)), type_text(g[e.node].type),
               count_text(static_cast<double>(parameters_between(g, first, e.node + 1))),
               count_text(operations_between(g, first, e.node + 1, 1))});
        first = std::max(first, e.node + 1);
    }
    t.add({"all", "", count_text(static_cast<double>(parameters_between(g, 0, g.nodes.size))),
           count_text(operations_of(g, 1))});
    return t.text();
}

/// Returns the table of leaves: parameters, state, inputs, scalars and noise.
inline std::string leaves(graph_view g) {
    table t({"from outside", "shape", "elements"});
    for (int n = 0; n < g.nodes.size; ++n) {
        const bool has_data = g[n].op->kind == operation_kind::leaf || g[n].op->kind == operation_kind::noise;
        if (has_data && g[n].name >= 0)
            t.add({std::string(g[n].op->name) + " " + std::string(g.name(g[n].name)), type_text(g[n].type),
                   count_text(static_cast<double>(elements_of(g[n].type)))});
    }
    return t.text();
}

// The elements that a schedule's groups read and write, each value once per group; scans count their steps' groups.
inline double elements_moved(schedule_view s, graph_view g, long rows) {
    const schedule_names names(s, g);
    double all = 0;
    const auto add = [&](int value) { all += static_cast<double>(elements_of(s.values[value].type, rows)); };
    for (const schedule_group& group : s.groups) {
        if (has_steps(group.kind) || group.once) continue;
        for (const int value : names.loads(group)) add(value);
        for (int i = 0; i < group.store_count; ++i) add(s.stores[group.first_store + i].value);
    }
    return all;
}
template <class Compiled> double elements_moved(long rows) {
    double all = elements_moved(Compiled::schedule.view(), Compiled::view(), rows);
    [&]<int... K>(std::integer_sequence<int, K...>) {
        ((all += Compiled::template step<K>::plan.steps * elements_moved<typename Compiled::template step<K>>(rows)),
         ...);
    }
    (std::make_integer_sequence<int, Compiled::scans>{});
    return all;
}

// The program that a step of a model is: the gradient of the equation `loss` if it exists and depends on a parameter,
// else the value of the last equation.
template <const auto& Graph> constexpr bool trains(std::string_view loss) {
    const graph_view g = lowered<Graph>::view();
    list<int> reached(g.nodes.size, 0);
    for (int n = 0; n < g.nodes.size; ++n) {
        reached[n] = is<ops::parameter>(g[n]);
        for (int i = 0; i < g[n].operand_count; ++i) reached[n] = reached[n] || reached[g.operand(n, i)];
    }
    for (int i = 0; i < g.names.size; ++i)
        if (g.name(i) == loss && g.names[i].node >= 0)
            return reached[g.names[i].node] != 0 && g[g.names[i].node].type.extents.rank == 0;
    return false;
}
template <class Last, class... Equations> struct last_symbol { using type = Last; };
template <class Last, class Left, class Right, class... More> struct last_symbol<Last, equation<Left, Right>, More...>
    : last_symbol<Left, More...> {};
template <class Last, class Leaf, class Right, class... More>
struct last_symbol<Last, equation<next_of<Leaf>, Right>, More...> : last_symbol<Last, More...> {};
template <class Graph> struct last_equation;
template <class... Equations> struct last_equation<graph<Equations...>> : last_symbol<void, Equations...> {};

template <const auto& Graph> struct step_of_model {
    using last = typename last_equation<std::remove_cvref_t<decltype(Graph)>>::type;
    static constexpr auto program() {
        if constexpr (trains<Graph>("loss"))
            return std::type_identity<gradient<Graph, symbol<"loss">{}>>{};
        else
            return std::type_identity<function<Graph, to<last{}>>>{};
    }
    using type = typename decltype(program())::type;
    static constexpr bool is_trained = trains<Graph>("loss");
};

/// Returns the table of a program's costs, for as many rows as it takes.
template <class Program> std::string cost(std::string_view what) {
    using compiled = typename Program::compiled_graph;
    constexpr double bytes = sizeof(typename Program::element_type), rows = static_cast<double>(Program::max_rows);
    const graph_view g = compiled::whole::view();
    const double operations = operations_of(g, Program::max_rows);
    const bool has_rows = std::ranges::any_of(g.nodes, [](const node& n) { return n.type.batched; });
    table t({std::string(what), ""});
    if (has_rows) t.add({"rows", count_text(rows)});
    t.add({"FLOPs", count_text(operations) + (has_rows ? ", " + count_text(operations / rows) + " a row" : "")});
    t.add({"bytes read and written", count_text(bytes * elements_moved<compiled>(Program::max_rows))});
    t.add({"bytes of memory",
           count_text(bytes * static_cast<double>(compiled::schedule.view().arena)) + ", beside parameters and data"});
    t.add({"bytes of parameters", count_text(bytes * static_cast<double>(parameters_between(g, 0, g.nodes.size)))});
    return t.text();
}

}

/// Returns a summary of a model: its equations with shapes, parameters and operations per row; its leaves; and the cost
/// of a step for 128 rows of floats. A step computes the values and gradients of all parameters if there is a scalar
/// equation `loss`, else the value of the last equation. Operations are counted as in inspect/cost.hpp (a multiply-add
/// of a product is two, any function is one), for each call even if no row needs its own. Bytes are those that kernels
/// read and write, each value once per kernel that uses it; caches are not modelled.
template <const auto& Graph> std::string summary() {
    static_assert(check<Graph>);
    const graph_view g = lowered<Graph>::view();
    using step = summaries::step_of_model<Graph>;
    return summaries::equations(g) + "\n" + summaries::leaves(g) + "\n" +
           summaries::cost<typename step::type>(step::is_trained ? "a step: loss and gradients"
                                                                 : "a step: the value of the last equation");
}
/// The same for a program: a call has `max_rows` rows of its element type, and includes a trainer's update rule.
template <class Program>
requires requires { typename Program::compiled_graph; }
std::string summary() {
    const graph_view g = lowered<Program::compiled_graph::spec::graph>::view();
    return summaries::equations(g) + "\n" + summaries::leaves(g) + "\n" + summaries::cost<Program>("a call");
}

HOURGLASS_END
