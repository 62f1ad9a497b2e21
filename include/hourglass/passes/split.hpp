// Splits a program's final graph at its scans: into the outer graph, in which a scan is one operation, and for each
// scan a graph of one step, whose leaves are the values read from the outer graph, the states and the slices. Each
// graph is fused and planned like any other (compile/compile.hpp). If a step's body contains another scan, its graph
// has scans in turn and is split again; so a graph's own scans are those that lie in none of its bodies.
#pragma once

#include <hourglass/passes/kept_states.hpp>
#include <hourglass/passes/rewrite.hpp>

HOURGLASS_BEGIN

// The scans that lie in no body, in the order of their nodes.
constexpr list<int> outer_scans(const graph_view& g) {
    list<int> scans;
    const scan_bodies bodies(g);
    for (int n = 0; !bodies.empty() && n < g.nodes.size; ++n)
        if (is_scan(g[n]) && bodies[n] == 0) scans.push(n);
    return scans;
}
constexpr int count_scans(const graph_view& g) { return outer_scans(g).size(); }

// A scan as the runtime sees it. Its operands in the outer graph are the values that the body reads, then initial
// states, then sequences. The results of the step's graph are the next states, then the values to stack.
struct scan_result_plan {
    bool stacked = false;
    int root = 0;  // of the step's graph
    int every = 0; // keeps every n-th of the steps in execution order; 0: all, in their places
};
// If this scan reads states that are not all kept, more operands follow: the checkpoints of the scan to rematerialise,
// and what its steps read.
template <int Results, int Sequences> struct scan_plan {
    int outer = 0, states = 0, sequences = 0, steps = 0;
    bool backwards = false;
    int again = -1, every = 0; // the scan whose steps are rematerialised, from every n-th state
    table<scan_result_plan, Results> results;
    table<int, Sequences> state_of; // by sequence: which state of `again` it is, or -1
};

// What a graph's results need, including nodes in the bodies of scans. Of a scan's sequences only those count that its
// body reads. A scan's result may have no use but as a sequence that simplification has left unread.
struct needs_of_scans {
    scan_bodies bodies;
    list<bool> wanted;    // by node
    list<bool> of_a_body; // by node: needed in a scan's body, for its states and wanted results

    constexpr explicit needs_of_scans(const graph_view& g) : bodies(g), wanted(g.nodes.size), of_a_body(g.nodes.size) {
        for (const graph_root& r : g.roots) {
            wanted[r.node] = true;
            if (r.kind == root_kind::update && g.names[r.name].node >= 0) wanted[g.names[r.name].node] = true;
        }
        for (int n = g.nodes.size - 1; n >= 0; --n) {
            if (is_scan(g[n]))
                add_scan(scan_parts<graph_view>(g, n));
            else
                for (int i = 0; wanted[n] && i < g[n].operand_count; ++i) wanted[g.operand(n, i)] = true;
        }
    }

    constexpr needs_of_scans(const graph_view& g, slice_of<bool> wanted_, slice_of<bool> of_a_body_) : bodies(g) {
        wanted.append(wanted_);
        of_a_body.append(of_a_body_);
    }

private:
    // A sequence whose steps this scan rematerialises needs all kept states of the scan that made it.
    constexpr void add_sequence(const scan_parts<graph_view>& scan, int read) {
        wanted[read] = true;
        const kept_states kept(*scan.graph, bodies);
        if (kept.every(read) == 0) return;
        for (int q = 0; q < scan.sequences; ++q)
            if (const int other = scan.sequence(q); kept.every(other) > 0) wanted[other] = true;
    }
    constexpr void add_scan(const scan_parts<graph_view>& scan) {
        const graph_view& g = *scan.graph;
        const list<bool> body = needed_of_body(g, bodies, scan.at, &wanted);
        for (int m = 0; m < scan.at; ++m) {
            if (!body[m]) continue;
            of_a_body[m] = true;
            if (!wanted[scan.at] || !scan.has_leaf(m)) continue;
            if (const auto step = ops::step_value::of(g[m].options); !step.is_state())
                add_sequence(scan, scan.sequence(step.which));
        }
        for (int s = 0; wanted[scan.at] && s < scan.states; ++s) wanted[scan.next(s)] = wanted[scan.initial(s)] = true;
    }
};

// The same as a constant, shared by all scans of a graph.
template <int Nodes> struct frozen_needs {
    table<bool, Nodes> wanted, of_a_body;

    constexpr explicit frozen_needs(const needs_of_scans& found)
        : wanted(found.wanted.view()), of_a_body(found.of_a_body.view()) {}
    constexpr needs_of_scans of(const graph_view& g) const { return {g, wanted.view(), of_a_body.view()}; }
};

// The room that a step's graph and its plan take.
struct step_sizes {
    graph_sizes graph;
    int results = 0, sequences = 0;
};

