// A copy of a scan's body, from which a derived scan is made: one that runs the other way for the gradient, or one that
// carries tangents. The copy is computed again from the states before each step. What it is combined with, and which
// rule changes its nodes, is the matter of those who differentiate.
#pragma once

#include <hourglass/ir/trace.hpp>
#include <hourglass/ops/shape.hpp>
#include <hourglass/scan/body.hpp>

HOURGLASS_BEGIN

// A sequence's type for one step.
constexpr value_type type_of_slice(value_type sequence) {
    for (int i = 1; i < sequence.extents.rank; ++i) sequence.extents[i - 1] = sequence.extents[i];
    sequence.extents[--sequence.extents.rank] = 0;
    return sequence;
}

class body_copy {
    graph_builder& g_;
    list<int> map_; // node of the old body -> node of the copy
    list<int> initial_, sequences_, states_, slices_;
    const scan_bodies& bodies_; // of the nodes before the scan
    list<bool> holds_;
    int begin_ = 0;     // the first node that it holds
    list<int> numbers_; // of the bodies that stand in the old one: those of their copies

public:
    const int old, body, steps; // the scan, and the number of the copy's body
    const bool backwards;
    const int every; // of the old states, which is kept; 0: all
    int first = 0;   // node of the copy

    // For what is derived from the results that are `asked` for, by node.
    constexpr body_copy(graph_builder& g, const scan_parts<graph_builder>& scan, known_bodies& bodies,
                        bool turned_round, const list<bool>& asked)
        : g_(g), map_(scan.at, -1), bodies_(bodies.up_to(g, scan.at)),
          holds_(needed_of_body(g.view(), bodies_, scan.at, &asked)), numbers_(g.bodies + 1), old(scan.at),
          body(g.bodies + 1), steps(scan.steps), backwards(scan.backwards != turned_round),
          every(turned_round ? scan.keep_every : 0) {
        g.bodies = body;
        while (begin_ < old && !holds_[begin_]) ++begin_;
    }
    constexpr int begin() const { return begin_; } // the first node of the old body
    // Whether a node lies in the old body and is of use there.
    constexpr bool holds(int n) const { return n < old && holds_[n]; }
    // Whether it lies in a body that stands in the old one.
    constexpr bool holds_within(int n) const { return holds(n) && bodies_[n] != scan_parts(g_, old).body; }
    constexpr const list<bool>& held() const { return holds_; } // of the nodes before the scan
    // What stands for a node of the old body; what lies outside of it stays.
    constexpr int operator[](int n) const { return n < old && map_[n] >= 0 ? map_[n] : n; }

    // Leaves of the new body.
    constexpr int add_slice(int sequence) {
        sequences_.push(sequence);
        slices_.push(push_step(ops::step_kind::slice, slices_.size(), type_of_slice(g_.nodes[sequence].type)));
        return slices_.back();
    }
    constexpr int add_state(int start) {
        initial_.push(start);
        states_.push(push_step(ops::step_kind::state, states_.size(), g_.nodes[start].type));
        return states_.back();
    }
    // A node for which the rule, given the operands in the copy, finds another one, is replaced by it; -1 where it
    // finds none.
    template <class Rule> constexpr void copy(const Rule& replacement) {
        find_leaves();
        first = g_.nodes.size();
        for (int n = begin_; n < old; ++n) {
            if (!holds(n)) continue;
            if (map_[n] >= 0) {
                map_[n] = add_slice(map_[n]);
                continue;
            }
            const node at = renumbered(g_.nodes[n]);
            list<int> operands;
            for (int i = 0; i < at.operand_count; ++i) operands.push((*this)[g_.operand(n, i)]);
            map_[n] = replacement(at, operands);
            if (map_[n] < 0) map_[n] = g_.push_node(at, operands.view());
        }
    }
    // As it is. Stands behind the template, since Clang does not come back to one that had no body when it was called.
    constexpr void copy() {
        copy([](const node&, const list<int>&) { return -1; });
    }
    // The scan of the copy, given what its states become and what else is asked of its body. Sequences that nothing
    // reads are left out; -1 where nothing is left, all that is asked for being the same in all steps.
    constexpr int finish(const list<int>& next, const list<int>& asked) {
        const list<bool> needed = needed_for(next, asked);
        list<int> operands = next;
        operands.append(initial_.view());
        int kept = 0;
        for (int q = 0; q < slices_.size(); ++q) {
            if (!needed[slices_[q]] && !restores_steps(sequences_[q])) continue;
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
        return filled(handle{&g_, nullptr, value}, all).index;
    }
    // What a state is after the last step. There is a scan where there is a state.
    constexpr int final_state(int scan, int next, int which) const {
        const int both[] = {scan, next};
        return g_.push(&record<ops::final_state>, ops::state_number{which}, {both, 2});
    }

private:
    // For each leaf of the old body the sequence whose slice stands for it in the copy: of a state its values before
    // the steps. They stand before the copy, being no part of it.
    constexpr void find_leaves() {
        const scan_parts scan(g_, old);
        for (int n = begin_; n < old; ++n) {
            if (!holds(n) || !scan.has_leaf(n)) continue;
            const ops::step_value step = ops::step_value::of(g_.nodes[n].options);
            map_[n] = step.is_state() ? stacked(old, n, ops::kept_steps{every}) : scan.sequence(step.which);
        }
    }
    // A scan within the body is copied with its body, which has a number of its own.
    constexpr node renumbered(node at) {
        if (is_scan(at)) {
            ops::scan_shape shape_ = ops::scan_shape::of(at.options);
            shape_.body = number_of_copy(shape_.body);
            at.options = shape_;
        } else if (is_step(at)) {
            ops::step_value step = ops::step_value::of(at.options);
            step.body = number_of_copy(step.body);
            at.options = step;
        }
        return at;
    }
    constexpr int number_of_copy(int within) {
        if (numbers_[within] == 0) numbers_[within] = ++g_.bodies;
        return numbers_[within];
    }
    // By node, what these values of the new body are made of.
    constexpr list<bool> needed_for(const list<int>& next, const list<int>& asked) const {
        list<bool> needed(g_.nodes.size());
        for (int n : next) needed[n] = true;
        for (int n : asked) needed[n] = true;
        for (int n = g_.nodes.size() - 1; n >= first; --n)
            for (int i = 0; needed[n] && i < g_.nodes[n].operand_count; ++i) needed[g_.operand(n, i)] = true;
        return needed;
    }
    // Whether steps may be done again from what is kept of a sequence: that takes all states.
    constexpr bool restores_steps(int sequence) const {
        const node& from = g_.nodes[sequence];
        return is_stacked(from) && ops::kept_steps::of(from.options).every > 0;
    }
    constexpr int push_step(ops::step_kind kind, int which, const value_type& type) {
        return g_.push_leaf(&record<ops::step>, -1, type, ops::step_value{body, kind, which});
    }
};

HOURGLASS_END
