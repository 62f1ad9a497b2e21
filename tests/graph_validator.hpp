// What must hold of every graph between two passes: operands stand before their uses, types are what the operations
// infer, names and results point to what they name. Says what is wrong in words; knows nothing of values.
#pragma once

#include <set>
#include <sstream>
#include <string>
#include <utility>

#include <hourglass/graph/static_graph.hpp>
#include <hourglass/ops/scan.hpp>

namespace fuzz {

namespace hg = hourglass;

// A node a line: number, operation, operands, options, type, name; results behind them.
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

// The first thing that is wrong with a graph, or nothing.
inline std::string find_fault(hg::graph_view g) {
    const auto at = [](const char* what, int i, const std::string& fault) {
        return what + (" " + std::to_string(i)) + ": " + fault;
    };
    if (!g.problem.empty()) return std::string(g.problem.view());
    const auto is_name = [&](int i) { return i >= 0 && i < g.names.size; };
    const auto is_node = [&](int n) { return n >= 0 && n < g.nodes.size; };
    for (int n = 0; n < g.nodes.size; ++n) {
        const hg::node& node = g[n];
        if (node.op == nullptr) return at("node", n, "no operation");
        if (node.first_operand < 0 || node.operand_count < 0 ||
            node.first_operand + node.operand_count > g.operands.size)
            return at("node", n, "operands outside the array");
        if (node.op->arity >= 0 ? node.operand_count != node.op->arity : node.operand_count == 0)
            return at("node", n, "the wrong number of operands");
        for (int i = 0; i < node.operand_count; ++i)
            if (g.operand(n, i) < 0 || g.operand(n, i) >= n)
                return at("node", n, "an operand that does not stand before it");
        for (int i = 0; i < node.type.extents.rank; ++i)
            if (node.type.extents[i] < 1) return at("node", n, "an empty extent");
        for (int i = node.type.extents.rank; i < hg::max_rank; ++i)
            if (node.type.extents[i] != 0)
                return at("node", n, "extents behind the rank: equal shapes would compare unequal");
        if (node.operand_count > 0) {
            hg::list<hg::value_type> types;
            for (int i = 0; i < node.operand_count; ++i) types.push(g[g.operand(n, i)].type);
            hg::inference in;
            in.operands = types.begin();
            in.count = types.size();
            in.options = node.options;
            const hg::value_type inferred = node.op->infer(in);
            if (!in.problem.empty()) return at("node", n, std::string(in.problem.view()));
            if (!(inferred == node.type)) return at("node", n, "a type that its operation does not infer");
            if (!(in.options == node.options)) return at("node", n, "options that are not in their canonical form");
            if (node.name >= 0) return at("node", n, "an operation with a leaf's name");
        } else if (node.op->kind == hg::operation_kind::literal) {
            if (node.name >= 0 || !(node.type == hg::value_type{}))
                return at("node", n, "a literal with a name or extents");
        } else if (!hg::is<hg::ops::step>(node)) {
            if (!is_name(node.name)) return at("node", n, "a leaf without a name");
            if (g.names[node.name].node != n) return at("node", n, "a leaf whose name stands for another node");
        }
    }
    std::set<std::uint64_t> hashes;
    for (int i = 0; i < g.names.size; ++i) {
        const hg::named_node& n = g.names[i];
        if (n.first_character < 0 || n.length < 1 || n.first_character + n.length > g.characters.size)
            return at("name", i, "characters outside the array");
        if (n.hash != hg::hash_of(g.name(i))) return at("name", i, "a hash that is not its own");
        if (!hashes.insert(n.hash).second) return at("name", i, "stands there twice");
        if (n.node != -1 && !is_node(n.node)) return at("name", i, "a node that is not there");
    }
    std::set<std::pair<int, int>> seen;
    for (int i = 0; i < g.roots.size; ++i) {
        const hg::graph_root& r = g.roots[i];
        if (!is_name(r.name) || !is_node(r.node)) return at("result", i, "a name or node that is not there");
        if (!seen.insert({static_cast<int>(r.kind), r.name}).second) return at("result", i, "stands there twice");
        if (r.kind == hg::root_kind::value) continue;
        const int leaf = g.names[r.name].node;
        if (!is_node(leaf)) {
            if (r.kind == hg::root_kind::update) return at("result", i, "an update of what is not there");
            continue; // a gradient outlives its leaf: a constant has one too
        }
        if (!(g[leaf].type == g[r.node].type)) return at("result", i, "a type other than its leaf's");
        if (r.kind == hg::root_kind::update && !hg::is<hg::ops::parameter>(g[leaf]) && !hg::is<hg::ops::state>(g[leaf]))
            return at("result", i, "an update of what is neither parameter nor state");
    }
    for (int i = 0; i < g.starts.size; ++i)
        if (!is_name(g.starts[i].name)) return at("start", i, "a name that is not there");
    return {};
}

}
