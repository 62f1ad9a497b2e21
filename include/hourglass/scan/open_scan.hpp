// The state of lowering a scan (lowering/lower.hpp) while its body is lowered: the leaves for the step's slices of
// sequences and for the states, and the next values of the states.
#pragma once

#include <hourglass/expr/scan.hpp>
#include <hourglass/ops/shape.hpp>
#include <hourglass/scan/body.hpp>

HOURGLASS_BEGIN

class open_scan {
    struct carried {
        int name = -1; // of the formal
        int initial = -1, next = -1;
    };
    graph_builder& g_;
    std::string_view name_;
    int body_, steps_, every_;
    bool backwards_, batched_ = false;
    list<int> sequences_, sequence_names_;
    list<carried> states_;

public:
    constexpr open_scan(graph_builder& g, std::string_view name, int steps, bool backwards, int every)
        : g_(g), name_(name), body_(++g.bodies), steps_(steps), every_(every), backwards_(backwards) {}

    constexpr void add_sequence(int formal, handle x) {
        const shape& s = x.extents();
        if (s.rank == 0)
            g_.fail(sentence("'", g_.name(formal),
                             "' is to run along a sequence, but what is given has no axis: "
                             "the steps are the first axis"));
        else if (steps_ > 0 && s[0] != steps_)
            g_.fail(sentence("the sequence for '", g_.name(formal), "' has the shape ", s, ", so ", s[0],
                             " steps, but the scan '", name_, "' has ", steps_,
                             sequences_.empty() ? " by hg::steps" : "", other_sequence()));
        if (g_.failed()) return;
        steps_ = s[0];
        sequences_.push(x.index);
        sequence_names_.push(formal);
        depends_on(x);
    }
    constexpr void add_state(int formal, handle start) {
        states_.push({formal, start.index, -1});
        depends_on(start);
    }
    // Records that the body reads a value or input that may differ between examples.
    constexpr void depends_on(handle x) { batched_ = batched_ || x.batched(); }
    constexpr void depends_on_rows() { batched_ = true; }

    // Makes the leaves, once everything they depend on is known.
    constexpr void begin() {
        if (steps_ < 1)
            g_.fail(sentence("the scan '", name_,
                             "' does not say how many steps it has: give it a sequence, along(u = "
                             "x), or hg::steps<n>"));
        if (every_ < 0)
            g_.fail(sentence("the scan '", name_, "' is to keep every state number ", every_,
                             ": hg::keep_every<n> takes n "
                             "of 1 or more"));
        if (g_.failed()) return;
        for (int q = 0; q < sequences_.size(); ++q) {
            value_type type = g_.nodes[sequences_[q]].type;
            for (int i = 1; i < type.extents.rank; ++i) type.extents[i - 1] = type.extents[i];
            type.extents[--type.extents.rank] = 0;
            push_step(ops::step_kind::slice, q, sequence_names_[q], type);
        }
        for (int s = 0; s < states_.size(); ++s) {
            const value_type type{g_.nodes[states_[s].initial].type.extents, batched_};
            states_[s].initial = filled(handle{&g_, nullptr, states_[s].initial}, type).index;
            push_step(ops::step_kind::state, s, states_[s].name, type);
        }
    }
    // The index of the state that a node is the leaf of, or -1.
    constexpr int state(int n) const {
        const node& at = g_.nodes[n];
        if (!is<ops::step>(at)) return -1;
        const ops::step_value step = ops::step_value::of(at.options);
        return step.body == body_ && step.is_state() ? step.which : -1;
    }
    constexpr int next(int s) const { return states_[s].next; }
    constexpr void set_next(int s, handle value) {
        const carried& c = states_[s];
        const value_type type = g_.nodes[c.initial].type;
        if (c.next >= 0)
            g_.fail(sentence("next of '", g_.name(c.name), "' is given twice"));
        else if (!(value.extents() == type.extents))
            g_.fail(sentence("next of '", g_.name(c.name), "' has the shape ", value.extents(), ", but '",
                             g_.name(c.name), "' starts with the shape ", type.extents,
                             ": what is carried keeps its shape"));
        else if (value.batched() && !type.batched)
            g_.fail(sentence("next of '", g_.name(c.name),
                             "' differs between examples, but nothing does that is "
                             "passed to the scan '",
                             name_, "': pass it what differs, scan<...>(..., formal = value)"));
        else
            states_[s].next = filled(value, type).index;
    }
    // Makes the scan node; the body must be complete.
    constexpr int close() {
        list<int> operands;
        for (const carried& c : states_) {
            if (c.next < 0)
                g_.fail(sentence("the scan '", name_, "' carries '", g_.name(c.name),
                                 "', but its body has no equation next(...) = ... for it"));
            operands.push(c.next);
        }
        for (const carried& c : states_) operands.push(c.initial);
        operands.append(sequences_.view());
        if (operands.empty()) g_.fail(sentence("the scan '", name_, "' is given neither a sequence nor a state"));
        if (g_.failed()) return 0;
        const ops::scan_shape shape_{body_, states_.size(), backwards_, steps_, every_};
        return g_.push(&record<ops::scan>, shape_, operands.view());
    }

private:
    constexpr text other_sequence() const {
        return sequences_.empty() ? text() : sentence(", as '", g_.name(sequence_names_[0]), "' says");
    }
    constexpr void push_step(ops::step_kind kind, int which, int formal, const value_type& type) {
        g_.names[formal].node = g_.push_leaf(&record<ops::step>, -1, type, ops::step_value{body_, kind, which});
    }
};

// Lowers a read of a finished scan's result. `value` is the node of the body's symbol.
constexpr handle take_of_scan(handle scan, handle value, scan_moment moment, std::string_view symbol) {
    graph_builder& g = *scan.graph;
    int taken = value.index, state = -1;
    if (moment != scan_moment::each) {
        const ops::step_value step = ops::step_value::of(value.at().options);
        if (!is<ops::step>(value.at()) || step.body != ops::scan_shape::of(scan.at().options).body ||
            !step.is_state()) {
            scan.fail(sentence("'", symbol, "' is no state that the scan carries: only these have a ",
                               moment == scan_moment::next ? "next" : "last", " value"));
            return scan;
        }
        state = step.which;
        taken = g.operand(scan.index, state);
    }
    const int both[] = {scan.index, taken};
    if (moment == scan_moment::last) return scan.append(&record<ops::final_state>, ops::state_number{state}, both, 2);
    return scan.append(&record<ops::stacked>, ops::kept_steps{}, both, 2);
}

HOURGLASS_END
