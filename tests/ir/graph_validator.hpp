// What must hold of every graph between two passes: operands stand before their uses, types are what the operations
// infer, names and results point to what they name. Says what is wrong in words; knows nothing of values.
#pragma once

#include <cstdint>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include <hourglass/ir/static_graph.hpp>
#include <hourglass/ops/scan.hpp>

namespace fuzz {

namespace hg = hourglass;

// A node a line: number, operation, operands, options, type, name; results after them.
inline std::string describe(hg::graph_view g) {
    std::ostringstream out;
    out.precision(17);
    const auto extents = [&](const hg::shape& s) {
        out << '[';
        for (int i = 0; i < s.rank; ++i) out << (i > 0 ? "," : "") << s[i];
        out << ']';
    };
    for (int n = 0; n < g.nodes.size; ++n) {
        const hg::node& at = g[n];
        out << "  %" << n << " = " << at.op->name << '(';
        for (int i = 0; i < at.operand_count; ++i) out << (i > 0 ? ", %" : "%") << g.operand(n, i);
        out << ')';
        if (at.op->kind == hg::operation_kind::literal || at.options.number != 0) out << ' ' << at.options.number;
        if (at.options.flags != std::array<int, 3>{})
            out << " flags " << at.options.flags[0] << ' ' << at.options.flags[1] << ' ' << at.options.flags[2];
        if (at.options.target.rank > 0) {
            out << " target ";
            extents(at.options.target);
        }
        out << " : ";
        extents(at.type.extents);
        if (at.type.batched) out << " per row";
        if (at.name >= 0) out << " '" << g.name(at.name) << '\'';
        out << '\n';
    }
    constexpr const char* kinds[] = {"value", "gradient", "update"};
    for (const hg::graph_root& r : g.roots)
        out << "  " << kinds[static_cast<int>(r.kind)] << " '" << g.name(r.name) << "' = %" << r.node << '\n';
    return out.str();
}

inline bool is_name(hg::graph_view g, int i) { return i >= 0 && i < g.names.size; }
inline bool is_node(hg::graph_view g, int n) { return n >= 0 && n < g.nodes.size; }

// Whether the type and the options of a node with operands are what its operation infers.
inline std::string fault_of_inference(hg::graph_view g, int n) {
    const hg::node& node = g[n];
    hg::list<hg::value_type> types;
    for (int i = 0; i < node.operand_count; ++i) types.push(g[g.operand(n, i)].type);
    hg::inference in;
    in.operands = types.begin();
    in.count = types.size();
    in.options = node.options;
    const hg::value_type inferred = node.op->infer(in);
    if (!in.problem.empty()) return std::string(in.problem.view());
    if (!(inferred == node.type)) return "a type that its operation does not infer";
    if (!(in.options == node.options)) return "options that are not in their canonical form";
    if (node.name >= 0) return "an operation with a leaf's name";
    return {};
}
inline std::string fault_of_leaf(hg::graph_view g, int n) {
    const hg::node& node = g[n];
    if (node.op->kind == hg::operation_kind::literal)
        return node.name >= 0 || !(node.type == hg::value_type{}) ? "a literal with a name or extents" : "";
    if (hg::is<hg::ops::step>(node)) return {};
    if (!is_name(g, node.name)) return "a leaf without a name";
    return g.names[node.name].node != n ? "a leaf whose name stands for another node" : "";
}
inline std::string fault_of_node(hg::graph_view g, int n) {
    const hg::node& node = g[n];
    if (node.op == nullptr) return "no operation";
    if (node.first_operand < 0 || node.operand_count < 0 || node.first_operand + node.operand_count > g.operands.size)
        return "operands outside the array";
    if (node.op->arity >= 0 ? node.operand_count != node.op->arity : node.operand_count == 0)
        return "the wrong number of operands";
    for (int i = 0; i < node.operand_count; ++i)
        if (g.operand(n, i) < 0 || g.operand(n, i) >= n) return "an operand that does not stand before it";
    for (int i = 0; i < node.type.extents.rank; ++i)
        if (node.type.extents[i] < 1) return "an empty extent";
    for (int i = node.type.extents.rank; i < hg::max_rank; ++i)
        if (node.type.extents[i] != 0) return "extents after the rank: equal shapes would compare unequal";
    return node.operand_count > 0 ? fault_of_inference(g, n) : fault_of_leaf(g, n);
}
inline std::string fault_of_name(hg::graph_view g, int i, std::set<std::uint64_t>& hashes) {
    const hg::named_node& n = g.names[i];
    if (n.first_character < 0 || n.length < 1 || n.first_character + n.length > g.characters.size)
        return "characters outside the array";
    if (n.hash != hg::hash_of(g.name(i))) return "a hash that is not its own";
    if (!hashes.insert(n.hash).second) return "stands there twice";
    if (n.node != -1 && !is_node(g, n.node)) return "a node that is not there";
    return {};
}
inline std::string fault_of_result(hg::graph_view g, int i, std::set<std::pair<int, int>>& seen) {
    const hg::graph_root& r = g.roots[i];
    if (!is_name(g, r.name) || !is_node(g, r.node)) return "a name or node that is not there";
    if (!seen.insert({static_cast<int>(r.kind), r.name}).second) return "stands there twice";
    if (r.kind == hg::root_kind::value) return {};
    const int leaf = g.names[r.name].node;
    // A gradient outlives its leaf: a constant has one too.
    if (!is_node(g, leaf)) return r.kind == hg::root_kind::update ? "an update of what is not there" : "";
    if (!(g[leaf].type == g[r.node].type)) return "a type other than its leaf's";
    if (r.kind == hg::root_kind::update && !hg::is<hg::ops::parameter>(g[leaf]) && !hg::is<hg::ops::state>(g[leaf]))
        return "an update of what is neither parameter nor state";
    return {};
}

// The first thing that is wrong with a graph, or nothing.
inline std::string find_fault(hg::graph_view g) {
    const auto at = [](const char* what, int i, const std::string& fault) {
        return what + (" " + std::to_string(i)) + ": " + fault;
    };
    if (!g.problem.empty()) return std::string(g.problem.view());
    for (int n = 0; n < g.nodes.size; ++n)
        if (const std::string fault = fault_of_node(g, n); !fault.empty()) return at("node", n, fault);
    std::set<std::uint64_t> hashes;
    for (int i = 0; i < g.names.size; ++i)
        if (const std::string fault = fault_of_name(g, i, hashes); !fault.empty()) return at("name", i, fault);
    std::set<std::pair<int, int>> seen;
    for (int i = 0; i < g.roots.size; ++i)
        if (const std::string fault = fault_of_result(g, i, seen); !fault.empty()) return at("result", i, fault);
    for (int i = 0; i < g.starts.size; ++i)
        if (!is_name(g, g.starts[i].name)) return at("start", i, "a name that is not there");
    return {};
}

}
