// A recurrence in the graph. Its body consists of ordinary nodes that depend on `step` leaves. `scan` holds the next
// values of the states, their first values and the sequences. Its results are nodes of their own. A node belongs to the
// body whose step leaves it depends on; this is found, not stored (scan/body.hpp). None of these has a derivative rule:
// a scan is differentiated as a whole, by another scan (autodiff/reverse_scan.hpp, autodiff/forward_scan.hpp).
#pragma once

#include <hourglass/ir/leaves.hpp>

HOURGLASS_BEGIN

enum class step_leaf { outer, state, slice };

namespace ops {

// Bodies are numbered from 1.
enum class step_kind { state, slice };
struct step_value {
    int body = 0;
    step_kind kind{};
    int which = 0; // index of the state or of the sequence
    static constexpr step_value of(const attributes& a) {
        return {a.flags[0], static_cast<step_kind>(a.flags[1]), a.flags[2]};
    }
    constexpr operator attributes() const { return {0, {}, {body, static_cast<int>(kind), which}}; }
    constexpr bool is_state() const { return kind == step_kind::state; }
};
/// A value that differs from step to step: a state before the step, or a slice of a sequence.
struct step : leaf_base<step> {
    static constexpr std::string_view name = "step";
    static constexpr text describe(const attributes& a) {
        const step_value s = step_value::of(a);
        return sentence(s.is_state() ? "state " : "slice ", s.which, " of scan ", s.body);
    }
};
struct scan_shape {
    int body = 0, states = 0;
    bool backwards = false;
    int steps = 0;
    int keep_every = 0; // keep every n-th of the states before each step for the gradient; 0: all
    static constexpr scan_shape of(const attributes& a) {
        return {a.flags[0], a.flags[1], a.flags[2] != 0, a.target[0], static_cast<int>(a.number)};
    }
    constexpr operator attributes() const {
        return {static_cast<double>(keep_every), make_shape(steps), {body, states, backwards}};
    }
};
/// Operands: the next value of each state, a node of the body; its first value; the sequences, whose first axis is the
/// steps. Its own type holds the number of steps; it has no value.
struct scan {
    static constexpr std::string_view name = "scan";
    static constexpr operation_kind kind = operation_kind::scan;
    static constexpr int arity = -1;
    static constexpr bool smooth = true;
    static constexpr text describe(const attributes& a) {
        const scan_shape s = scan_shape::of(a);
        return sentence(s.body, s.backwards ? ", backwards" : "");
    }
    static constexpr value_type infer(inference& in) {
        const auto [body, states, backwards, steps, keep_every] = scan_shape::of(in.options);
        for (int s = 0; s < states; ++s)
            if (!(in[s] == in[states + s]))
                in.problem =
                    sentence("a state of the shape ", in[states + s].extents, " cannot become one of ", in[s].extents,
                             in[s].batched == in[states + s].batched ? "" : " for each example");
        for (int i = 2 * states; i < in.count; ++i)
            if (in[i].extents.rank == 0 || in[i].extents[0] != steps)
                in.problem = sentence("the sequence of the shape ", in[i].extents, " does not have ", steps, " steps");
        return {in.options.target, in.any_batched()};
    }
};
struct kept_steps {
    int every = 0; // a program need keep only every n-th, if it can recompute the steps between them; 0: all
    static constexpr kept_steps of(const attributes& a) { return {a.flags[1]}; }
    constexpr operator attributes() const { return {0, {}, {0, every, 0}}; }
};
/// The second operand, a value of the body, for each step of the scan, the first: [steps, ...].
struct stacked {
    static constexpr std::string_view name = "stacked";
    static constexpr operation_kind kind = operation_kind::scan;
    static constexpr int arity = 2;
    static constexpr bool smooth = true;
    static constexpr value_type infer(inference& in) {
        value_type result{in[0].extents, in[1].batched};
        if (in[1].extents.rank >= max_rank) {
            in.problem = sentence("a value of the shape ", in[1].extents, " for each of ", in[0].extents[0],
                                  " steps has more than ", max_rank, " axes");
            return in[1];
        }
        for (int i = 0; i < in[1].extents.rank; ++i) result.extents[result.extents.rank++] = in[1].extents[i];
        return result;
    }
};
struct state_number {
    int state = 0;
    static constexpr state_number of(const attributes& a) { return {a.flags[0]}; }
    constexpr operator attributes() const { return {0, {}, {state, 0, 0}}; }
};
/// A state after the last step of the scan, the first operand. The second is the state's next value in a step.
struct final_state {
    static constexpr std::string_view name = "final";
    static constexpr text describe(const attributes& a) { return sentence("state ", state_number::of(a).state); }
    static constexpr operation_kind kind = operation_kind::scan;
    static constexpr int arity = 2;
    static constexpr bool smooth = true;
    static constexpr value_type infer(inference& in) { return in[1]; }
};
struct called_scan {
    int scan = 0; // index among the program's scans, in the order of their nodes
    static constexpr called_scan of(const attributes& a) { return {a.flags[0]}; }
    constexpr operator attributes() const { return {0, {}, {scan, 0, 0}}; }
};
/// A scan in a program's outer graph, from which bodies are split off (passes/split.hpp). Operands: the values of the
/// outer graph that the body reads, the first values of the states, and the sequences.
struct scan_call {
    static constexpr std::string_view name = "scan";
    static constexpr text describe(const attributes& a) { return sentence(called_scan::of(a).scan + 1); }
    static constexpr operation_kind kind = operation_kind::scan;
    static constexpr int arity = -1;
    static constexpr bool smooth = false;
    static constexpr value_type infer(inference& in) { return {{}, in.any_batched()}; }
};
struct scan_output {
    int scan = 0, result = 0;
    int call = -1; // the node of the scan_call
    static constexpr scan_output of(const attributes& a) { return {a.flags[0], a.flags[1], a.flags[2]}; }
    constexpr operator attributes() const { return {0, {}, {scan, result, call}}; }
};
/// A result of a `scan_call`.
struct scan_value : leaf_base<scan_value> {
    static constexpr std::string_view name = "result";
    static constexpr text describe(const attributes& a) {
        const scan_output o = scan_output::of(a);
        return sentence(o.result, " of scan ", o.scan + 1);
    }
    static constexpr operation_kind kind = operation_kind::scan;
};
struct step_source {
    step_leaf kind{};
    int which = 0;
    static constexpr step_source of(const attributes& a) { return {static_cast<step_leaf>(a.flags[0]), a.flags[1]}; }
    constexpr operator attributes() const { return {0, {}, {static_cast<int>(kind), which, 0}}; }
};
/// In the graph of one step: an outer value that the body reads, a state before the step, or a slice of a sequence.
struct step_input : leaf_base<step_input> {
    static constexpr std::string_view name = "fed";
};

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::step);
HOURGLASS_OPERATION(hourglass::ops::scan);
HOURGLASS_OPERATION(hourglass::ops::stacked);
HOURGLASS_OPERATION(hourglass::ops::final_state);
HOURGLASS_OPERATION(hourglass::ops::scan_call);
HOURGLASS_OPERATION(hourglass::ops::scan_value);
HOURGLASS_OPERATION(hourglass::ops::step_input);
