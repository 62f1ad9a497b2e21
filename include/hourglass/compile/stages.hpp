// The stages from a model to its schedule, in order; the only list of them. Each states its name, what it does, the
// programs it is part of (`is_part`), the room for its result (often a guess), how tests check it, and the function to
// call. The compiler evaluates the list in compile/compile.hpp, each stage within its own budget; here it runs at run
// time. Whatever prints, tests or measures stages uses this list. How a stage works is in the header of its function.
#pragma once

#include <string_view>
#include <tuple>
#include <utility>

#include <hourglass/compile/specify.hpp>
#include <hourglass/passes/common_subexpressions.hpp>
#include <hourglass/passes/simplify/simplify.hpp>
#include <hourglass/passes/split.hpp>
#include <hourglass/schedule/plan.hpp>

HOURGLASS_BEGIN

// The input of a schedule's stages: what earlier stages have made.
struct schedule_state {
    graph_view graph;
    long rows = 0;    // the most of a call
    bool once = true; // whether something may be computed once for all calls
    slice_of<node_uses> uses{};
    fusion_view groups{};
    order_view order{};
};

// The rules of a program's update in the compiler, lowered once for each type of parameter.
template <class Spec, class Before> struct lowered_rules {
    static constexpr gradient_types<Before> types{};
    template <int Type> using lowered_rule = stage<lower_rule<typename Spec::options::rule, types.types[Type]>>;
    static constexpr auto rules = []<int... Type>(std::integer_sequence<int, Type...>) {
        const graph_view all[] = {lowered_rule<Type>::view()..., graph_view{}};
        return table<graph_view, types.distinct>({all, types.distinct});
    }
    (std::make_integer_sequence<int, types.distinct>{});

    static constexpr graph_sizes room() {
        graph_sizes of = Before::sizes;
        const graph_view g = Before::view();
        int at = 0;
        for (const graph_root& r : g.roots) {
            if (r.kind != root_kind::gradient) continue;
            const graph_view& copied = rules[types.type_of[at++]];
            of.nodes += copied.nodes.size;
            of.operands += copied.operands.size;
            of.names += copied.names.size;
            of.characters += copied.characters.size + copied.names.size * g.names[r.name].length;
            of.roots += copied.roots.size - 1;
            of.starts += copied.starts.size;
        }
        return of;
    }
    static constexpr graph_builder run() {
        return Spec::update(graph_builder(Before::view()), rules.view(), types.type_of.view());
    }
};

// A specification whose graph is made in steps (compile/specify.hpp). Others have `run`, which makes it in one go.
template <class Spec>
concept made_in_steps = requires {
    &Spec::select;
};
template <class Spec, program_kind... Kinds> constexpr bool is_any_of() {
    if constexpr (made_in_steps<Spec>)
        return ((Spec::kind == Kinds) || ...);
    else
        return false;
}

