// A copy of a scan's body, from which a derived scan is made: one that runs in the opposite direction for the gradient,
// or one that carries tangents. The copy recomputes the body from the states before each step. The differentiating pass
// decides which rule changes its nodes and what is added to them.
#pragma once

#include <hourglass/ir/trace.hpp>
#include <hourglass/ops/shape.hpp>
#include <hourglass/scan/body.hpp>

HOURGLASS_BEGIN

// The type of one step's slice of a sequence.
constexpr value_type type_of_slice(value_type sequence) {
    for (int i = 1; i < sequence.extents.rank; ++i) sequence.extents[i - 1] = sequence.extents[i];
    sequence.extents[--sequence.extents.rank] = 0;
    return sequence;
}

class body_copy {
    graph_builder& g_;
    list<int> map_; // node of the old body -> node of the copy
    list<int> initial_, sequences_, states_, slices_;
    const scan_bodies& bodies_; // for the nodes before the scan
    list<bool> holds_;
    int begin_ = 0;     // the first node of the old body
    list<int> numbers_; // of nested bodies: old number -> number of the copy

public:
    const int old, body, steps; // the old scan, and the number of the copy's body
    const bool backwards;
    const int every; // keeps every n-th state of the old scan; 0: all
    int first = 0;   // first node of the copy

    // Copies the nodes needed for those results that are `asked` for, by node.
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
    // Whether a node lies in the old body and is needed.
    constexpr bool holds(int n) const { return n < old && holds_[n]; }
    // Whether a node lies in a body nested in the old one.
    constexpr bool holds_within(int n) const { return holds(n) && bodies_[n] != scan_parts(g_, old).body; }
    constexpr const list<bool>& held() const { return holds_; } // of the nodes before the scan
    // Maps a node of the old body to its copy; nodes outside the body map to themselves.
    constexpr int operator[](int n) const { return n < old && map_[n] >= 0 ? map_[n] : n; }

    // These append leaves to the new body.
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
    // Copies the body. `replacement` is called with each node and its operands in the copy; it returns the node to use
    // instead, or -1.
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
    // Copies the body unchanged. Comes after the template: Clang does not return to a template without a body at the
    // call.
    constexpr void copy() {
        copy([](const node&, const list<int>&) { return -1; });
    }
    // Makes the scan of the copy from the next values of its states and whatever else is asked of its body. Drops
    // sequences that nothing reads. Returns -1 if no operand is left, because the requested values are the same in all
    // steps.
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
    // Stacks a value of its body over the steps.
    constexpr int stacked(int scan, int value, const attributes& options = {}) const {
        const int both[] = {scan, value};
        if (scan >= 0) return g_.push(&record<ops::stacked>, options, {both, 2});
        value_type all = g_.nodes[value].type;
        for (int i = all.extents.rank++; i > 0; --i) all.extents[i] = all.extents[i - 1];
        all.extents[0] = steps;
        return filled(handle{&g_, nullptr, value}, all).index;
    }
    // A state's value after the last step. There is a state, hence a scan.
    constexpr int final_state(int scan, int next, int which) const {
        const int both[] = {scan, next};
        return g_.push(&record<ops::final_state>, ops::state_number{which}, {both, 2});
    }

private:
    // Maps each leaf of the old body to the sequence whose slice replaces it in the copy; for a state, the stacked
    // values before each step. These nodes precede the copy, since they are not part of it.
    constexpr void find_leaves() {
        const scan_parts scan(g_, old);
        for (int n = begin_; n < old; ++n) {
            if (!holds(n) || !scan.has_leaf(n)) continue;
            const ops::step_value step = ops::step_value::of(g_.nodes[n].options);
            map_[n] = step.is_state() ? stacked(old, n, ops::kept_steps{every}) : scan.sequence(step.which);
        }
    }
    // A scan nested in the body is copied along with its own body, which gets a new number.
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
    // By node, whether these values of the new body depend on it.
    constexpr list<bool> needed_for(const list<int>& next, const list<int>& asked) const {
        list<bool> needed(g_.nodes.size());
        for (int n : next) needed[n] = true;
        for (int n : asked) needed[n] = true;
        for (int n = g_.nodes.size() - 1; n >= first; --n)
            for (int i = 0; needed[n] && i < g_.nodes[n].operand_count; ++i) needed[g_.operand(n, i)] = true;
        return needed;
    }
    // Whether steps may be rematerialised from the kept values of a sequence; that takes all states.
    constexpr bool restores_steps(int sequence) const {
        const node& from = g_.nodes[sequence];
        return is_stacked(from) && ops::kept_steps::of(from.options).every > 0;
    }
    constexpr int push_step(ops::step_kind kind, int which, const value_type& type) {
        return g_.push_leaf(&record<ops::step>, -1, type, ops::step_value{body, kind, which});
    }
};

HOURGLASS_END
