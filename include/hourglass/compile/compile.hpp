// The list of stages (compile/stages.hpp) as the compiler evaluates it: each stage is a constexpr value, which can be
// printed and interpreted, and a variable of its own, since compilers count the steps of each constant evaluation
// separately. Then what a program, and a step of a scan, is compiled to.
#pragma once

#include <hourglass/compile/stages.hpp>
#include <hourglass/ir/diagnostic.hpp>

HOURGLASS_BEGIN

using graph_stages = decltype(stages::of_model{} + stages::of_specification{} + stages::passes{});

// A program's graph after the first `Count` of its stages.
template <class Spec, int Count> struct graph_after;
template <class Spec, int I> struct graph_stage {
    using made_by = graph_stages::at<I>;
    using before = typename graph_after<Spec, I>::type;
    static constexpr graph_sizes room() {
        if constexpr (requires { typename made_by::template in_compiler<Spec, before>; })
            return made_by::template in_compiler<Spec, before>::room();
        else
            return made_by::room(before::sizes);
    }
    static constexpr graph_builder run() {
        if constexpr (requires { typename made_by::template in_compiler<Spec, before>; })
            return made_by::template in_compiler<Spec, before>::run();
        else if constexpr (requires { made_by::run(before::view()); })
            return made_by::run(before::view());
        else
            return made_by::template run<Spec>(before::view(), true);
    }
};
// A stage that is no part of the program leaves the graph as it is.
template <class Spec, int Count> struct graph_after {
    using type = std::conditional_t<stages::is_part<Spec, graph_stages::at<Count - 1>>,
                                    stage<graph_stage<Spec, Count - 1>>, typename graph_after<Spec, Count - 1>::type>;
};
template <class Spec> struct graph_after<Spec, 1> { using type = stage<Spec>; };
template <made_in_steps Spec> struct graph_after<Spec, 1> { using type = lowered<Spec::graph>; };

// The graph of a program after a stage.
template <class Spec, class Stage> using graph_of = typename graph_after<Spec, graph_stages::index_of<Stage> + 1>::type;
template <class Spec> using specified_graph = graph_of<Spec, stages::of_specification::last<>>;
template <class Spec> using last_graph = graph_of<Spec, stages::passes::last<>>;

// The graphs that are split off: the outer one, and that of a step of each scan.
template <class Whole, int Scans> struct outer_of { using type = stage<stages::split::outer<Whole>>; };
template <class Whole> struct outer_of<Whole, 0> { using type = Whole; };
template <class Whole> inline constexpr int scans_of = stages::split::scans<Whole>::count;
template <class Whole> using outer_graph_of = typename outer_of<Whole, scans_of<Whole>>::type;
template <class Whole, int Scan> using step_of = stage<stages::split::step<Whole, Scan>>;

// The input of stage I of a schedule, left by the stage before, and its result. Its room may be a guess; if that proves
// too small, nothing is kept and the stage runs once more with enough room.
template <class Graph, long Rows, bool Once, int I> struct schedule_stage {
    using made_by = stages::of_schedule::at<I>;
    using before = schedule_stage<Graph, Rows, Once, I - 1>;
    static constexpr auto room = made_by::room(before::state);
    template <auto Room> static constexpr typename made_by::template frozen<Room> made{
        made_by::view_of(before::state, made_by::run(before::state))};
    static constexpr auto fitting_room = [] {
        if constexpr (requires { made<room>.sizes; })
            return room.hold(made<room>.sizes) ? room : made<room>.sizes;
        else
            return room;
    }();
    static constexpr const auto& value = made<fitting_room>;
    static constexpr schedule_state state = [] {
        schedule_state s = before::state;
        made_by::give(s, value);
        return s;
    }();
};
template <class Graph, long Rows, bool Once> struct schedule_stage<Graph, Rows, Once, -1> {
    static constexpr schedule_state state{Graph::view(), Rows, Once};
};
// A stage that edits works on a copy of exactly the actual size.
template <class Graph, long Rows, bool Once, int I>
requires(I >= 0 && stages::edits<stages::of_schedule::at<I>>) struct schedule_stage<Graph, Rows, Once, I> {
    using made_by = stages::of_schedule::at<I>;
    using before = schedule_stage<Graph, Rows, Once, I - 1>;
    static constexpr auto edited() {
        using exact = typename made_by::edits::template frozen<before::value.sizes>;
        if constexpr (std::is_same_v<const exact, std::remove_reference_t<decltype(before::value)>>) {
            exact copy = before::value;
            made_by::edit(before::state, copy);
            return copy;
        } else {
            exact copy(made_by::edits::view_of(before::state, before::value));
            made_by::edit(before::state, copy);
            return copy;
        }
    }
    static constexpr auto value = edited();
    static constexpr schedule_state state = [] {
        schedule_state s = before::state;
        made_by::edits::give(s, value);
        return s;
    }();
};