namespace stages {

/// How tests hold that a stage is right.
enum class held_by {
    tests,    ///< it makes new values: tests of these, in particular by finite differences
    bits,     ///< no result changes: tests/passes/fuzz.cpp
    rounding, ///< results change by rounding only: tests/passes/fuzz.cpp
    schedule  ///< the resulting schedule is sound and computes the graph: tests/schedule/fuzz.cpp
};

/// The model: its equations as nodes, unchanged.
struct lowered {
    static constexpr std::string_view name = "lowered";
    static constexpr std::string_view does = "the whole model: each equation becomes nodes";
    static constexpr held_by check = held_by::tests;
    template <class Spec> static constexpr bool is_part = made_in_steps<Spec>;
};

/// A program's part of the model: cut at what is fed, with the requested values as results.
struct selected {
    static constexpr std::string_view name = "selected";
    static constexpr std::string_view does = "cut at fed symbols, `in_training` decided, results marked";
    static constexpr held_by check = held_by::tests;
    template <class Spec> static constexpr bool is_part = made_in_steps<Spec>;
    static constexpr graph_sizes room(const graph_sizes& of) {
        return {of.nodes + of.nodes / 4 + 64, of.operands + of.operands / 4 + 64, of.names + 64,
                of.characters + 1024,         of.roots + of.names + 64,           of.starts};
    }
    template <class Spec> static constexpr graph_builder run(const graph_view&, bool) { return Spec::select(); }
};

/// Gradients appended, with rematerialised values for them.
struct differentiated {
    static constexpr std::string_view name = "differentiated";
    static constexpr std::string_view does = "gradients appended, and what they rematerialise";
    static constexpr held_by check = held_by::tests;
    template <class Spec>
    static constexpr bool is_part = is_any_of<Spec, program_kind::gradient, program_kind::trainer>();
    static constexpr graph_sizes room(graph_sizes of) {
        of.nodes = 4 * of.nodes + 64;
        of.operands = 4 * of.operands + 128;
        of.names += 8;
        of.characters += 64;
        return of;
    }
    template <class Spec> static constexpr graph_builder run(const graph_view& g, bool recomputes) {
        return Spec::differentiate(graph_builder(g), recomputes);
    }
};

/// The optimiser's arithmetic appended, for each parameter.
struct updated {
    static constexpr std::string_view name = "updated";
    static constexpr std::string_view does = "the optimiser's arithmetic appended, for each parameter";
    static constexpr held_by check = held_by::tests;
    template <class Spec> static constexpr bool is_part = is_any_of<Spec, program_kind::trainer>();
    template <class Spec, class Before> using in_compiler = lowered_rules<Spec, Before>;
    template <class Spec> static constexpr graph_builder run(const graph_view& g, bool) {
        return Spec::update(graph_builder(g));
    }
};

// The passes, from graph to graph.

/// Dead code dropped, constants folded, algebra applied.
struct simplified {
    static constexpr std::string_view name = "simplified";
    static constexpr std::string_view does = "dead code dropped; constants folded, algebra, transposes into products";
    static constexpr held_by check = held_by::rounding;
    static constexpr graph_sizes room(graph_sizes of) {
        of.nodes += of.nodes / 4 + 64;
        of.operands += of.operands / 4 + 64;
        of.characters = 0; // they stay where they are
        return of;
    }
    static constexpr graph_builder run(const graph_view& g) { return prune_and_simplify(g, true); }
};

/// Common subexpressions eliminated.
struct merged {
    static constexpr std::string_view name = "merged";
    static constexpr std::string_view does = "common subexpressions eliminated, dead code dropped again";
    static constexpr held_by check = held_by::bits;
    static constexpr graph_sizes room(const graph_sizes& of) { return of; }
    static constexpr graph_builder run(const graph_view& g) {
        return eliminate_common_subexpressions(g, needed_nodes(g).view());
    }
};

/// Each update made a node of its own, so that it can be written in place.
struct isolated {
    static constexpr std::string_view name = "final";
    static constexpr std::string_view does = "each update a node of its own, so that it can be written in place";
    static constexpr held_by check = held_by::bits;
    static constexpr graph_sizes room(graph_sizes of) {
        of.nodes += of.roots;
        of.operands += of.roots;
        return of;
    }
    static constexpr graph_builder run(const graph_view& g) { return isolate_roots(g); }
};

/// A graph with scans split into an outer graph, in which a scan is one operation, and a graph of one step for each
/// scan. Each of them gets a schedule.
struct split {
    static constexpr std::string_view name = "split";
    static constexpr std::string_view does = "each scan one operation, and its step a graph of its own";
    static constexpr held_by check = held_by::tests;

