// A program's last graph with scans is split: the outer graph, in which a scan is one operation, and for each scan a
// graph of one step, whose leaves are what the body reads of the outer graph, the states and the slices. Each is fused
// and planned like any other (compile/compile.hpp).
#pragma once

#include <hourglass/passes/rewrite.hpp>
#include <hourglass/scan/row_mixing.hpp>

HOURGLASS_BEGIN

// The k-th of a graph's scans, in the order of its nodes.
constexpr int count_scans(const graph_view& g) {
    int count = 0;
    for (int n = 0; g.bodies > 0 && n < g.nodes.size; ++n) count += is_scan(g[n]);
    return count;
}
constexpr int scan_number(const graph_view& g, int k) {
    int n = 0;
    for (; !is_scan(g[n]) || k-- > 0; ++n) {}
    return n;
}

// One scan, as what runs it must know it. The operands of its operation in the outer graph are what the body reads,
// what the states start from, and the sequences; the results of the step's graph are what the states become, then what
// is stacked.
struct scan_result_plan {
    bool stacked = false;
    int root = 0;  // of the step's graph
    int every = 0; // of the steps, in the order in which they are done, which is kept; 0: all, in their places
};
// Behind those operands come, where states are not all kept that another scan reads, that scan's checkpoints, and what
// its steps read, which are done again.
template <int Results, int Sequences> struct scan_plan {
    int outer = 0, states = 0, sequences = 0, steps = 0;
    bool backwards = false;
    int again = -1, every = 0; // the scan whose steps are done again from every which one
    std::array<scan_result_plan, static_cast<std::size_t>(Results) + 1> results{};
    std::array<int, static_cast<std::size_t>(Sequences) + 1> state_of{}; // of a sequence: which state of `again`, or -1
};

// Of a scan's stacked state of which every k-th is enough, this k, where nothing but scans that run the other way read
// the states, step by step, and all that a step reads can be had again; else 0: all are kept.
constexpr int kept_every(const graph_view& g, const list<int>& bodies, int n) {
    const auto kept = [&](int stacked) { return ops::kept_steps::of(g[stacked].options).every; };
    const auto step_of = [&](int leaf) { return ops::step_value::of(g[leaf].options); };
    if (!is_stacked(g[n]) || kept(n) == 0) return 0;
    const int scan = g.operand(n, 0);
    const ops::scan_shape parts = ops::scan_shape::of(g[scan].options);
    list<bool> checkpoint(g.nodes.size, false), can_restore(parts.states);
    for (int m = scan + 1; m < g.nodes.size; ++m)
        if (is_stacked(g[m]) && kept(m) != 0 && g.operand(m, 0) == scan) {
            if (!is<ops::step>(g[g.operand(m, 1)])) return 0;
            checkpoint[m] = true;
            can_restore[step_of(g.operand(m, 1)).which] = true;
        }
    for (const graph_root& r : g.roots)
        if (checkpoint[r.node]) return 0;
    for (int m = scan + 1; m < g.nodes.size; ++m)
        for (int i = 0; i < g[m].operand_count; ++i)
            if (checkpoint[g.operand(m, i)] && (!is_scan(g[m]) || i < 2 * ops::scan_shape::of(g[m].options).states ||
                                                ops::scan_shape::of(g[m].options).backwards == parts.backwards))
                return 0;
    // One that reads states of two scans has both whole: it does the steps of one scan again.
    for (int m = scan + 1; m < g.nodes.size; ++m) {
        bool reads = false, reads_others = false;
        for (int i = 0; is_scan(g[m]) && i < g[m].operand_count; ++i) {
            const int from = g.operand(m, i);
            reads = reads || checkpoint[from];
            reads_others = reads_others || (is_stacked(g[from]) && kept(from) != 0 && g.operand(from, 0) != scan);
        }
        if (reads && reads_others) return 0;
    }
    const list<bool> needed = needed_of_body(g, bodies, scan);
    for (int m = 0; m < scan; ++m)
        if (needed[m] && is<ops::step>(g[m]) && step_of(m).is_state() && !can_restore[step_of(m).which]) return 0;
    return kept(n);
}