// A graph with results, and the schedule that computes them for at most `Rows` rows. A step of a scan computes nothing
// once for all calls: with runtime/local_lane.hpp its memory does not last.
template <class Graph, long Rows, bool Once = true> struct scheduled {
    using final_graph = Graph;
    static constexpr graph_view view() { return final_graph::view(); }
    static constexpr const auto& schedule = schedule_stage<Graph, Rows, Once, stages::of_schedule::size - 1>::value;
    static constexpr schedule_sizes sizes = schedule.sizes;

private:
    static constexpr schedule_view without_instructions() {
        schedule_view s = schedule.view();
        s.instructions.size = s.instruction_inputs.size = 0;
        return s;
    }

public:
    // Looked up while the program runs. Without instructions, which only compile time needs: they would bring every
    // function that their operations name into the object file.
    static constexpr frozen_schedule<without_instructions().sizes()> run_time{without_instructions()};
};

// If rows are independent, a scan runs this many rows at a time from the first step to the last. One thread does each
// block and waits for no other. The blocks do not depend on the number of threads.
inline constexpr long rows_of_block = 32;
template <class Step> inline constexpr bool rows_are_independent = !mixes_rows(Step::view());
template <class Step, long Rows> inline constexpr long rows_at_once =
    rows_are_independent<Step>&& Rows > rows_of_block ? rows_of_block : Rows;

// One step of scan K of a graph that still contains the bodies, with its plan. It may run scans in turn: those nested
// in its body.
template <class Whole, int K, long Rows> struct compiled_step;
template <class Whole, int K, long Rows> struct step_of_scan
    : scheduled<outer_graph_of<step_of<Whole, K>>, Rows, false> {
    struct spec {
        static constexpr long rows = Rows;
    };
    using whole = step_of<Whole, K>;
    static constexpr int scans = scans_of<whole>;
    template <int J> using step = compiled_step<whole, J, Rows>;
    using made_by = stages::split::step<Whole, K>;
    static constexpr int results = made_by::sizes.results;
    static constexpr const auto& plan = made_by::plan;
};
template <class Whole, int K, long Rows> struct compiled_step
    : step_of_scan<Whole, K, rows_at_once<step_of<Whole, K>, Rows>> {
    static constexpr bool by_blocks = rows_are_independent<step_of<Whole, K>>;
    // The scan whose steps are rematerialised, or K itself if there is none.
    static constexpr int other = compiled_step::plan.again < 0 ? K : compiled_step::plan.again;
    using again = step_of_scan<Whole, other, compiled_step::spec::rows>;
    static constexpr int operands =
        compiled_step::plan.outer + compiled_step::plan.states + compiled_step::plan.sequences +
        (compiled_step::plan.again < 0 ? 0 : again::plan.states + again::plan.outer + again::plan.sequences);
    static_assert(!by_blocks || rows_are_independent<step_of<Whole, other>>,
                  "the steps that are done again mix the rows, and so does their derivative");
};

/// A program as the compiler makes it: its outer graph, its schedule for at most `Spec::rows` rows, and its scans.
template <class Spec> struct compiled : scheduled<outer_graph_of<last_graph<Spec>>, Spec::rows> {
    using spec = Spec;
    using specified = specified_graph<Spec>; ///< results, gradients and updates, before any pass
    using whole = last_graph<Spec>;          ///< with the bodies of scans, which the outer graph lacks
    static constexpr int scans = scans_of<whole>;
    template <int K> using step = compiled_step<whole, K, Spec::rows>;
    static constexpr bool broken = !specified::view().problem.empty();

    struct problem {
        // Mistakes in the whole graph are reported by the graph itself.
        static constexpr text value() {
            return lowered<Spec::graph>::view().problem.empty() ? specified::view().problem : text();
        }
    };
};

/// Evaluates the stages of a program up to `Stage`, without the steps of its scans, so that their costs can be
/// measured. Always returns true.
template <class Spec, class Stage> constexpr bool evaluates() {
    constexpr int graph = graph_stages::index_of<Stage>, schedule = stages::of_schedule::index_of<Stage>;
    if constexpr (graph >= 0)
        return graph_of<Spec, Stage>::value.sizes.nodes >= 0;
    else if constexpr (schedule >= 0)
        return schedule_stage<outer_graph_of<last_graph<Spec>>, Spec::rows, true, schedule>::state.rows >= 0;
    else
        return outer_graph_of<last_graph<Spec>>::value.sizes.nodes >= 0;
}

HOURGLASS_END
