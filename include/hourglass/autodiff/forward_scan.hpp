// Forward mode of a scan: another scan in the same direction, which carries the tangents of the states along with a
// copy of the old body, which it recomputes. `Forward` is forward mode itself (autodiff/forward.hpp).
#pragma once

#include <hourglass/autodiff/smooth_body.hpp>
#include <hourglass/autodiff/tangents.hpp>
#include <hourglass/scan/carried_states.hpp>

HOURGLASS_BEGIN

template <class Forward> class forward_scan {
    graph_builder& g_;
    tangents& all_;
    const list<bool>& asked_for_; // by node
    const scan_parts<graph_builder> old_;
    body_copy body_;
    const carried_states carried_;
    list<int> start_; // by state: its tangent before the first step
    struct known_tangent {
        int node, tangent;
    };
    list<known_tangent> leaves_;  // of the copy
    list<int> next_;              // tangents of the carried states' next values
    list<known_tangent> results_; // results of the old scan, and the tangents of their values in the body

public:
    // Finds the tangents of those results of the scan that are asked for.
    constexpr forward_scan(tangents& all, int scan, const list<bool>& asked_for)
        : g_(all.graph()), all_(all), asked_for_(asked_for), old_(g_, scan),
          body_(g_, old_, all.bodies, false, asked_for),
          carried_(
              old_, body_.held(), [&all](int n) { return flow_around(all, n); }, has_derivative),
          start_(old_.states, -1) {}

    constexpr void run() {
        fill_starts();
        copy_without_squared_roots(body_, g_);
        add_slices();
        add_states();
        tangents known = all_;
        known.grow();
        for (const known_tangent& leaf : leaves_) known.set(leaf.node, leaf.tangent);
        const Forward inside(known, body_.first);
        carry_tangents(inside);
        collect_results(inside);
        if (!results_.empty()) hand_out();
    }

private:
    constexpr handle at(int n) const { return {&g_, nullptr, n}; }
    static constexpr flow flow_around(const tangents& all, int n) {
        return all[n] < 0 ? flow::none : all.graph().nodes[all[n]].type.batched ? flow::of_rows : flow::same;
    }
    constexpr value_type tangent_type(int value, flow how) const {
        return {g_.nodes[value].type.extents, g_.nodes[value].type.batched || how == flow::of_rows};
    }
    // These nodes precede the copy, since they are not part of it.
    constexpr void fill_starts() {
        for (int s = 0; s < old_.states; ++s) {
            const int from = old_.initial(s);
            if (carried_.carries(s))
                start_[s] = filled(at(all_.or_zero(from)), tangent_type(from, carried_.of_state(s))).index;
        }
    }
    // A slice's tangent is the slice of the sequence's tangent. A state's tangent is noted by the state's number until
    // its leaf exists.
    constexpr void add_slices() {
        for (int n = body_.begin(); n < old_.at; ++n) {
            if (!body_.holds(n) || !carried_.moves(n) || !old_.has_leaf(n)) continue;
            const ops::step_value step = ops::step_value::of(g_.nodes[n].options);
            leaves_.push({body_[n], step.is_state() ? -1 - step.which
                                                    : body_.add_slice(all_.or_zero(old_.sequence(step.which)))});
        }
    }
    constexpr void add_states() {
        for (int s = 0; s < old_.states; ++s) {
            if (!carried_.carries(s)) continue;
            const int leaf = body_.add_state(start_[s]);
            for (known_tangent& of_leaf : leaves_)
                if (of_leaf.tangent == -1 - s) of_leaf.tangent = leaf;
        }
    }
    constexpr int tangent_in_body(const Forward& inside, int value, flow how) const {
        const int t = inside.tangent(body_[value]);
        return filled((t < 0 ? all_.zero_like(value) : at(t)), tangent_type(value, how)).index;
    }
    constexpr void carry_tangents(const Forward& inside) {
        for (int s = 0; s < old_.states; ++s)
            if (carried_.carries(s)) next_.push(tangent_in_body(inside, old_.next(s), carried_.of_state(s)));
    }
    constexpr int state_of(int result) const { return ops::state_number::of(g_.nodes[result].options).state; }
    constexpr void collect_results(const Forward& inside) {
        const bool* const asked = asked_for_.begin();
        for (int n = old_.at + 1; n < all_.size(); ++n) {
            if (!asked[n] || !old_.has_result(n)) continue;
            const int value = g_.operand(n, 1);
            if (is_final_state(g_.nodes[n])) {
                if (const int place = carried_.place(state_of(n)); place >= 0) results_.push({n, next_[place]});
            } else if (inside.tangent(body_[value]) >= 0) {
                results_.push({n, tangent_in_body(inside, value, carried_.of(value))});
            }
        }
    }
    constexpr void hand_out() {
        list<int> asked;
        for (const known_tangent& result : results_) asked.push(result.tangent);
        const int scan = body_.finish(next_, asked);
        for (const auto& [n, tangent] : results_) {
            const node old_result = g_.nodes[n];
            all_.set(n, is_final_state(old_result) ? body_.final_state(scan, tangent, carried_.place(state_of(n)))
                                                   : body_.stacked(scan, tangent, old_result.options));
        }
    }
};

HOURGLASS_END