// What a graph's results need, in the bodies of scans too; of a scan's sequences only those that its body reads. A
// result of a scan may be wanted by nothing but a sequence of another one that simplification has left unread.
struct needs_of_scans {
    list<int> bodies;     // as bodies_of() tells
    list<bool> wanted;    // by node
    list<bool> of_a_body; // by node: what in the body of a scan its states and wanted results need

    constexpr explicit needs_of_scans(const graph_view& g)
        : bodies(bodies_of(g)), wanted(g.nodes.size), of_a_body(g.nodes.size) {
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

private:
    // Where steps are done again for it, all states of the scan that made it are needed to begin with.
    constexpr void add_sequence(const scan_parts<graph_view>& scan, int read) {
        const graph_view& g = *scan.graph;
        wanted[read] = true;
        if (kept_every(g, bodies, read) == 0) return;
        for (int q = 0; q < scan.sequences; ++q)
            if (const int kept = scan.sequence(q); kept_every(g, bodies, kept) > 0) wanted[kept] = true;
    }
    constexpr void add_scan(const scan_parts<graph_view>& scan) {
        const graph_view& g = *scan.graph;
        const list<bool> body = needed_of_body(g, bodies, scan.at, &wanted);
        for (int m = 0; m < scan.at; ++m) {
            if (!body[m]) continue;
            of_a_body[m] = true;
            if (!wanted[scan.at] || !is<ops::step>(g[m])) continue;
            if (const auto step = ops::step_value::of(g[m].options); !step.is_state())
                add_sequence(scan, scan.sequence(step.which));
        }
        for (int s = 0; wanted[scan.at] && s < scan.states; ++s) wanted[scan.next(s)] = wanted[scan.initial(s)] = true;
    }
};

// Makes the graph of one step.
class step_graph {
    rewriter r_;
    list<int> slices_; // leaves, by sequence
    list<int> every_;  // of a sequence that is read: of the states that it is, which is kept; 0: all
    list<int> every_result_;

public:
    const scan_parts<graph_view> scan;
    list<int> outer, sequences; // what is read of the outer graph, which sequences are
    list<int> results;          // nodes of the whole graph
    int again = -1;             // the scan whose steps are done again
    list<int> checkpoints;      // of it: what stands for its states at some steps, or what they start from

    constexpr step_graph(const graph_view& g, int scan_node) : step_graph(g, scan_node, needs_of_scans(g)) {}
    constexpr step_graph(const graph_view& g, int scan_node, const needs_of_scans& needs)
        : r_(g), scan(r_.from, scan_node) {
        slices_ = list<int>(scan.sequences, -1);
        for (int n = 0; n < scan_node; ++n)
            if (needs.of_a_body[n] && needs.bodies[n] == scan.body)
                r_.map[n] = is<ops::step>(g[n]) ? leaf_of(g[n]) : copy(n);
        for (int s = 0; s < scan.states; ++s) ask(scan.next(s), true);
        for (int n = scan_node + 1; n < g.nodes.size; ++n) {
            if (!needs.wanted[n] || !is_scan_result(g[n]) || g.operand(n, 0) != scan_node) continue;
            results.push(n);
            every_result_.push(kept_every(g, needs.bodies, n));
            if (is_stacked(g[n])) ask(g.operand(n, 1), false);
        }
        for (int q = 0; q < scan.sequences; ++q) {
            if (slices_[q] < 0) continue;
            const int kept = scan.sequence(q), every = kept_every(g, needs.bodies, kept);
            r_.to.nodes[slices_[q]].options = ops::step_source{step_leaf::slice, sequences.size()};
            sequences.push(kept);
            every_.push(every);
            if (every > 0) again = g.operand(kept, 0);
        }
        if (again < 0) return;
        const scan_parts before(g, again);
        for (int s = 0; s < before.states; ++s) checkpoints.push(before.initial(s));
        for (int q = 0; q < scan.sequences; ++q) // of all states, since each may be made of any
            if (const int kept = scan.sequence(q); kept_every(g, needs.bodies, kept) > 0)
                checkpoints[ops::step_value::of(g[g.operand(kept, 1)].options).which] = kept;
    }
    step_graph(const step_graph&) = delete;
    step_graph& operator=(const step_graph&) = delete;

