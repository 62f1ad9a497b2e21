// The bodies of scans: which nodes lie in them, and copies of them. A scan that is derived from another one (backwards,
// for its gradient; forwards, for a tangent) begins with a copy of that one's body, which is computed again from the
// states before each step.
#pragma once

#include <hourglass/graph/squares.hpp>
#include <hourglass/ops/scan.hpp>

HOURGLASS_BEGIN

constexpr bool is_scan(const node& n) { return is<ops::scan>(n); }
constexpr bool is_stacked(const node& n) { return is<ops::stacked>(n); }
constexpr bool is_final_state(const node& n) { return is<ops::final_state>(n); }
constexpr bool is_scan_result(const node& n) { return is_stacked(n) || is_final_state(n); }

// A scan node taken apart; `Graph` is a builder or a view.
template <class Graph> struct scan_parts {
    const Graph* graph;
    int at, body, states, sequences, steps;
    bool backwards;

    constexpr scan_parts(const Graph& g, int n) : graph(&g), at(n) {
        const node& scan = g.nodes[n];
        const ops::scan_shape shape_ = ops::scan_shape::of(scan.options);
        body = shape_.body;
        states = shape_.states;
        backwards = shape_.backwards;
        steps = shape_.steps;
        sequences = scan.operand_count - 2 * states;
    }
    constexpr int next(int s) const { return graph->operand(at, s); }
    constexpr int initial(int s) const { return graph->operand(at, states + s); }
    constexpr int sequence(int q) const { return graph->operand(at, 2 * states + q); }
};