    template <class Whole> struct outer {
        static constexpr graph_sizes room() {
            graph_sizes of = Whole::sizes;
            of.operands += of.nodes;
            of.characters = 0;
            return of;
        }
        static constexpr graph_builder run() { return outer_graph(Whole::view()); }
    };
    // The needs of the scans of a graph, found once: otherwise each scan would look at all others again.
    template <class Whole> struct scans {
        static constexpr int count = count_scans(Whole::view());
        static constexpr auto needs = [] {
            // A named variable, since GCC takes no address within a temporary for a constant.
            const needs_of_scans found(Whole::view());
            return frozen_needs<Whole::sizes.nodes>(found);
        }();
        static constexpr auto nodes = [] {
            const list<int> found = outer_scans(Whole::view());
            return table<int, count>(found.view());
        }();
    };
    template <class Whole, int Scan> struct step {
        static constexpr auto made(auto use) {
            const needs_of_scans needs = scans<Whole>::needs.of(Whole::view());
            step_graph step(Whole::view(), scans<Whole>::nodes[Scan], needs);
            return use(step);
        }
        static constexpr step_sizes sizes = made([](step_graph& step) { return step.sizes(); });
        static constexpr graph_sizes room() { return sizes.graph; }
        static constexpr graph_builder run() {
            return made([](step_graph& step) { return step.take(); });
        }
        static constexpr auto plan =
            made([](step_graph& step) { return step.template plan<sizes.results, sizes.sequences>(); });
    };
};

// Stages of the schedule. A stage either makes something, which `give` passes to later stages and `frozen` holds as a
// constexpr value, or edits what one of them has just made.

struct analysed {
    static constexpr std::string_view name = "analysed";
    static constexpr std::string_view does = "the users of each node, and what is the same in every call";
    static constexpr held_by check = held_by::schedule;
    template <int Nodes> using frozen = table<node_uses, Nodes>;
    static constexpr int room(const schedule_state& s) { return s.graph.nodes.size; }
    static constexpr use_analysis run(const schedule_state& s) { return use_analysis(s.graph, s.once); }
    static constexpr slice_of<node_uses> view_of(const schedule_state&, const auto& made) { return made.view(); }
    static constexpr void give(schedule_state& s, const auto& made) { s.uses = made.view(); }
};

struct fused {
    static constexpr std::string_view name = "fused";
    static constexpr std::string_view does = "nodes that are computed together form groups";
    static constexpr held_by check = held_by::schedule;
    template <fusion_sizes Room> using frozen = frozen_fusion<Room>;
    static constexpr fusion_sizes room(const schedule_state& s) {
        return {s.graph.nodes.size, s.graph.nodes.size / 2 + 32};
    }
    static constexpr fusion run(const schedule_state& s) { return fusion(s.graph, s.uses); }
    static constexpr fusion_view view_of(const schedule_state& s, const auto& made) {
        if constexpr (requires { made.view(s.graph); })
            return made.view(s.graph);
        else
            return made.view();
    }
    static constexpr void give(schedule_state& s, const auto& made) { s.groups = view_of(s, made); }
};

struct stored {
    static constexpr std::string_view name = "stored";
    static constexpr std::string_view does = "which values must lie in memory";
    static constexpr held_by check = held_by::schedule;
    using edits = fused;
    static constexpr void edit(const schedule_state& s, auto& made) { find_stored(s.groups, nodes_of(made)); }

private:
    static constexpr fused_node* nodes_of(fusion& made) { return made.nodes(); }
    template <fusion_sizes Room> static constexpr fused_node* nodes_of(frozen_fusion<Room>& made) {
        return made.nodes.begin();
    }
};

struct ordered {
    static constexpr std::string_view name = "ordered";
    static constexpr std::string_view does = "the groups in execution order, updates as early as possible";
    static constexpr held_by check = held_by::schedule;
    template <order_sizes Room> using frozen = frozen_order<Room>;
    static constexpr order_sizes room(const schedule_state& s) { return {s.groups.groups.size, s.graph.roots.size}; }
    static constexpr ordering run(const schedule_state& s) { return ordering(s.groups); }
    static constexpr order_view view_of(const schedule_state&, const auto& made) { return made.view(); }
    static constexpr void give(schedule_state& s, const auto& made) { s.order = made.view(); }
};

struct planned {
    static constexpr std::string_view name = "planned";
    static constexpr std::string_view does = "what each group loads, computes and stores";
    static constexpr held_by check = held_by::schedule;
    template <schedule_sizes Room> using frozen = frozen_schedule<Room>;
    static constexpr schedule_sizes room(const schedule_state& s) { return guess_of_plan(s.groups); }
    static constexpr schedule_builder run(const schedule_state& s) { return draft_plan(s.groups, s.order); }
    static constexpr schedule_view view_of(const schedule_state&, const auto& made) { return made.view(); }
    static constexpr void give(schedule_state&, const auto&) {}
};

struct laid_out {
    static constexpr std::string_view name = "laid out";
    static constexpr std::string_view does = "where values lie in the arena, and which groups wait for which";
    static constexpr held_by check = held_by::schedule;
    using edits = planned;
    static constexpr void edit(const schedule_state& s, auto& made) { lay_out(hourglass::edit(made), s.rows); }
};

/// Groups that share a kernel found.
struct shared {
    static constexpr std::string_view name = "shared";
    static constexpr std::string_view does = "which groups share a kernel";
    static constexpr held_by check = held_by::schedule;
    using edits = planned;
    static constexpr void edit(const schedule_state& s, auto& made) {
        find_representatives(hourglass::edit(made), s.graph);
    }
};

template <class... Stages> struct stage_list {
    static constexpr int size = static_cast<int>(sizeof...(Stages));
    template <int I> using at = std::tuple_element_t<static_cast<std::size_t>(I), std::tuple<Stages...>>;
    template <class Stage> static constexpr int index_of = [] {
        int i = 0, found = -1;
        ((std::is_same_v<Stage, Stages> ? found = i++ : i++), ...);
        return found;
    }();
    static constexpr void for_each(auto&& f) { (f(Stages{}), ...); }
    template <int Size = size> using last = at<Size - 1>; // instantiated only if there is one
};
template <class... A, class... B> constexpr stage_list<A..., B...> operator+(stage_list<A...>, stage_list<B...>) {
    return {};
}

using of_model = stage_list<lowered>;
using of_specification = stage_list<selected, differentiated, updated>;
/// The passes, in order.
using passes = stage_list<simplified, merged, isolated>;
using of_scans = stage_list<split>;
using of_schedule = stage_list<analysed, fused, stored, ordered, planned, laid_out, shared>;
/// All stages, in order.
using all = decltype(of_model{} + of_specification{} + passes{} + of_scans{} + of_schedule{});

template <class Stage>
concept edits = requires {
    typename Stage::edits;
};
template <class Spec, class Stage> inline constexpr bool is_part = [] {
    if constexpr (requires { Stage::template is_part<Spec>; })
        return Stage::template is_part<Spec>;
    else
        return true;
}();

}

