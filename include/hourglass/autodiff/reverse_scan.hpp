// Reverse mode of a scan: another scan, which runs in the opposite direction. Its body is a copy of the old body,
// recomputed from the state before each step, followed by that body's own reverse mode. It carries the adjoints of the
// states and yields the adjoint of each slice. A node around the body that the body reads gets the sum over the steps.
// The result is a scan like any other, so it can be differentiated again. `Differentiation` is reverse mode itself
// (autodiff/differentiate.hpp).
#pragma once

#include <hourglass/autodiff/adjoints.hpp>
#include <hourglass/autodiff/smooth_body.hpp>
#include <hourglass/scan/carried_states.hpp>
#include <hourglass/scan/sums_over_steps.hpp>

HOURGLASS_BEGIN

template <class Differentiation> class reverse_scan {
    graph_builder& g_;
    adjoints& all_;
    const scan_parts<graph_builder> old_;
    body_copy body_;
    const carried_states carried_;
    const sums_over_steps sums_;
    list<int> start_;           // by state: the adjoint after the last step
    list<adjoint_seed> stacks_; // values of the old body, and their adjoints for each step
    list<int> captured_;        // nodes around the body that it reads and whose adjoints are wanted
    list<bool> is_captured_;
    list<int> state_leaves_, slice_leaves_; // of the copy, by state and sequence: the counterparts of the old leaves
    list<int> next_, asked_;                // of the new body: next values of its states, other results
    list<int> summed_;                      // captured nodes whose adjoints the new scan carries, after those of states
    list<adjoint_seed> after_; // captured nodes, and terms of their adjoints that are summed after the scan

public:
    constexpr reverse_scan(adjoints& all, int scan)
        : g_(all.graph()), all_(all), old_(g_, scan), body_(g_, old_, all.bodies, true, nodes_with_adjoint(all, scan)),
          carried_(
              old_, body_.held(), [&all](int n) { return all.wanted(n) ? flow::of_rows : flow::none; }, has_derivative),
          sums_(g_, body_), start_(old_.states, -1), is_captured_(scan), state_leaves_(old_.states, -1),
          slice_leaves_(old_.sequences, -1) {}

    constexpr void run() {
        collect_adjoints();
        fill_starts();
        copy_without_squared_roots(body_, g_);
        list<int> targets = find_targets();
        const list<adjoint_seed> seeds = seed_body(targets);
        Differentiation inside(g_, seeds.view(), targets.view(), body_.first, all_.sums_rows());
        if (g_.failed()) return;
        carry_adjoints(inside);
        sum_over_steps(inside);
        ask_for_slices(inside);
        if (next_.empty() && asked_.empty()) return; // no path through the body has a derivative
        hand_out(body_.finish(next_, asked_));
    }

private:
    constexpr handle at(int n) const { return {&g_, nullptr, n}; }
    constexpr handle zero(const value_type& type) const { return filled(at(g_.push_literal(0)), type); }
    static constexpr list<bool> nodes_with_adjoint(const adjoints& all, int scan) {
        list<bool> has(all.size());
        for (int n = scan + 1; n < all.size(); ++n) has[n] = all[n] >= 0;
        return has;
    }
    // Collects the adjoints that arrived at the scan's results: at final states, and at stacked values.
    constexpr void collect_adjoints() {
        for (int n = old_.at + 1; n < all_.size(); ++n) {
            if (!old_.has_result(n) || all_[n] < 0) continue;
            const handle adjoint = filled(at(all_[n]), all_.type(n));
            if (is_stacked(g_.nodes[n])) {
                stacks_.push({g_.operand(n, 1), adjoint.index});
            } else {
                int& to = start_[ops::state_number::of(g_.nodes[n].options).state];
                to = to < 0 ? adjoint.index : (at(to) + adjoint).index;
            }
        }
    }
    // Every carried state starts from an adjoint, of zeros if none arrived.
    constexpr void fill_starts() {
        for (int s = 0; s < old_.states; ++s) {
            if (!carried_.carries(s)) continue;
            const value_type type = all_.type(old_.initial(s));
            start_[s] = (start_[s] < 0 ? zero(type) : filled(at(start_[s]), type)).index;
        }
    }
    // Finds what to differentiate the body for: leaves of the copy, and nodes that the body reads from around it.
    constexpr list<int> find_targets() {
        list<int> targets;
        for (int n = body_.begin(); n < old_.at; ++n) {
            if (!body_.holds(n)) continue;
            if (old_.has_leaf(n)) {
                const ops::step_value step = ops::step_value::of(g_.nodes[n].options);
                (step.is_state() ? state_leaves_ : slice_leaves_)[step.which] = body_[n];
                if (carried_.moves(n)) targets.push(body_[n]);
            } else {
                for (int i = 0; i < g_.nodes[n].operand_count; ++i) capture(g_.operand(n, i), targets);
            }
        }
        return targets;
    }
    constexpr void capture(int n, list<int>& targets) {
        if (body_.holds(n) || !all_.wanted(n) || is_captured_[n]) return;
        is_captured_[n] = true;
        captured_.push(n);
        targets.push(n);
    }
    // Seeds the new body: adjoints of next values arrive as states, those of stacked values as slices.
    constexpr list<adjoint_seed> seed_body(list<int>& targets) {
        list<adjoint_seed> seeds;
        for (int s = 0; s < old_.states; ++s) {
            if (!carried_.carries(s)) continue;
            capture(old_.next(s), targets);
            seeds.push({body_[old_.next(s)], body_.add_state(start_[s])});
        }
        for (const adjoint_seed& stack : stacks_) {
            if (!carried_.moves(stack.node)) continue;
            capture(stack.node, targets);
            seeds.push({body_[stack.node], body_.add_slice(stack.adjoint)});
        }
        return seeds;
    }
    // The next adjoint of a state is the adjoint of the state before the step.
    constexpr void carry_adjoints(Differentiation& inside) {
        for (int s = 0; s < old_.states; ++s)
            if (carried_.carries(s))
                next_.push(state_leaves_[s] < 0 ? zero(all_.type(old_.initial(s))).index
                                                : inside.gradient(state_leaves_[s]));
    }
    // The adjoint of a captured node is a sum over the steps. The new scan carries it, except the terms that are summed
    // after the scan. With `hg::keep_every` all terms are carried: a term summed after the scan lies in memory for all
    // steps.
    constexpr void sum_over_steps(Differentiation& inside) {
        for (int n : captured_) {
            if (!inside.reached(n)) continue;
            sums_over_steps::terms terms;
            if (body_.every > 0)
                terms.carried.push(inside.gradient(n));
            else
                sums_.split(inside.adjoint(n), terms, asked_);
            for (int t : terms.after) after_.push({n, t});
            if (terms.carried.empty()) continue;
            const value_type type = all_.type(n);
            handle sum = at(body_.add_state(zero(type).index));
            for (int t : terms.carried) sum = sum + at(t);
            next_.push(filled(sum, type).index);
            summed_.push(n);
        }
    }
    constexpr void ask_for_slices(Differentiation& inside) {
        for (int& slice : slice_leaves_) {
            slice = slice >= 0 && inside.reached(slice) ? inside.gradient(slice) : -1;
            if (slice >= 0) asked_.push(slice);
        }
    }
    // Adds the new scan's results to the adjoints of the old one's initial values, captured nodes and sequences.
    constexpr void hand_out(int scan) {
        for (int s = 0; s < old_.states; ++s)
            if (carried_.carries(s) && all_.wanted(old_.initial(s)))
                all_.add(old_.initial(s), final_state(scan, carried_.place(s)));
        for (int i = 0; i < summed_.size(); ++i) all_.add(summed_[i], final_state(scan, carried_.count() + i));
        for (const adjoint_seed& term : after_) all_.add(term.node, sums_.after(term.adjoint, scan));
        for (int q = 0; q < old_.sequences; ++q)
            if (slice_leaves_[q] >= 0 && all_.wanted(old_.sequence(q)))
                all_.add(old_.sequence(q), at(body_.stacked(scan, slice_leaves_[q])));
    }
    constexpr handle final_state(int scan, int which) const { return at(body_.final_state(scan, next_[which], which)); }
};

// Differentiates a scan or a result of one. A result only marks its scan, which takes the adjoints when the walk
// reaches it. The mark is needed: a scan may depend on the targets only through nodes that its body reads.
template <class Differentiation> constexpr void reverse_through_scan(adjoints& all, int n) {
    if (is_scan(all.graph().nodes[n])) return reverse_scan<Differentiation>(all, n).run();
    const int scan = all.graph().operand(n, 0);
    if (all[scan] < 0) all.start(scan, all[n]);
    all.want(scan);
}

HOURGLASS_END
