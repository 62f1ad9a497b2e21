// What passes share: copying a graph node by node into a new one, with names, starts and results carried over.
#pragma once

#include <hourglass/graph/trace.hpp>

HOURGLASS_BEGIN

class rewriter {
public:
    graph_view from;
    graph_builder to;
    list<int> map;      // old node -> new node, or -1

    constexpr explicit rewriter(graph_view g) : from(g), map(g.nodes.size, -1) {
        to.by_name = hash_index(g.names.size);
        to.problem = g.problem;
        to.nodes.reserve(g.nodes.size);
        to.operands.reserve(g.operands.size);
    }
    constexpr int copy(int n) {
        const node& old = from[n];
        int fixed[8];
        list<int> many;
        if (old.operand_count > 8) many = list<int>(old.operand_count, 0);
        int* mapped = old.operand_count > 8 ? many.begin() : fixed;
        for (int i = 0; i < old.operand_count; ++i) mapped[i] = map[from.operand(n, i)];
        node fresh = old;
        if (old.name >= 0) fresh.name = to.intern(from.name(old.name), from.names[old.name].hash);
        return to.push_node(fresh, {mapped, old.operand_count});
    }
    // Results, starts and the names whose nodes are still there.
    constexpr void finish() {
        for (const named_node& n : from.names) {
            if (n.node < 0 || map[n.node] < 0) continue;
            const int name = to.intern({from.characters.data + n.first_character, static_cast<std::size_t>(n.length)}, n.hash);
            to.names[name].node = map[n.node];
        }
        for (const graph_root& r : from.roots)
            to.roots.push({r.kind, to.intern(from.name(r.name), from.names[r.name].hash), map[r.node]});
        for (const leaf_start& s : from.starts) {
            const int name = to.by_name.find(from.names[s.name].hash);
            if (name >= 0) to.starts.push({name, s.start, s.is_slot});
        }
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
