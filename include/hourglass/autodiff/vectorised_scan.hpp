// A scan for a whole axis of directions at once: another scan in the same direction, which carries the states for all
// directions along with a copy of the old body. `Directions` is the pass that does this for a graph
// (autodiff/vectorised.hpp).
#pragma once

#include <hourglass/ops/shape.hpp>
#include <hourglass/scan/body_copy.hpp>
#include <hourglass/scan/carried_states.hpp>

HOURGLASS_BEGIN

template <class Directions> class vectorised_scan {
    graph_builder& g_;
    Directions& all_;
    const list<bool>& asked_for_; // by node
    const scan_parts<graph_builder> old_;
    body_copy body_;
    const carried_states carried_;
    list<int> results_;        // results of the old scan that depend on the seed
    list<int> start_, slices_; // by state and sequence, for all directions; later the leaves for them
    list<int> next_;           // next values of the carried states
    list<int> values_;         // by result: its value in the body

public:
    // Finds the values, for all directions, of those results of the scan that are asked for.
    constexpr vectorised_scan(graph_builder& g, Directions& all, int scan, const list<bool>& asked_for)
        : g_(g), all_(all), asked_for_(asked_for), old_(g_, scan), body_(g_, old_, all.bodies, false, asked_for),
          carried_(
              old_, body_.held(), [&all](int n) { return all.is_mapped(n) ? flow::of_rows : flow::none; },
              [](const node&, int) { return true; }), // all nodes that depend on the seed are linear in it
          start_(old_.states, -1), slices_(old_.sequences, -1) {}

    constexpr void run() {
        collect_results();
        if (results_.empty()) return;
        fill_starts();
        body_.copy();
        all_.grow();
        map_body();
        carry_states();
        collect_values();
        if (!g_.failed()) hand_out();
    }

private:
    constexpr handle at(int n) const { return {&g_, nullptr, n}; }
    constexpr int state_of(int result) const { return ops::state_number::of(g_.nodes[result].options).state; }
    // A value for all directions, with a batch axis if `like` has one.
    constexpr int for_all(int value, int like) {
        const handle x = all_.dense(value);
        return filled(x, {x.extents(), x.batched() || g_.nodes[like].type.batched}).index;
    }
    constexpr void collect_results() {
        for (int n = old_.at + 1; n < asked_for_.size(); ++n) {
            if (!asked_for_[n] || !old_.has_result(n)) continue;
            if (is_final_state(g_.nodes[n]) ? carried_.carries(state_of(n)) : carried_.moves(g_.operand(n, 1)))
                results_.push(n);
        }
    }
    // Initial values and sequences for all directions, with the steps as first axis again. These nodes precede the
    // copy, since they are not part of it.
    constexpr void fill_starts() {
        for (int s = 0; s < old_.states; ++s)
            if (carried_.carries(s)) start_[s] = for_all(old_.initial(s), old_.initial(s));
        for (int q = 0; q < old_.sequences; ++q)
            if (const int from = old_.sequence(q); all_.is_mapped(from))
                slices_[q] = ops::with_next_axis_swapped(all_.dense(from), 0).index;
    }
    // Maps the nodes of the copy that depend on the seed.
    constexpr void map_body() {
        for (int s = 0; s < old_.states; ++s)
            if (carried_.carries(s)) start_[s] = body_.add_state(start_[s]);
        for (int n = body_.begin(); n < old_.at && !g_.failed(); ++n) {
            if (!body_.holds(n)) continue;
            if (is_scan(g_.nodes[n]) && !body_.holds_within(n))
                vectorised_scan(g_, all_, body_[n], list<bool>(g_.nodes.size(), true)).run();
            else if (!carried_.moves(n) || body_.holds_within(n) || is_scan_result(g_.nodes[n]))
                continue;
            else if (old_.has_leaf(n))
                map_leaf(n);
            else
                all_.map(body_[n]);
        }
    }
    constexpr void map_leaf(int n) {
        const ops::step_value step = ops::step_value::of(g_.nodes[n].options);
        all_.set(body_[n], step.is_state() ? start_[step.which] : body_.add_slice(slices_[step.which]));
    }
    constexpr void carry_states() {
        for (int s = 0; s < old_.states && !g_.failed(); ++s)
            if (carried_.carries(s)) next_.push(for_all(body_[old_.next(s)], old_.initial(s)));
    }
    constexpr void collect_values() {
        for (int n : results_) {
            if (g_.failed()) return;
            const int value = g_.operand(n, 1);
            values_.push(is_final_state(g_.nodes[n]) ? next_[carried_.place(state_of(n))]
                                                     : for_all(body_[value], value));
        }
    }
    constexpr void hand_out() {
        const int scan = body_.finish(next_, values_);
        for (int i = 0; i < results_.size(); ++i) {
            const node old_result = g_.nodes[results_[i]];
            if (is_final_state(old_result))
                all_.set(results_[i], body_.final_state(scan, values_[i], carried_.place(state_of(results_[i]))));
            else
                all_.set(results_[i],
                         ops::with_next_axis_swapped(at(body_.stacked(scan, values_[i], old_result.options)), 0).index);
        }
    }
};

HOURGLASS_END
