// A recurrence in the graph. Its body is made of ordinary nodes that depend on `step` leaves; `scan` holds what the
// states become, what they start from and the sequences; its results are nodes of their own. A node lies in the body
// whose step leaves it depends on: that is found, not stored (scan/body.hpp). None of these has a derivative rule: a
// scan is differentiated as a whole, by another scan (autodiff/reverse_scan.hpp, autodiff/forward_scan.hpp).
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
    int which = 0; // of the states, or of the sequences
    static constexpr step_value of(const attributes& a) {
        return {a.flags[0], static_cast<step_kind>(a.flags[1]), a.flags[2]};
    }
    constexpr operator attributes() const { return {0, {}, {body, static_cast<int>(kind), which}}; }
    constexpr bool is_state() const { return kind == step_kind::state; }
};
// What differs from step to step: a state before the step, or a slice of a sequence.
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
    int keep_every = 0; // of the states before each step, every which one is kept for the gradient; 0: all
    static constexpr scan_shape of(const attributes& a) {
        return {a.flags[0], a.flags[1], a.flags[2] != 0, a.target[0], static_cast<int>(a.number)};
    }
    constexpr operator attributes() const {
        return {static_cast<double>(keep_every), make_shape(steps), {body, states, backwards}};
    }
};
// Operands: what each state becomes, a node of the body; what each starts from; the sequences, whose first axis is the
// steps. Its own type says how many steps there are; it has no value.
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
    int every = 0; // a program need keep only every which one, if it can do the steps between them again; 0: all
    static constexpr kept_steps of(const attributes& a) { return {a.flags[1]}; }
    constexpr operator attributes() const { return {0, {}, {0, every, 0}}; }
};
// A value of the body, the second operand, for each step of the scan that is the first: [steps, ...].
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
// What a state is after the last step of the scan that is the first operand; the second is what it becomes in a step.
struct final_state {
    static constexpr std::string_view name = "final";
    static constexpr text describe(const attributes& a) { return sentence("state ", state_number::of(a).state); }
    static constexpr operation_kind kind = operation_kind::scan;
    static constexpr int arity = 2;
    static constexpr bool smooth = true;
    static constexpr value_type infer(inference& in) { return in[1]; }
};

struct called_scan {
    int scan = 0; // which of the program's, in the order of their nodes
    static constexpr called_scan of(const attributes& a) { return {a.flags[0]}; }
    constexpr operator attributes() const { return {0, {}, {scan, 0, 0}}; }
};
// In a program's outer graph, from which the bodies are taken out (passes/split.hpp): a scan whose operands are what
// the body reads of the outer graph, what the states start from, and the sequences.
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
// One of its results.
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
// In the graph of one step: what the body reads of the outer graph, a state before the step, or a slice of a sequence.
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
