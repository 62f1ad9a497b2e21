// The base of passes: copies a graph node by node into a new one and carries names, initial values and results over.
// Also the passes that do little more: dead code elimination, and isolating updates and results.
#pragma once

#include <hourglass/ir/trace.hpp>
#include <hourglass/ops/shape.hpp>

HOURGLASS_BEGIN

// Whether the kernels of matrix products compute this node.
constexpr bool is_matrix_product(const node& n) { return n.op->matrix_product != nullptr; }

// Whether the node's value lies where that of its first operand does.
constexpr bool moves_nothing(const node& n) { return n.op->is_view; }

class rewriter {
public:
    graph_view from;
    graph_builder to;
    list<int> map; // old node -> new node, or -1

    // Names keep their indices; `new_names` says whether more may be added.
    constexpr explicit rewriter(const graph_view& g, bool new_names = false) : from(g), map(g.nodes.size, -1) {
        to.problem = g.problem;
        to.bodies = g.bodies;
        to.nodes.reserve(g.nodes.size);
        to.operands.reserve(g.operands.size);
        to.names.append(g.names);
        for (named_node& n : to.names) n.node = -1;
        if (g.characters_stay && !new_names)
            to.lent_characters = g.characters;
        else
            to.characters.append(g.characters);
        to.take_indices(g);
        if (new_names) to.find_names(g.names);
    }
    constexpr int copy(int n) { return to.push_copy(from, n, map.begin()); }
    // Updates what names refer to, and which parameters and states are left.
    constexpr void finish_names() {
        const named_node* const old = from.names.data;
        const int* const now = map.begin();
        named_node* const names = to.names.begin();
        const bool none = map.empty();
        for (int i = 0; i < from.names.size; ++i) names[i].node = none || old[i].node < 0 ? -1 : now[old[i].node];
        for (const leaf_start& s : from.starts)
            if (names[s.name].node >= 0) to.starts.push(s);
    }
    constexpr void finish() {
        finish_names();
        for (const graph_root& r : from.roots) to.roots.push({r.kind, r.name, map[r.node]});
    }
};

// Which nodes the results need; with `names_too` also every named node. An update needs the leaf that it writes, even
// if nothing reads that leaf.
constexpr list<bool> needed_nodes(const graph_view& g, bool names_too = false) {
    list<bool> result(g.nodes.size);
    bool* const needed = result.begin();
    if (names_too)
        for (const named_node& name : g.names)
            if (name.node >= 0) needed[name.node] = true;
    for (const graph_root& r : g.roots) {
        needed[r.node] = true;
        if (r.kind == root_kind::update && g.names[r.name].node >= 0) needed[g.names[r.name].node] = true;
    }
    const node* const nodes = g.nodes.data;
    for (int n = g.nodes.size - 1; n >= 0; --n)
        if (needed[n]) {
            const int* const operands = g.operands.data + nodes[n].first_operand;
            for (int i = 0; i < nodes[n].operand_count; ++i) needed[operands[i]] = true;
        }
    return result;
}

// Dead code elimination: keeps what the results need, in the same order.
constexpr graph_builder prune(const graph_view& g, bool names_too = false) {
    rewriter r(g);
    const list<bool> needed = needed_nodes(g, names_too);
    for (int n = 0; n < g.nodes.size; ++n)
        if (needed[n]) r.map[n] = r.copy(n);
    r.finish();
    return static_cast<graph_builder&&>(r.to);
}

// Whether the value lies in the caller's memory because the program is given it: inputs, arguments, fed symbols,
// parameters, states. Scalars of the call are copied when they are bound.
constexpr bool lies_outside(const node& n) {
    return n.op->kind == operation_kind::leaf && n.name >= 0 && !is<ops::scalar>(n) && !is<ops::rows>(n);
}

// Gives each update a node of its own, so that it can be written over the old value and nothing else reads it. A result
// that is given to the program, or a view of such a value, becomes a copy: results show values from before the update,
// and keep them until the program's next call, whatever happens to the bound memory.
constexpr graph_builder isolate_roots(const graph_view& g) {
    graph_builder r(g, false);
    list<int> copies(r.nodes.size(), -1);
    for (graph_root& root : r.roots) {
        int source = root.node;
        while (moves_nothing(r.nodes[source])) source = r.operand(source, 0);
        const bool is_result = root.kind != root_kind::update;
        if (is_result && !lies_outside(r.nodes[source])) continue;
        const int of = root.node;
        if (!is_result || copies[of] < 0) {
            const ops::repetition same{r.nodes[of].type.extents};
            root.node = r.push(&record<ops::broadcast_to>, same, {&of, 1});
        } else {
            root.node = copies[of];
        }
        if (is_result) copies[of] = root.node;
    }
    return r;
}

HOURGLASS_END