// Makes the graph of one step.
class step_graph {
    rewriter r_;
    list<int> slices_; // leaves, by sequence
    list<int> every_;  // by sequence read: keeps every n-th of its states; 0: all
    list<int> every_result_;

public:
    const scan_parts<graph_view> scan;
    list<int> outer, sequences; // values read from the outer graph: whole ones, and sequences
    list<int> results;          // nodes of the whole graph
    int again = -1;             // the scan whose steps are rematerialised
    list<int> checkpoints;      // its kept states, or its initial states

    constexpr step_graph(const graph_view& g, int scan_node) : step_graph(g, scan_node, needs_of_scans(g)) {}
    constexpr step_graph(const graph_view& g, int scan_node, const needs_of_scans& needs)
        : r_(g), scan(r_.from, scan_node) {
        slices_ = list<int>(scan.sequences, -1);
        copy_body(needs);
        for (int s = 0; s < scan.states; ++s) ask(scan.next(s), true);
        add_results(needs);
        add_sequences(needs);
        if (again >= 0) add_checkpoints(needs);
    }
    step_graph(const step_graph&) = delete;
    step_graph& operator=(const step_graph&) = delete;

    constexpr step_sizes sizes() {
        r_.finish_names();
        return {r_.to.sizes(), results.size(), sequences.size()};
    }
    constexpr graph_builder take() {
        r_.finish_names();
        r_.to.starts = {};
        return static_cast<graph_builder&&>(r_.to);
    }
    template <int Results, int Sequences> constexpr scan_plan<Results, Sequences> plan() const {
        const graph_view& g = r_.from;
        scan_plan<Results, Sequences> p;
        list<int> scans; // no conditional expression: GCC 12 would read a destroyed list
        if (again >= 0) scans = outer_scans(g);
        for (int k = 0; k < scans.size(); ++k)
            if (scans[k] == again) p.again = k;
        for (int q = 0; q < sequences.size(); ++q) {
            if (every_[q] > 0) p.every = every_[q];
            p.state_of[q] = every_[q] > 0 ? ops::step_value::of(g[g.operand(sequences[q], 1)].options).which : -1;
        }
        p.outer = outer.size();
        p.states = scan.states;
        p.sequences = sequences.size();
        p.steps = scan.steps;
        p.backwards = scan.backwards;
        int roots = scan.states;
        for (int i = 0; i < results.size(); ++i) {
            const node& at = r_.from[results[i]];
            scan_result_plan& to = p.results[i];
            to.stacked = is_stacked(at);
            to.root = to.stacked ? roots++ : ops::state_number::of(at.options).state;
            to.every = every_result_[i];
        }
        return p;
    }

private:
    constexpr void copy_body(const needs_of_scans& needs) {
        for (int n = 0; n < scan.at; ++n)
            if (needs.of_a_body[n] && needs.bodies.contains(scan.body, n))
                r_.map[n] = scan.has_leaf(n) ? leaf_of(r_.from[n]) : copy(n);
    }
    constexpr void add_results(const needs_of_scans& needs) {
        const graph_view& g = r_.from;
        const kept_states kept(g, needs.bodies);
        for (int n = scan.at + 1; n < g.nodes.size; ++n) {
            if (!needs.wanted[n] || !scan.has_result(n)) continue;
            results.push(n);
            every_result_.push(kept.every(n));
            if (is_stacked(g[n])) ask(g.operand(n, 1), false);
        }
    }
    // Adds the sequences that a step reads.
    constexpr void add_sequences(const needs_of_scans& needs) {
        const kept_states kept(r_.from, needs.bodies);
        for (int q = 0; q < scan.sequences; ++q) {
            if (slices_[q] < 0) continue;
            r_.to.nodes[slices_[q]].options = ops::step_source{step_leaf::slice, sequences.size()};
            sequences.push(scan.sequence(q));
            every_.push(kept.every(scan.sequence(q)));
            if (every_.back() > 0) again = r_.from.operand(scan.sequence(q), 0);
        }
    }
    // Adds checkpoints for all states of the rematerialised scan, since any state may depend on any other.
    constexpr void add_checkpoints(const needs_of_scans& needs) {
        const graph_view& g = r_.from;
        const scan_parts before(g, again);
        const kept_states kept(g, needs.bodies);
        for (int s = 0; s < before.states; ++s) checkpoints.push(before.initial(s));
        for (int q = 0; q < scan.sequences; ++q)
            if (const int states = scan.sequence(q); kept.every(states) > 0)
                checkpoints[ops::step_value::of(g[g.operand(states, 1)].options).which] = states;
    }
    constexpr int push_leaf(step_leaf what, int which, const value_type& type) {
        return r_.to.push_leaf(&record<ops::step_input>, -1, type, ops::step_source{what, which});
    }
    constexpr int leaf_of(const node& step) {
        const auto [body, kind, which] = ops::step_value::of(step.options);
        if (kind == ops::step_kind::state) return push_leaf(step_leaf::state, which, step.type);
        return slices_[which] = push_leaf(step_leaf::slice, which, step.type);
    }
    constexpr int copy(int n) {
        for (int i = 0; i < r_.from[n].operand_count; ++i) bring(r_.from.operand(n, i));
        return r_.copy(n);
    }
    // Values from outside the body are read from memory, except numbers and repetitions of other values.
    constexpr void bring(int n) {
        if (r_.map[n] >= 0) return;
        const node& at = r_.from[n];
        if (at.op->kind == operation_kind::literal) {
            r_.map[n] = r_.copy(n);
        } else if (at.op->repeats) {
            r_.map[n] = copy(n);
        } else {
            r_.map[n] = push_leaf(step_leaf::outer, outer.size(), at.type);
            outer.push(n);
        }
    }
    // Makes a node of the whole graph a result. The next value of a state is copied if it already lies elsewhere: one
    // state may become what another was.
    constexpr void ask(int n, bool is_state) {
        bring(n);
        int result = r_.map[n], source = result;
        while (moves_nothing(r_.to.nodes[source])) source = r_.to.operand(source, 0);
        if (is_state && r_.to.nodes[source].op->kind == operation_kind::leaf) {
            const ops::repetition same{r_.to.nodes[result].type.extents};
            const int from[] = {result};
            result = r_.to.push(&record<ops::broadcast_to>, same, {from, 1});
        }
        r_.to.roots.push({root_kind::value, -1, result});
    }
};

