// The bodies of scans: which nodes lie in them, and which of these a scan needs. Copies of bodies are in
// scan/body_copy.hpp.
#pragma once

#include <hourglass/ir/static_graph.hpp>
#include <hourglass/ops/scan.hpp>

HOURGLASS_BEGIN

constexpr bool is_scan(const node& n) { return is<ops::scan>(n); }
constexpr bool is_stacked(const node& n) { return is<ops::stacked>(n); }
constexpr bool is_final_state(const node& n) { return is<ops::final_state>(n); }
constexpr bool is_scan_result(const node& n) { return is_stacked(n) || is_final_state(n); }
constexpr bool is_step(const node& n) { return is<ops::step>(n); }

// A scan node taken apart; `Graph` is a builder or a view.
template <class Graph> struct scan_parts {
    const Graph* graph;
    int at, body, states, sequences, steps;
    bool backwards;
    int keep_every; // of the states before each step; 0: all

    constexpr scan_parts(const Graph& g, int n) : graph(&g), at(n) {
        const node& scan = g.nodes[n];
        const ops::scan_shape shape_ = ops::scan_shape::of(scan.options);
        body = shape_.body;
        states = shape_.states;
        backwards = shape_.backwards;
        steps = shape_.steps;
        keep_every = shape_.keep_every;
        sequences = scan.operand_count - 2 * states;
    }
    constexpr int next(int s) const { return graph->operand(at, s); }
    constexpr int initial(int s) const { return graph->operand(at, states + s); }
    constexpr int sequence(int q) const { return graph->operand(at, 2 * states + q); }
    constexpr bool has_result(int n) const { return is_scan_result(graph->nodes[n]) && graph->operand(n, 0) == at; }
};
// For each node the number of the body in which it lies, or 0; no numbers at all where no scan was ever made.
constexpr list<int> bodies_of(const graph_view& g) {
    if (g.bodies == 0) return {};
    list<int> body(g.nodes.size);
    for (int n = 0; n < g.nodes.size; ++n) {
        const node& at = g.nodes.data[n];
        if (is_step(at)) body[n] = ops::step_value::of(at.options).body;
        if (at.op->kind == operation_kind::scan) continue;
        for (int i = 0; i < at.operand_count && body[n] == 0; ++i) body[n] = body[g.operand(n, i)];
    }
    return body;
}
// Which nodes lie in the body of a scan that stands between two nodes as well.
constexpr list<bool> bodies_within(const graph_builder& g, int seed, int result) {
    const list<int> bodies = bodies_of(g.view());
    if (bodies.empty()) return {};
    list<bool> scanned(g.bodies + 1, false), within(result + 1);
    for (int n = seed; n <= result; ++n)
        if (is_scan(g.nodes[n])) scanned[ops::scan_shape::of(g.nodes[n].options).body] = true;
    for (int n = 0; n <= result; ++n) within[n] = bodies[n] != 0 && scanned[bodies[n]];
    return within;
}
constexpr bool lies_in_body(const list<int>& bodies, int n) { return n < bodies.size() && bodies[n] != 0; }

// Of a scan, the nodes of its body that its states or results need; `bodies` as found above. Others may lie about that
// no pass has dropped yet. Where only some of the results are `asked` for, the others do not count.
constexpr list<bool> needed_of_body(const graph_view& g, const list<int>& bodies, int scan,
                                    const list<bool>* asked = nullptr) {
    list<bool> needed(scan);
    const scan_parts parts(g, scan);
    for (int s = 0; s < parts.states; ++s) needed[parts.next(s)] = true;
    for (int n = scan + 1; n < g.nodes.size; ++n)
        if (parts.has_result(n) && (asked == nullptr || (n < asked->size() && (*asked)[n])))
            needed[g.operand(n, 1)] = true;
    for (int n = scan - 1; n >= 0; --n) {
        needed[n] = needed[n] && bodies[n] == parts.body;
        for (int i = 0; needed[n] && i < g[n].operand_count; ++i) needed[g.operand(n, i)] = true;
    }
    return needed;
}

HOURGLASS_END
