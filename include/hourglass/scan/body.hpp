// The bodies of scans: which nodes lie in which body, and which of them the scan needs. Copies of bodies are made in
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

// The parts of a scan node. `Graph` is a builder or a view.
template <class Graph> struct scan_parts {
    const Graph* graph;
    int at, body, states, sequences, steps;
    bool backwards;
    int keep_every; // keeps every n-th of the states before the steps; 0: all

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
    // Whether n is a leaf of this body, not of one nested in it.
    constexpr bool has_leaf(int n) const {
        return is_step(graph->nodes[n]) && ops::step_value::of(graph->nodes[n].options).body == body;
    }
};
// Maps each node to its body, and each body to the one around it. A node lies in the body of the step leaves that it
// depends on, in the innermost one if there are several. A scan and its results lie in the body around the scan's own.
// A node that depends on no step leaf lies in no body: it is loop-invariant and computed once for all steps. Body
// numbers grow inwards: a body has a smaller number than those nested in it.
class scan_bodies {
    list<int> innermost_; // by node; 0: in none
    list<int> around_;    // by body; 0: none
    bool moved_ = false;  // the last pass moved a scan that it had already visited

public:
    constexpr scan_bodies() = default;
    constexpr explicit scan_bodies(const graph_view& g) {
        if (g.bodies == 0) return;
        innermost_ = list<int>(g.nodes.size);
        around_ = list<int>(g.bodies + 1);
        const list<bool> read = nodes_read(g);
        do {
            moved_ = false;
            for (int n = 0; n < g.nodes.size; ++n) innermost_[n] = find(g, n, read[n]);
        } while (moved_);
    }
    // Whether the graph never had a scan.
    constexpr bool empty() const { return innermost_.empty(); }
    // The innermost body of a node; 0: none. Nodes added after construction lie in none.
    constexpr int operator[](int n) const { return n < innermost_.size() ? innermost_[n] : 0; }
    // The body that the scan of this body lies in; 0: none.
    constexpr int around(int body) const { return around_[body]; }
    // Whether a node lies in a body or in one nested in it.
    constexpr bool contains(int body, int n) const {
        int b = (*this)[n];
        while (b > body) b = around_[b];
        return b == body && b != 0;
    }
    // The nesting depth of a node.
    constexpr int depth(int n) const {
        int depth = 0;
        for (int b = (*this)[n]; b != 0; b = around_[b]) ++depth;
        return depth;
    }

private:
    // Which nodes are live, that is, read by a live node. Dead ones say nothing about nesting: differentiation leaves
    // dead nodes, and these may read a body that their scan does not belong to.
    static constexpr list<bool> nodes_read(const graph_view& g) {
        list<bool> read(g.nodes.size);
        for (const graph_root& r : g.roots) read[r.node] = true;
        int last = g.nodes.size - 1; // nodes after the last scan may yet be read
        while (last >= 0 && !is_scan(g.nodes.data[last])) --last;
        for (int n = g.nodes.size - 1; n >= 0; --n) {
            const node& at = g.nodes.data[n];
            if (n > last || at.name >= 0 || is_scan(at) || is_scan_result(at)) read[n] = true;
            if (!read[n]) continue;
            const int* const operands = g.operands.data + at.first_operand;
            for (int i = 0; i < at.operand_count; ++i) read[operands[i]] = true;
        }
        return read;
    }
    constexpr int find(const graph_view& g, int n, bool is_read) {
        const node& at = g.nodes.data[n];
        const int* const operands = g.operands.data + at.first_operand;
        if (is_step(at)) return ops::step_value::of(at.options).body;
        if (is_scan(at)) {
            const int body = ops::scan_shape::of(at.options).body;
            for (int i = 0; i < at.operand_count; ++i) surround(body, innermost_[operands[i]]);
            return around_[body];
        }
        if (is_scan_result(at)) { // the scan is nested in the body of the value, which may come from around it
            const int body = ops::scan_shape::of(g.nodes.data[operands[0]].options).body;
            surround(body, innermost_[operands[1]]);
            moved_ = moved_ || around_[body] != innermost_[operands[0]];
            return around_[body];
        }
        int body = 0;
        for (int i = 0; i < at.operand_count; ++i) {
            int other = innermost_[operands[i]];
            if (other == body || other == 0) continue;
            if (other > body) {
                const int inner = other;
                other = body;
                body = inner;
            }
            if (is_read) surround(body, other);
        }
        return body;
    }
    // `body` reads values of `other`, so it is nested in it. All bodies around `body` form one chain.
    constexpr void surround(int body, int other) {
        while (other != body && other != around_[body] && other != 0) {
            if (other > around_[body]) {
                const int farther = around_[body];
                around_[body] = other;
                body = other;
                other = farther;
            } else {
                body = around_[body];
            }
        }
    }
};
constexpr scan_bodies bodies_of(const graph_view& g) { return scan_bodies(g); }
constexpr bool lies_in_body(const scan_bodies& bodies, int n) { return bodies[n] != 0; }

// The bodies of a graph that grows while its scans are differentiated. There may be many scans, so the bodies are found
// once, and again only when asked about a node added since.
class known_bodies {
    scan_bodies found_;
    int nodes_ = 0;

public:
    constexpr known_bodies() = default;
    constexpr known_bodies(const known_bodies&) {} // empty: the copy serves another derivation, which may need none
    constexpr known_bodies& operator=(const known_bodies&) = delete;

    // Covers at least the nodes up to n.
    constexpr const scan_bodies& up_to(const graph_builder& g, int n) {
        if (n >= nodes_) {
            found_ = scan_bodies(g.view());
            nodes_ = g.nodes.size();
        }
        return found_;
    }
};

// Which nodes lie in the bodies of the scans between two nodes. Returns an empty list if there is no such scan.
constexpr list<bool> bodies_within(const graph_builder& g, int first, int last, known_bodies& known) {
    list<bool> scanned(g.bodies + 1);
    bool any = false;
    for (int n = first; n <= last; ++n)
        if (is_scan(g.nodes[n])) any = scanned[ops::scan_shape::of(g.nodes[n].options).body] = true;
    if (!any) return {};
    const scan_bodies& bodies = known.up_to(g, last);
    list<bool> within(last + 1);
    for (int n = 0; n <= last; ++n)
        for (int b = bodies[n]; b != 0 && !within[n]; b = bodies.around(b)) within[n] = scanned[b];
    return within;
}
constexpr list<bool> bodies_within(const graph_builder& g, int first, int last) {
    known_bodies known;
    return bodies_within(g, first, last, known);
}

// The nodes of a scan's body, and of bodies nested in it, that its states or results need. `bodies` is that of the
// graph. Excludes dead nodes that no pass has dropped yet. If only some results are `asked` for, the others do not
// count.
constexpr list<bool> needed_of_body(const graph_view& g, const scan_bodies& bodies, int scan,
                                    const list<bool>* asked = nullptr) {
    list<bool> needed(scan);
    const scan_parts parts(g, scan);
    for (int s = 0; s < parts.states; ++s) needed[parts.next(s)] = true;
    const bool all = asked == nullptr;
    const int end = all || asked->size() > g.nodes.size ? g.nodes.size : asked->size();
    for (int n = scan + 1; n < end; ++n)
        if ((all || (*asked)[n]) && parts.has_result(n)) needed[g.operand(n, 1)] = true;
    for (int n = scan - 1; n >= 0; --n) {
        needed[n] = needed[n] && bodies.contains(parts.body, n);
        for (int i = 0; needed[n] && i < g[n].operand_count; ++i) needed[g.operand(n, i)] = true;
    }
    return needed;
}

HOURGLASS_END