// Makes the outer graph: what its results and the scans need, without the scans' bodies.
class outer_graph_builder {
    rewriter r_;
    const needs_of_scans needs_;
    list<bool> needed_;
    list<int> operands_, first_, count_; // of the calls of scans, by their nodes

public:
    constexpr explicit outer_graph_builder(const graph_view& g)
        : r_(g), needs_(g), needed_(g.nodes.size), first_(g.nodes.size), count_(g.nodes.size) {
        for (const graph_root& r : g.roots) {
            needed_[r.node] = true;
            if (r.kind == root_kind::update && g.names[r.name].node >= 0) needed_[g.names[r.name].node] = true;
        }
        for (int n = g.nodes.size - 1; n >= 0; --n) find_needs(n);
    }
    constexpr graph_builder build() {
        const graph_view& g = r_.from;
        const list<int> scans = outer_scans(g);
        list<int> number(g.nodes.size), results(g.nodes.size);
        for (int k = 0; k < scans.size(); ++k) number[scans[k]] = k;
        for (int n = 0; n < g.nodes.size; ++n) {
            if (!needed_[n]) continue;
            if (is_scan(g[n])) {
                r_.map[n] = call(n, number[n]);
            } else if (is_scan_result(g[n])) {
                const int scan = g.operand(n, 0);
                r_.map[n] = result(n, {number[scan], results[scan]++, r_.map[scan]});
            } else {
                r_.map[n] = r_.copy(n);
            }
        }
        r_.finish();
        return static_cast<graph_builder&&>(r_.to);
    }

private:
    constexpr void find_needs(int n) {
        const graph_view& g = r_.from;
        if (is_scan_result(g[n]))
            needed_[n] = needs_.wanted[n] && needs_.bodies[n] == 0; // as many as the step's graph has
        if (!needed_[n]) return;
        if (is_scan_result(g[n]))
            needed_[g.operand(n, 0)] = true;
        else if (is_scan(g[n]))
            add_operands(n);
        else
            for (int i = 0; i < g[n].operand_count; ++i) needed_[g.operand(n, i)] = true;
    }
    // Adds what a call of the scan reads, in the order of `scan_plan`.
    constexpr void add_operands(int n) {
        const graph_view& g = r_.from;
        const step_graph step(g, n, needs_);
        first_[n] = operands_.size();
        operands_.append(step.outer.view());
        for (int s = 0; s < step.scan.states; ++s) operands_.push(step.scan.initial(s));
        operands_.append(step.sequences.view());
        if (step.again >= 0) {
            const step_graph before(g, step.again, needs_);
            operands_.append(step.checkpoints.view());
            operands_.append(before.outer.view());
            operands_.append(before.sequences.view());
        }
        count_[n] = operands_.size() - first_[n];
        for (int i = 0; i < count_[n]; ++i) needed_[operands_[first_[n] + i]] = true;
    }
    constexpr int call(int n, int number) {
        list<int> now;
        for (int i = 0; i < count_[n]; ++i) now.push(r_.map[operands_[first_[n] + i]]);
        return r_.to.push(&record<ops::scan_call>, ops::called_scan{number}, now.view());
    }
    constexpr int result(int n, const ops::scan_output& output) {
        value_type type = r_.from[n].type;
        if (const int kept = kept_states(r_.from, needs_.bodies).every(n); kept > 0)
            type.extents[0] = (type.extents[0] + kept - 1) / kept;
        return r_.to.push_leaf(&record<ops::scan_value>, -1, type, output);
    }
};
constexpr graph_builder outer_graph(const graph_view& g) { return outer_graph_builder(g).build(); }

HOURGLASS_END