/// Makes a program's graph from the model, before any pass. Without `recomputes`, nothing is rematerialised, which
/// shows the saving.
template <class Spec> constexpr graph_builder specify(bool recomputes = true) {
    graph_builder g;
    if constexpr (!made_in_steps<Spec>) g = Spec::run();
    stages::of_specification::for_each([&]<class Stage>(Stage) {
        if constexpr (stages::is_part<Spec, Stage>) {
            graph_builder next = Stage::template run<Spec>(g.view(), recomputes);
            g = static_cast<graph_builder&&>(next);
        }
    });
    return g;
}

/// Runs all passes in order; `seen(pass, graph)` is called after each.
constexpr graph_builder run_passes(const graph_view& given, auto&& seen) {
    graph_builder g(given, false);
    stages::passes::for_each([&]<class Stage>(Stage pass) {
        graph_builder next = Stage::run(g.view());
        g = static_cast<graph_builder&&>(next);
        seen(pass, g.view());
    });
    return g;
}
constexpr graph_builder run_passes(const graph_view& given) {
    return run_passes(given, [](auto, const graph_view&) {});
}

// Runs the stages of a schedule from the first of a list on. `latest` is the result of the stage before, if there is
// one.
constexpr schedule_builder run_schedule_stages(stages::stage_list<>, const schedule_state&, schedule_builder& latest) {
    return static_cast<schedule_builder&&>(latest);
}
template <class First, class... Rest>
constexpr schedule_builder run_schedule_stages(stages::stage_list<First, Rest...>, schedule_state s, auto&... latest) {
    constexpr stages::stage_list<Rest...> rest{};
    if constexpr (stages::edits<First>) {
        First::edit(s, latest...);
        First::edits::give(s, latest...);
        return run_schedule_stages(rest, s, latest...);
    } else {
        auto made = First::run(s);
        First::give(s, made);
        return run_schedule_stages(rest, s, made);
    }
}
/// Makes the schedule of a graph whose scans are split off, for at most `max_rows` rows.
constexpr schedule_builder plan(const graph_view& g, long max_rows) {
    return run_schedule_stages(stages::of_schedule{}, schedule_state{g, max_rows});
}

HOURGLASS_END
