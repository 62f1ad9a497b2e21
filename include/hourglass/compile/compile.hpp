// The compiler's stages, one after another: a program's specification and a lowered graph become a graph with results,
// then simpler ones, then a schedule. Each stage is a constexpr value that can be printed and interpreted.
#pragma once

#include <hourglass/compile/specify.hpp>
#include <hourglass/ir/diagnostic.hpp>
#include <hourglass/passes/merge.hpp>
#include <hourglass/passes/simplify/simplify.hpp>
#include <hourglass/passes/split.hpp>
#include <hourglass/schedule/plan.hpp>

HOURGLASS_BEGIN

// The steps of a specification, each with a budget of its own.
template <class Spec> struct select_stage {
    static constexpr graph_sizes room() { // a guess, as in the others
        const graph_sizes of = lowered<Spec::graph>::sizes;
        return {of.nodes + of.nodes / 4 + 64, of.operands + of.operands / 4 + 64, of.names + 64,
                of.characters + 1024,         of.roots + of.names + 64,           of.starts};
    }
    static constexpr graph_builder run() { return Spec::select(); }
};
template <class Spec> struct differentiate_stage {
    using before = stage<select_stage<Spec>>;
    static constexpr graph_sizes room() {
        graph_sizes of = before::sizes;
        of.nodes = 4 * of.nodes + 64;
        of.operands = 4 * of.operands + 128;
        of.names += 8;
        of.characters += 64;
        return of;
    }
    static constexpr graph_builder run() { return Spec::differentiate(graph_builder(before::view())); }
};
template <class Spec> struct update_stage {
    using before = stage<differentiate_stage<Spec>>;
    using rule = typename Spec::options::rule;
    static constexpr gradient_types<before> types{};
    template <std::size_t Type> using lowered_rule = stage<lower_rule<rule, types.types[Type]>>;
    static constexpr auto rules = []<std::size_t... Type>(std::index_sequence<Type...>) {
        return std::array<graph_view, sizeof...(Type) + 1>{lowered_rule<Type>::view()..., graph_view{}};
    }
    (std::make_index_sequence<static_cast<std::size_t>(types.distinct)>{});

    static constexpr graph_sizes room() {
        graph_sizes of = before::sizes;
        const graph_view g = before::view();
        int at = 0;
        for (const graph_root& r : g.roots) {
            if (r.kind != root_kind::gradient) continue;
            const graph_view& copied = rules[static_cast<std::size_t>(types.type_of[static_cast<std::size_t>(at++)])];
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
        return Spec::update(graph_builder(before::view()), {rules.data(), types.distinct},
                            {types.type_of.data(), types.count});
    }
};
// Which of them is a program's last. What has no steps is evaluated as a whole.
template <class Spec> struct selected_stage { using type = stage<Spec>; };
template <class Spec>
requires requires { &Spec::select; }
struct selected_stage<Spec> {
    using type = stage<std::conditional_t<
        Spec::kind == program_kind::function, select_stage<Spec>,
        std::conditional_t<Spec::kind == program_kind::gradient, differentiate_stage<Spec>, update_stage<Spec>>>>;
};
template <class Spec> using selected_graph = typename selected_stage<Spec>::type;

template <class Spec> struct simplified_stage {
    static constexpr graph_sizes room() {
        graph_sizes of = selected_graph<Spec>::sizes;
        of.nodes += of.nodes / 4 + 64;
        of.operands += of.operands / 4 + 64;
        of.characters = 0; // they stay where they are
        return of;
    }
    static constexpr graph_builder run() { return prune_and_simplify(selected_graph<Spec>::view(), true); }
};
template <class Spec> struct merged_stage {
    using before = stage<simplified_stage<Spec>>;
    static constexpr graph_sizes room() { return before::sizes; }
    static constexpr graph_builder run() { return merge(before::view(), needed_nodes(before::view()).view()); }
};
template <class Spec> struct final_stage {
    using before = stage<merged_stage<Spec>>;
    static constexpr graph_sizes room() {
        graph_sizes of = before::sizes;
        of.nodes += of.roots;
        of.operands += of.roots;
        return of;
    }
    static constexpr graph_builder run() { return isolate_roots(before::view()); }
};

// Of a graph with scans, the outer one, and that of one step of scan K.
template <class Whole> struct outer_stage {
    static constexpr graph_sizes room() {
        graph_sizes of = Whole::sizes;
        of.operands += of.nodes;
        of.characters = 0;
        return of;
    }
    static constexpr graph_builder run() { return outer_graph(Whole::view()); }
};
template <class Whole, int K> struct step_stage {
    static constexpr graph_sizes room() {
        graph_sizes of = Whole::sizes;
        of.characters = 0;
        of.nodes += of.nodes / 8 + 16;
        of.roots = of.nodes;
        return of;
    }
    static constexpr graph_builder run() { return step_graph(Whole::view(), scan_number(Whole::view(), K)).take(); }
};
template <class Whole, int Scans> struct outer_of { using type = stage<outer_stage<Whole>>; };
template <class Whole> struct outer_of<Whole, 0> { using type = Whole; };

// A graph with results, and the schedule that computes them for at most so many rows. A step of a scan has nothing that
// is computed once: the memory of one that runtime/local_lane.hpp runs does not last.
template <class Graph, long Rows, bool Once = true> struct scheduled {
    using final_graph = Graph;
    static constexpr graph_view view() { return final_graph::view(); }

private:
    // The schedule in steps, each with a budget of its own: what is known of each node, what is fused, what lies in
    // memory, in which order it runs, what is loaded and stored, where values lie, which kernels are needed. Where it
    // shows only at the end how much there is, it is written into the room of a guess, as in ir/static_graph.hpp.
    static constexpr graph_sizes final_sizes = final_graph::sizes;
    static constexpr frozen_prospects<final_sizes.nodes> ahead{look_ahead(final_graph::view(), Once)};

    template <fusion_sizes Room>
    static constexpr frozen_fusion<Room> decided{fusion(final_graph::view(), ahead.view()).view()};
    static constexpr fusion_sizes room_for_groups{final_sizes.nodes, final_sizes.nodes / 2 + 32};
    static constexpr fusion_sizes fused_sizes = decided<room_for_groups>.sizes;
    static constexpr auto find_memory() {
        constexpr bool fits = room_for_groups.hold(fused_sizes);
        frozen_fusion<fused_sizes> f(decided<(fits ? room_for_groups : fused_sizes)>.view(final_graph::view()));
        find_stored(f.view(final_graph::view()), f.nodes.data());
        return f;
    }
    static constexpr frozen_fusion<fused_sizes> fused = find_memory();

    static constexpr frozen_order<fused_sizes.groups, final_sizes.roots> order{
        ordering(fused.view(final_graph::view())).view()};

    template <schedule_sizes Room>
    static constexpr frozen_schedule<Room> drafted{draft_plan(fused.view(final_graph::view()), order.view()).view()};
    static constexpr schedule_sizes room = guess_of_plan(fused.view(final_graph::view()));

public:
    static constexpr schedule_sizes sizes = drafted<room>.sizes;

private:
    static constexpr auto lay_out_memory() {
        frozen_schedule<sizes> s(drafted<(room.hold(sizes) ? room : sizes)>.view());
        lay_out(edit(s), Rows);
        return s;
    }
    static constexpr frozen_schedule<sizes> laid_out = lay_out_memory();
    static constexpr auto find_kernels() {
        auto s = laid_out;
        find_representatives(edit(s), final_graph::view());
        return s;
    }

public:
    static constexpr frozen_schedule<sizes> schedule = find_kernels();

private:
    static constexpr schedule_view without_members() {
        schedule_view s = schedule.view();
        s.members.size = s.wires.size = 0;
        return s;
    }

public:
    // What is looked up while the program runs. Members would bring every function that their operations name into the
    // object file, and only compile time wants them.
    static constexpr frozen_schedule<without_members().sizes()> run_time{without_members()};
};

// Where no row acts on another, a scan is run for so many rows at a time from the first step to the last, each block by
// one thread, which waits for nobody. The blocks are the same whatever the number of threads.
inline constexpr long rows_of_block = 32;
template <class Step> inline constexpr bool rows_are_apart = !mixes_rows(Step::view());
template <class Step, long Rows> inline constexpr long rows_at_once =
    rows_are_apart<Step>&& Rows > rows_of_block ? rows_of_block : Rows;

// One step of a program's scan K, and how often and on what it is run.
template <class Spec, int K, long Rows> struct step_of_scan
    : scheduled<stage<step_stage<stage<final_stage<Spec>>, K>>, Rows, false> {
    struct spec {
        static constexpr long rows = Rows;
    };
    static constexpr int scans = 0;

private:
    using whole = stage<final_stage<Spec>>;
    struct counts {
        int results = 0, sequences = 0;
    };
    static constexpr counts count() {
        const step_graph step(whole::view(), scan_number(whole::view(), K));
        return {step.results.size(), step.sequences.size()};
    }

public:
    static constexpr int results = count().results;
    static constexpr auto plan =
        step_graph(whole::view(), scan_number(whole::view(), K)).template plan<results, count().sequences>();
};
template <class Spec, int K, class Step = stage<step_stage<stage<final_stage<Spec>>, K>>> struct compiled_step
    : step_of_scan<Spec, K, rows_at_once<Step, Spec::rows>> {
    static constexpr bool by_blocks = rows_are_apart<Step>;
    // Of another scan, whose steps are done again; of itself where there is none.
    static constexpr int other = compiled_step::plan.again < 0 ? K : compiled_step::plan.again;
    using again = step_of_scan<Spec, other, compiled_step::spec::rows>;
    static constexpr int operands =
        compiled_step::plan.outer + compiled_step::plan.states + compiled_step::plan.sequences +
        (compiled_step::plan.again < 0 ? 0 : again::plan.states + again::plan.outer + again::plan.sequences);
    static_assert(!by_blocks || rows_are_apart<stage<step_stage<stage<final_stage<Spec>>, other>>>,
                  "the steps that are done again mix the rows, and so does their derivative");
};

template <class Spec> struct compiled
    : scheduled<typename outer_of<stage<final_stage<Spec>>, count_scans(stage<final_stage<Spec>>::view())>::type,
                Spec::rows> {
    using spec = Spec;
    using selected = selected_graph<Spec>;
    using simplified = stage<simplified_stage<Spec>>;
    using merged = stage<merged_stage<Spec>>;
    using whole = stage<final_stage<Spec>>; // with the bodies of scans, which the last graph has no more
    static constexpr int scans = count_scans(whole::view());
    template <int K> using step = compiled_step<Spec, K>;
    static constexpr bool broken = !selected::view().problem.empty();

    struct problem {
        // What is wrong with the whole graph, the graph says itself.
        static constexpr text value() {
            return lowered<Spec::graph>::view().problem.empty() ? selected::view().problem : text();
        }
    };
};

HOURGLASS_END
