// A recurrence in the graph. Its body is made of ordinary nodes that depend on `step` leaves; `scan` holds what the
// states become, what they start from and the sequences; its results are nodes of their own. A node lies in the body
// whose step leaves it depends on: that is found, not stored (graph/body.hpp).
#pragma once

#include <hourglass/ops/leaves.hpp>

HOURGLASS_BEGIN
namespace ops {

// What differs from step to step. options.flags: [0] the body's number, from 1; [1] what it is; [2] which of them
enum class step_kind { state, slice };
struct step : leaf_base<step> {
    static constexpr std::string_view name = "step";
};

// Operands: what each state becomes, a node of the body; what each starts from; the sequences, whose first axis is the
// steps. options: flags [0] the body's number, [1] how many states, [2] whether it runs backwards; target, one extent,
// how many steps; number, of the states before each step every which one is kept for the gradient, 0 for all. Its own
// type says how many steps there are; it has no value.
struct scan {
    static constexpr std::string_view name = "scan";
    static constexpr operation_kind kind = operation_kind::scan;
    static constexpr int arity = -1;
    static constexpr value_type infer(inference& in) {
        const int states = in.options.flags[1], steps = in.options.target[0];
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
    static constexpr void derivative(auto& d) { d.reverse_scan(); }
};
// A value of the body, the second operand, for each step of the scan that is the first: [steps, ...]. options.flags[1]:
// a program need keep only every which one, if it can do the steps between them again (graph/split.hpp).
struct stacked {
    static constexpr std::string_view name = "stacked";
    static constexpr operation_kind kind = operation_kind::scan;
    static constexpr int arity = 2;
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
    static constexpr void derivative(auto& d) { d.reach_scan(); }
};
// What a state is after the last step of the scan that is the first operand; the second is what it becomes in a step.
// options.flags[0]: which state
struct final_state {
    static constexpr std::string_view name = "final";
    static constexpr operation_kind kind = operation_kind::scan;
    static constexpr int arity = 2;
    static constexpr value_type infer(inference& in) { return in[1]; }
    static constexpr void derivative(auto& d) { d.reach_scan(); }
};

// In a program's outer graph, from which the bodies are taken out (graph/split.hpp): a scan whose operands are what the
// body reads of the outer graph, what the states start from, and the sequences. options.flags[0]: which of the
// program's scans
struct scan_call {
    static constexpr std::string_view name = "scan";
    static constexpr operation_kind kind = operation_kind::scan;
    static constexpr int arity = -1;
    static constexpr bool smooth = false;
    static constexpr value_type infer(inference& in) { return {{}, in.any_batched()}; }
};
// One of its results. options.flags: [0] which of the program's scans, [1] which result, [2] the node of the scan
struct scan_value : leaf_base<scan_value> {
    static constexpr std::string_view name = "result";
    static constexpr operation_kind kind = operation_kind::scan;
};

}
HOURGLASS_END

HOURGLASS_OPERATION(hourglass::ops::step);
HOURGLASS_OPERATION(hourglass::ops::scan);
HOURGLASS_OPERATION(hourglass::ops::stacked);
HOURGLASS_OPERATION(hourglass::ops::final_state);
HOURGLASS_OPERATION(hourglass::ops::scan_call);
HOURGLASS_OPERATION(hourglass::ops::scan_value);