    constexpr graph_builder take() {
        r_.finish_names();
        r_.to.starts = {};
        return static_cast<graph_builder&&>(r_.to);
    }
    template <int Results, int Sequences> constexpr scan_plan<Results, Sequences> plan() const {
        const graph_view& g = r_.from;
        scan_plan<Results, Sequences> p;
        for (int n = 0; n < again; ++n) p.again += is_scan(g[n]);
        if (again >= 0) ++p.again;
        for (int q = 0; q < sequences.size(); ++q) {
            if (every_[q] > 0) p.every = every_[q];
            p.state_of[static_cast<std::size_t>(q)] =
                every_[q] > 0 ? ops::step_value::of(g[g.operand(sequences[q], 1)].options).which : -1;
        }
        p.outer = outer.size();
        p.states = scan.states;
        p.sequences = sequences.size();
        p.steps = scan.steps;
        p.backwards = scan.backwards;
        int roots = scan.states;
        for (int i = 0; i < results.size(); ++i) {
            const node& at = r_.from[results[i]];
            scan_result_plan& to = p.results[static_cast<std::size_t>(i)];
            to.stacked = is_stacked(at);
            to.root = to.stacked ? roots++ : ops::state_number::of(at.options).state;
            to.every = every_result_[i];
        }
        return p;
    }

private:
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
    // What lies outside of the body is read from memory, except numbers and what only repeats other values.
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
    // Makes a node of the whole graph a result. What a state becomes, and lies somewhere already, is copied: one state
    // may become what another one was.
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

// The outer graph: what its own results and the scans need, without their bodies.
constexpr graph_builder outer_graph(const graph_view& g) {
    const needs_of_scans needs(g);
    list<bool> needed(g.nodes.size);
    for (const graph_root& r : g.roots) {
        needed[r.node] = true;
        if (r.kind == root_kind::update && g.names[r.name].node >= 0) needed[g.names[r.name].node] = true;
    }
    list<int> operands, first(g.nodes.size, -1), count(g.nodes.size, 0); // of scans
    for (int n = g.nodes.size - 1; n >= 0; --n) {
        if (is_scan_result(g[n])) needed[n] = needs.wanted[n]; // as many as a step's graph has
        if (!needed[n]) continue;
        if (is_scan_result(g[n])) {
            needed[g.operand(n, 0)] = true;
        } else if (is_scan(g[n])) {
            const step_graph step(g, n, needs);
            first[n] = operands.size();
            operands.append(step.outer.view());
            for (int s = 0; s < step.scan.states; ++s) operands.push(step.scan.initial(s));
            operands.append(step.sequences.view());
            if (step.again >= 0) {
                const step_graph before(g, step.again, needs);
                operands.append(step.checkpoints.view());
                operands.append(before.outer.view());
                operands.append(before.sequences.view());
            }
            count[n] = operands.size() - first[n];
            for (int i = 0; i < count[n]; ++i) needed[operands[first[n] + i]] = true;
        } else {
            for (int i = 0; i < g[n].operand_count; ++i) needed[g.operand(n, i)] = true;
        }
    }
    rewriter r(g);
    list<int> number(g.nodes.size, 0), results(g.nodes.size, 0);
    int scans = 0;
    for (int n = 0; n < g.nodes.size; ++n) {
        if (is_scan(g[n])) number[n] = scans++;
        if (!needed[n]) continue;
        if (is_scan(g[n])) {
            list<int> now;
            for (int i = 0; i < count[n]; ++i) now.push(r.map[operands[first[n] + i]]);
            r.map[n] = r.to.push(&record<ops::scan_call>, ops::called_scan{number[n]}, now.view());
        } else if (is_scan_result(g[n])) {
            const int scan = g.operand(n, 0);
            const ops::scan_output output{number[scan], results[scan]++, r.map[scan]};
            value_type type = g[n].type;
            if (const int kept = kept_every(g, needs.bodies, n); kept > 0)
                type.extents[0] = (type.extents[0] + kept - 1) / kept;
            r.map[n] = r.to.push_leaf(&record<ops::scan_value>, -1, type, output);
        } else {
            r.map[n] = r.copy(n);
        }
    }
    r.finish();
    return static_cast<graph_builder&&>(r.to);
}

HOURGLASS_END
