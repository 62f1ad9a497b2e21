// Which states of a scan must be carried when something is derived from it: those that what is asked for acts on, or
// that act on it, from what they start with, from sequences, and from what the body reads of the graph around it. All
// three ways to differentiate a scan ask it.
#pragma once

#include <hourglass/scan/row_mixing.hpp>

HOURGLASS_BEGIN

// How far a derivative of a node differs: there is none, it is the same in all rows of a call, or each row has its own.
enum class flow { none, same, of_rows };

class carried_states {
    list<flow> nodes_; // before the scan: of its body, and as asked around it
    list<flow> states_;
    list<int> places_; // of a state, among those that are carried
    int count_ = 0;

public:
    // `in_body` says by node what lies in the body, `outside(n)` the flow of a node around it, and `passes(node, i)`
    // whether a node hands on that of its operand i.
    template <class Outside, class Passes>
    constexpr carried_states(const scan_parts<graph_builder>& scan, const list<bool>& in_body, const Outside& outside,
                             const Passes& passes)
        : nodes_(scan.at), states_(scan.states), places_(scan.states, -1) {
        for (int n = 0; n < scan.at; ++n)
            if (!in_body[n]) nodes_[n] = outside(n);
        for (int s = 0; s < scan.states; ++s) states_[s] = nodes_[scan.initial(s)];
        // What a state becomes may depend on any other: until nothing changes.
        for (bool changed = true; changed;) {
            for (int n = 0; n < scan.at; ++n)
                if (in_body[n]) nodes_[n] = flow_in_step(scan, n, passes);
            changed = false;
            for (int s = 0; s < scan.states; ++s) changed = raise(states_[s], nodes_[scan.next(s)]) || changed;
        }
        for (int s = 0; s < scan.states; ++s)
            if (states_[s] != flow::none) places_[s] = count_++;
    }
    constexpr flow of(int n) const { return nodes_[n]; }
    constexpr bool moves(int n) const { return nodes_[n] != flow::none; }
    constexpr flow of_state(int s) const { return states_[s]; }
    constexpr bool carries(int s) const { return places_[s] >= 0; }
    // Of a state that is carried, its number among those; else -1.
    constexpr int place(int s) const { return places_[s]; }
    constexpr int count() const { return count_; }

private:
    static constexpr bool raise(flow& to, flow by) {
        if (by <= to) return false;
        to = by;
        return true;
    }
    template <class Passes>
    constexpr flow flow_in_step(const scan_parts<graph_builder>& scan, int n, const Passes& passes) const {
        const graph_builder& g = *scan.graph;
        const node& here = g.nodes[n];
        flow found = flow::none;
        if (is_step(here)) {
            const ops::step_value step = ops::step_value::of(here.options);
            found = step.is_state() ? states_[step.which] : nodes_[scan.sequence(step.which)];
        }
        for (int i = 0; i < here.operand_count && found != flow::of_rows; ++i)
            if (passes(here, i)) raise(found, nodes_[g.operand(n, i)]);
        if (found == flow::none) return found;
        if (here.type.batched) return flow::of_rows;
        return mixes_rows(g, n) ? flow::same : found;
    }
};

HOURGLASS_END
