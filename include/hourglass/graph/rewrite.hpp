// What passes share: copying a graph node by node into a new one, with names, starts and results carried over.
#pragma once

#include <hourglass/graph/trace.hpp>

HOURGLASS_BEGIN

// The products that there is a kernel for, and whose flags say what is transposed; a user's own may be anything.
constexpr bool is_matrix_product(const node& n) { return is<ops::matmul>(n) || is<ops::matmul_batch_sum>(n); }

class rewriter {
public:
    graph_view from;
    graph_builder to;
    list<int> map; // old node -> new node, or -1

    // The names keep their places; `new_names` says whether more may come.
    constexpr explicit rewriter(graph_view g, bool new_names = false) : from(g), map(g.nodes.size, -1) {
        to.problem = g.problem;
        to.nodes.reserve(g.nodes.size);
        to.operands.reserve(g.operands.size);
        to.names.append(g.names);
        to.characters.append(g.characters);
        for (named_node& n : to.names) n.node = -1;
        if (!new_names) return;
        to.by_name = hash_index(g.names.size);
        for (int i = 0; i < g.names.size; ++i) to.by_name.insert(g.names[i].hash, i);
    }
    constexpr int copy(int n) {
        const node& old = from[n];
        const int count = old.operand_count;
        const int* operands = from.operands.data + old.first_operand;
        node fresh = old;
        fresh.first_operand = to.operands.size();
        for (int i = 0; i < count; ++i) to.operands.push(map[operands[i]]);
        to.nodes.push(fresh);
        return to.nodes.size() - 1;
    }
    // What names stand for now, and which parameters and states are still there.
    constexpr void finish_names() {
        for (int i = 0; i < from.names.size; ++i) {
            const int old = from.names[i].node;
            to.names[i].node = old < 0 || map.empty() ? -1 : map[old];
        }
        for (const leaf_start& s : from.starts)
            if (to.names[s.name].node >= 0) to.starts.push(s);
    }
    constexpr void finish() {
        finish_names();
        for (const graph_root& r : from.roots) to.roots.push({r.kind, r.name, map[r.node]});
    }
};

// Which nodes the results need. An update needs the leaf that it writes, even where nothing reads it.
constexpr list<bool> needed_nodes(graph_view g) {
    list<bool> needed(g.nodes.size, false);
    for (const graph_root& r : g.roots) {
        needed[r.node] = true;
        if (r.kind == root_kind::update && g.names[r.name].node >= 0) needed[g.names[r.name].node] = true;
    }
    for (int n = g.nodes.size - 1; n >= 0; --n)
        if (needed[n])
            for (int i = 0; i < g[n].operand_count; ++i) needed[g.operand(n, i)] = true;
    return needed;
}

// Dead code: keeps what the results need, in the same order.
constexpr graph_builder prune(graph_view g) {
    rewriter r(g);
    const list<bool> needed = needed_nodes(g);
    for (int n = 0; n < g.nodes.size; ++n)
        if (needed[n]) r.map[n] = r.copy(n);
    r.finish();
    return static_cast<graph_builder&&>(r.to);
}

HOURGLASS_END
