// Which states a derived scan must carry: those that affect a requested value, or are affected by it, through their
// initial values, sequences or nodes around the body. All three ways to differentiate a scan use it.
#pragma once

#include <hourglass/scan/row_mixing.hpp>

HOURGLASS_BEGIN

// How a node's derivative varies: it has none, it is the same in all rows of a call, or each row has its own.
enum class flow { none, same, of_rows };

class carried_states {
    list<flow> nodes_; // of nodes before the scan: in its body found here, elsewhere by `outside`
    list<flow> states_;
    list<int> places_; // of a state: its index among the carried ones
    int count_ = 0;
    list<int> inner_;         // scans nested in the body
    list<flow> inner_states_; // theirs, of consecutive scans

public:
    // `in_body` marks the nodes of the body by index. `outside(n)` is the flow of a node around it. `passes(node, i)`
    // says whether a node passes on the flow of its operand i.
    template <class Outside, class Passes>
    constexpr carried_states(const scan_parts<graph_builder>& scan, const list<bool>& in_body, const Outside& outside,
                             const Passes& passes)
        : nodes_(scan.at), states_(scan.states), places_(scan.states, -1) {
        for (int n = 0; n < scan.at; ++n)
            if (!in_body[n])
                nodes_[n] = outside(n);
            else if (is_scan(scan.graph->nodes[n]))
                add_inner_scan(scan_parts(*scan.graph, n));
        for (int s = 0; s < scan.states; ++s) states_[s] = nodes_[scan.initial(s)];
        // The next value of a state may depend on any other state, so iterate to a fixed point.
        for (bool changed = true; changed;) {
            for (int n = 0; n < scan.at; ++n)
                if (in_body[n]) nodes_[n] = flow_in_step(scan, n, passes);
            changed = raise_inner_states(*scan.graph);
            for (int s = 0; s < scan.states; ++s) changed = raise(states_[s], nodes_[scan.next(s)]) || changed;
        }
        for (int s = 0; s < scan.states; ++s)
            if (states_[s] != flow::none) places_[s] = count_++;
    }
    constexpr flow of(int n) const { return nodes_[n]; }
    constexpr bool moves(int n) const { return nodes_[n] != flow::none; }
    constexpr flow of_state(int s) const { return states_[s]; }
    constexpr bool carries(int s) const { return places_[s] >= 0; }
    // The index of a carried state among the carried ones; else -1.
    constexpr int place(int s) const { return places_[s]; }
    constexpr int count() const { return count_; }

private:
    static constexpr bool raise(flow& to, flow by) {
        if (by <= to) return false;
        to = by;
        return true;
    }
    constexpr void add_inner_scan(const scan_parts<graph_builder>& scan) {
        inner_.push(scan.at);
        for (int s = 0; s < scan.states; ++s) inner_states_.push(flow::none);
    }
    constexpr bool raise_inner_states(const graph_builder& g) {
        bool changed = false;
        flow* state = inner_states_.begin();
        for (int n : inner_) {
            const scan_parts scan(g, n);
            for (int s = 0; s < scan.states; ++s, ++state) {
                changed = raise(*state, nodes_[scan.initial(s)]) || changed;
                changed = raise(*state, nodes_[scan.next(s)]) || changed;
            }
        }
        return changed;
    }
    constexpr flow inner_state(const graph_builder& g, int scan, int s) const {
        const flow* state = inner_states_.begin();
        for (int n : inner_) {
            if (n == scan) break;
            state += scan_parts(g, n).states;
        }
        return state[s];
    }
    constexpr flow flow_of_leaf(const scan_parts<graph_builder>& scan, const ops::step_value& leaf) const {
        if (leaf.body == scan.body) return leaf.is_state() ? states_[leaf.which] : nodes_[scan.sequence(leaf.which)];
        for (int n : inner_)
            if (const scan_parts inner(*scan.graph, n); inner.body == leaf.body)
                return leaf.is_state() ? inner_state(*scan.graph, n, leaf.which) : nodes_[inner.sequence(leaf.which)];
        return flow::none;
    }
    // Flow of a nested scan's result: stacked values follow the value, a final state follows the state.
    constexpr flow flow_of_result(const graph_builder& g, int n) const {
        if (is_stacked(g.nodes[n])) return nodes_[g.operand(n, 1)];
        return inner_state(g, g.operand(n, 0), ops::state_number::of(g.nodes[n].options).state);
    }
    template <class Passes>
    constexpr flow flow_in_step(const scan_parts<graph_builder>& scan, int n, const Passes& passes) const {
        const graph_builder& g = *scan.graph;
        const node& here = g.nodes[n];
        flow found = flow::none;
        if (is_step(here))
            found = flow_of_leaf(scan, ops::step_value::of(here.options));
        else if (is_scan_result(here))
            found = flow_of_result(g, n);
        else if (!is_scan(here)) // a scan node has no value
            for (int i = 0; i < here.operand_count && found != flow::of_rows; ++i)
                if (passes(here, i)) raise(found, nodes_[g.operand(n, i)]);
        if (found == flow::none) return found;
        if (here.type.batched) return flow::of_rows;
        return mixes_rows(g, n) ? flow::same : found;
    }
};

HOURGLASS_END
