// A program's last graph with scans is split: the outer graph, in which a scan is one operation, and for each scan a
// graph of one step, whose leaves are what the body reads of the outer graph, the states and the slices. Each is fused
// and planned like any other (graph/compile.hpp).
#pragma once

#include <hourglass/graph/body.hpp>
#include <hourglass/graph/rewrite.hpp>

HOURGLASS_BEGIN

// What a leaf of a step's graph stands for: options.flags[0]; which of these: flags[1]
enum class step_leaf { outer, state, slice };

// The k-th of a graph's scans, in the order of its nodes.
constexpr int count_scans(const graph_view& g) {
    int count = 0;
    for (int n = 0; g.bodies > 0 && n < g.nodes.size; ++n) count += is<ops::scan>(g[n]);
    return count;
}
constexpr int scan_number(const graph_view& g, int k) {
    int n = 0;
    for (; !is<ops::scan>(g[n]) || k-- > 0; ++n) {}
    return n;
}

// One scan, as what runs it must know it. The operands of its operation in the outer graph are what the body reads,
// what the states start from, and the sequences; the results of the step's graph are what the states become, then what
// is stacked.
struct scan_result_plan {
    bool stacked = false;
    int root = 0; // of the step's graph
};
template <int Results> struct scan_plan {
    int outer = 0, states = 0, sequences = 0, steps = 0;
    bool backwards = false;
    std::array<scan_result_plan, static_cast<std::size_t>(Results) + 1> results{};
};

// Makes the graph of one step.
class step_graph {
    rewriter r_;
    list<bool> needed_;
    list<int> slices_; // leaves, by sequence

public:
    const scan_parts<graph_view> scan;
    list<int> outer, sequences; // what is read of the outer graph, which sequences are
    list<int> results;          // nodes of the whole graph

    constexpr step_graph(const graph_view& g, int scan_node)
        : r_(g), needed_(needed_of_body(g, bodies_of(g), scan_node)), scan(r_.from, scan_node) {
        slices_ = list<int>(scan.sequences, -1);
        for (int n = 0; n < scan_node; ++n)
            if (needed_[n]) r_.map[n] = is<ops::step>(g[n]) ? leaf_of(g[n]) : copy(n);
        for (int s = 0; s < scan.states; ++s) ask(scan.next(s), true);
        for (int n = scan_node + 1; n < g.nodes.size; ++n) {
            if (!is_scan_result(g[n]) || g.operand(n, 0) != scan_node) continue;
            results.push(n);
            if (is<ops::stacked>(g[n])) ask(g.operand(n, 1), false);
        }
        for (int q = 0; q < scan.sequences; ++q) {
            if (slices_[q] < 0) continue;
            r_.to.nodes[slices_[q]].options.flags[1] = sequences.size();
            sequences.push(scan.sequence(q));
        }
    }
    step_graph(const step_graph&) = delete;
    step_graph& operator=(const step_graph&) = delete;

    constexpr graph_builder take() {
        r_.finish_names();
        r_.to.starts = {};
        return static_cast<graph_builder&&>(r_.to);
    }
    template <int Results> constexpr scan_plan<Results> plan() const {
        scan_plan<Results> p;
        p.outer = outer.size();
        p.states = scan.states;
        p.sequences = sequences.size();
        p.steps = scan.steps;
        p.backwards = scan.backwards;
        int roots = scan.states;
        for (int i = 0; i < results.size(); ++i) {
            const node& at = r_.from[results[i]];
            scan_result_plan& to = p.results[static_cast<std::size_t>(i)];
            to.stacked = is<ops::stacked>(at);
            to.root = to.stacked ? roots++ : at.options.flags[0];
        }
        return p;
    }

private:
    constexpr int push_leaf(step_leaf what, int which, const value_type& type) {
        attributes options;
        options.flags = {static_cast<int>(what), which, 0};
        return r_.to.push_leaf(&record<ops::fed>, -1, type, options);
    }
    constexpr int leaf_of(const node& step) {
        const int which = step.options.flags[2];
        if (step.options.flags[1] == static_cast<int>(ops::step_kind::state))
            return push_leaf(step_leaf::state, which, step.type);
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
        } else if (is<ops::broadcast_to>(at)) {
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
        while (is<ops::reshape>(r_.to.nodes[source])) source = r_.to.operand(source, 0);
        if (is_state && r_.to.nodes[source].op->kind == operation_kind::leaf) {
            attributes same;
            same.target = r_.to.nodes[result].type.extents;
            const int from[] = {result};
            result = r_.to.push(&record<ops::broadcast_to>, same, {from, 1});
        }
        r_.to.roots.push({root_kind::value, -1, result});
    }
};

// Whether a value is put together over the rows.
constexpr bool couples_rows(const graph_view& g) {
    for (int n = 0; n < g.nodes.size; ++n)
        for (int i = 0; i < g[n].operand_count; ++i)
            if (!g[n].type.batched && g[g.operand(n, i)].type.batched && !is_scan_result(g[n])) return true;
    return false;
}

// The outer graph: what its own results and the scans need, without their bodies.
constexpr graph_builder outer_graph(const graph_view& g) {
    const list<int> bodies = bodies_of(g);
    list<bool> needed(g.nodes.size, false);
    for (const graph_root& r : g.roots) {
        needed[r.node] = true;
        if (r.kind == root_kind::update && g.names[r.name].node >= 0) needed[g.names[r.name].node] = true;
    }
    list<int> operands, first(g.nodes.size, -1), count(g.nodes.size, 0); // of scans
    for (int n = g.nodes.size - 1; n >= 0; --n) {
        if (!needed[n]) continue;
        if (is_scan_result(g[n])) {
            needed[g.operand(n, 0)] = true;
        } else if (is<ops::scan>(g[n])) {
            const step_graph step(g, n);
            first[n] = operands.size();
            operands.append(step.outer.view());
            for (int s = 0; s < step.scan.states; ++s) operands.push(step.scan.initial(s));
            operands.append(step.sequences.view());
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
        if (is<ops::scan>(g[n])) number[n] = scans++;
        if (!needed[n]) continue;
        attributes options;
        if (is<ops::scan>(g[n])) {
            options.flags[0] = number[n];
            list<int> now;
            for (int i = 0; i < count[n]; ++i) now.push(r.map[operands[first[n] + i]]);
            r.map[n] = r.to.push(&record<ops::scan_call>, options, now.view());
        } else if (is_scan_result(g[n])) {
            const int scan = g.operand(n, 0);
            options.flags = {number[scan], results[scan]++, r.map[scan]};
            r.map[n] = r.to.push_leaf(&record<ops::scan_value>, -1, g[n].type, options);
        } else {
            r.map[n] = r.copy(n);
        }
    }
    r.finish();
    return static_cast<graph_builder&&>(r.to);
}

HOURGLASS_END