// For each node the number of the body in which it lies, or 0; no numbers at all where no scan was ever made.
constexpr list<int> bodies_of(const graph_view& g) {
    if (g.bodies == 0) return {};
    list<int> body(g.nodes.size);
    for (int n = 0; n < g.nodes.size; ++n) {
        const node& at = g.nodes.data[n];
        if (is<ops::step>(at)) body[n] = ops::step_value::of(at.options).body;
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
        if (is<ops::scan>(g.nodes[n])) scanned[ops::scan_shape::of(g.nodes[n].options).body] = true;
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
        if (is_scan_result(g[n]) && g.operand(n, 0) == scan && (asked == nullptr || (n < asked->size() && (*asked)[n])))
            needed[g.operand(n, 1)] = true;
    for (int n = scan - 1; n >= 0; --n) {
        needed[n] = needed[n] && bodies[n] == parts.body;
        for (int i = 0; needed[n] && i < g[n].operand_count; ++i) needed[g.operand(n, i)] = true;
    }
    return needed;
}

class body_copy {
    graph_builder& g_;
    list<int> map_; // node of the old body -> node of the copy
    list<int> initial_, sequences_, states_, slices_;
    list<bool> holds_;

public:
    const int old, body, steps; // the scan, and the number of the copy's body
    const bool backwards;
    const int every; // of the old states, which is kept; 0: all
    int first = 0;   // node of the copy

    // For what is derived from the results that are `asked` for, by node.
    constexpr body_copy(graph_builder& g, int scan, bool turned_round, const list<bool>& asked)
        : g_(g), map_(scan, -1), holds_(needed_of_body(g.view(), bodies_of(g.view()), scan, &asked)), old(scan),
          body(g.bodies + 1), steps(ops::scan_shape::of(g.nodes[scan].options).steps),
          backwards(ops::scan_shape::of(g.nodes[scan].options).backwards != turned_round),
          every(turned_round ? ops::scan_shape::of(g.nodes[scan].options).keep_every : 0) {
        g.bodies = body;
    }
    // Whether a node lies in the old body and is of use there.
    constexpr bool holds(int n) const { return n < old && holds_[n]; }
    // What stands for a node of the old body; what lies outside of it stays.
    constexpr int operator[](int n) const { return n < old && map_[n] >= 0 ? map_[n] : n; }

    // Leaves of the new body.
    constexpr int add_slice(int sequence) {
        value_type type = g_.nodes[sequence].type;
        for (int i = 1; i < type.extents.rank; ++i) type.extents[i - 1] = type.extents[i];
        type.extents[--type.extents.rank] = 0;
        sequences_.push(sequence);
        slices_.push(push_step(ops::step_kind::slice, slices_.size(), type));
        return slices_.back();
    }
    constexpr int add_state(int start) {
        initial_.push(start);
        states_.push(push_step(ops::step_kind::state, states_.size(), g_.nodes[start].type));
        return states_.back();
    }
    // The old body for a derivative: without the roots that it squares, logarithms in their exact forms. Nodes around
    // the body stay as they are: targets of the derivative may be among them.
    constexpr void copy_without_squared_roots() {
        list<int> around;
        bool any = false;
        for (int n = 0; n < old; ++n) {
            if (!holds(n)) continue;
            any = any || square_rules::is_root(g_.nodes[n]) || ops::is_logarithm(*g_.nodes[n].op);
            for (int i = 0; i < g_.nodes[n].operand_count; ++i)
                if (const int o = g_.operand(n, i); !holds(o)) around.push(o);
        }
        square_rules rules(g_, false, around.view());
        copy(any ? &rules : nullptr);
    }
    // The old body, its states being read from what they were before each step.
    constexpr void copy(square_rules* rules = nullptr) {
        const int count = old;
        for (int n = 0; n < count; ++n) { // what is no part of the copy stands before it
            if (!holds(n) || !is<ops::step>(g_.nodes[n])) continue;
            const ops::step_value step = ops::step_value::of(g_.nodes[n].options);
            const int both[] = {old, n};
            map_[n] = step.is_state() ? g_.push(&record<ops::stacked>, ops::kept_steps{every}, {both, 2})
                                      : scan_parts(g_, old).sequence(step.which);
        }
        first = g_.nodes.size();
        for (int n = 0; n < count; ++n) {
            if (!holds(n)) continue;
            if (is<ops::step>(g_.nodes[n])) {
                map_[n] = add_slice(map_[n]);
                continue;
            }
            const node at = g_.nodes[n];
            list<int> operands;
            for (int i = 0; i < at.operand_count; ++i) operands.push((*this)[g_.operand(n, i)]);
            map_[n] = rules == nullptr ? -1 : without_root(*rules, at, operands);
            if (map_[n] < 0) map_[n] = g_.push_node(at, operands.view());
        }
    }
    // The scan of the copy, given what its states become and what else is asked of its body. Sequences that nothing
    // reads are left out; -1 where nothing is left, all that is asked for being the same in all steps.
    constexpr int finish(const list<int>& next, const list<int>& asked) {
        list<bool> needed(g_.nodes.size());
        for (int n : next) needed[n] = true;
        for (int n : asked) needed[n] = true;
        for (int n = g_.nodes.size() - 1; n >= first; --n)
            for (int i = 0; needed[n] && i < g_.nodes[n].operand_count; ++i) needed[g_.operand(n, i)] = true;
        list<int> operands = next;
        operands.append(initial_.view());
        int kept = 0;
        for (int q = 0; q < slices_.size(); ++q) {
            // Steps that are done again need all states.
            const node& from = g_.nodes[sequences_[q]];
            if (!needed[slices_[q]] && !(is_stacked(from) && ops::kept_steps::of(from.options).every > 0)) continue;
            g_.nodes[slices_[q]].options = ops::step_value{body, ops::step_kind::slice, kept++};
            operands.push(sequences_[q]);
        }
        if (operands.empty()) return -1;
        const ops::scan_shape shape_{body, next.size(), backwards, steps};
        return g_.push(&record<ops::scan>, shape_, operands.view());
    }
    // A value of its body for each step.
    constexpr int stacked(int scan, int value, const attributes& options = {}) const {
        const int both[] = {scan, value};
        if (scan >= 0) return g_.push(&record<ops::stacked>, options, {both, 2});
        value_type all = g_.nodes[value].type;
        for (int i = all.extents.rank++; i > 0; --i) all.extents[i] = all.extents[i - 1];
        all.extents[0] = steps;
        return handle{&g_, nullptr, value}.filled(all).index;
    }
    // What a state is after the last step. There is a scan where there is a state.
    constexpr int final_state(int scan, int next, int which) const {
        const int both[] = {scan, next};
        return g_.push(&record<ops::final_state>, ops::state_number{which}, {both, 2});
    }

private:
    constexpr int without_root(square_rules& rules, const node& at, const list<int>& of) {
        const bool before = g_.deriving;
        g_.deriving = at.derived;
        int found = of.empty() ? -1 : rules.exact_logarithm(*at.op, of[0]);
        if (found < 0 && square_rules::is_square(at))
            found = rules.without_root(*at.op, of[0], of[of.size() - 1], at.type);
        g_.deriving = before;
        return found;
    }
    constexpr int push_step(ops::step_kind kind, int which, const value_type& type) {
        return g_.push_leaf(&record<ops::step>, -1, type, ops::step_value{body, kind, which});
    }
};

HOURGLASS_END
