// Programs as types: the options that such a type names, and the specification made of them, which turns a model's
// graph into the program's own, with results, gradients and updates. The order of these steps, and what follows them,
// is in compile/stages.hpp.
#pragma once

#include <hourglass/autodiff/differentiate.hpp>
#include <hourglass/autodiff/explain_zero_gradient.hpp>
#include <hourglass/autodiff/smooth.hpp>
#include <hourglass/lowering/cut_models.hpp>
#include <hourglass/lowering/update.hpp>
#include <hourglass/passes/rematerialise.hpp>
#include <hourglass/passes/select.hpp>
#include <hourglass/passes/simplify/row_sums.hpp>
#include <hourglass/scan/row_mixing.hpp>

HOURGLASS_BEGIN

// Options of programs. All are types, in any order.
/// Names the symbols that a program is fed. A symbol with an equation is cut there: the equation is not computed.
/// Inputs that the program needs are fed in any case.
template <auto... Symbols> struct from {};
/// Names the symbols that a program returns, for a gradient or trainer besides the loss and its terms.
template <auto... Symbols> struct to {};
/// Names what a gradient differentiates for: parameters, inputs, scalars or symbols with equations. By default all
/// parameters. A compile error if the loss has no derivative with respect to one.
template <auto... Symbols> struct wrt {};
/// Names the parameters that a trainer updates. By default all that the loss depends on.
template <auto... Symbols> struct trains {};
/// The most rows of one call, 1 to 2147483647, by default 128. The arena grows with it.
template <long Rows> struct max_rows {};
/// Makes `in_training` take its first operand in a function, as it always does in a gradient or trainer.
struct training {};
/// The type that a program computes in, `float` or `double`, by default `float`. Its parameters have the same type.
template <class T> struct element {};
/// Sums the loss, its terms and gradients over the rows instead of taking means. Terms without a batch axis count once.
struct sum_rows {};
/// Makes a gradient keep rows separate: values and gradients are those of each row as if it were the only one, with the
/// rows as first axis. A compile error if the loss couples rows or has no batch axis.
struct per_example {};
/// Rematerialises the values of these equations for the backward part instead of keeping them: saves memory, costs
/// work, and changes no bit of the results.
template <auto... Symbols> struct recompute {};
/// Makes the memory that a function or gradient works in a member of it: it can live on the stack, and making it
/// allocates nothing. Such a program runs on one thread.
struct arena_inside {};

/// The kinds of programs: `hg::function`, `hg::gradient` and `hg::trainer`.
enum class program_kind { function, gradient, trainer };

struct no_rule {
    static constexpr bool none = true;
};

// The options as plain data, collected from the types.
template <class... Options> struct option_set {
    template <auto... S> static constexpr void add(list<wanted_name>& into) { (into.push({S.name, S.hash}), ...); }

    struct collector {
        list<wanted_name> fed, asked, differentiated, trained, recomputed;
        bool has_asked = false, has_differentiated = false, has_trained = false;
        template <auto... S> constexpr void take(from<S...>) { add<S...>(fed); }
        template <auto... S> constexpr void take(to<S...>) { add<S...>(asked), has_asked = true; }
        template <auto... S> constexpr void take(wrt<S...>) { add<S...>(differentiated), has_differentiated = true; }
        template <auto... S> constexpr void take(trains<S...>) { add<S...>(trained), has_trained = true; }
        template <auto... S> constexpr void take(recompute<S...>) { add<S...>(recomputed); }
        constexpr void take(auto) {}
    };
    static constexpr collector collect() {
        collector c;
        (c.take(Options{}), ...);
        return c;
    }

    static constexpr bool recomputes = !collect().recomputed.empty();

    template <class Option> static constexpr bool has = (std::is_same_v<Options, Option> || ...);
    template <class T> struct rows_of { static constexpr long value = 0; };
    template <long Rows> struct rows_of<hourglass::max_rows<Rows>> { static constexpr long value = Rows; };
    static constexpr long given_rows = (0 + ... + rows_of<Options>::value);
    static constexpr long rows = given_rows > 0 ? given_rows : 128;

    template <class T> struct element_of { using type = void; };
    template <class T> struct element_of<hourglass::element<T>> { using type = T; };
    template <class Found, class... Rest> struct first_element { using type = Found; };
    template <class First, class... Rest> struct first_element<void, First, Rest...>
        : first_element<typename element_of<First>::type, Rest...> {};
    using found_element = typename first_element<void, Options...>::type;
    using element_type = std::conditional_t<std::is_void_v<found_element>, float, found_element>;

    template <class Found, class... Rest> struct first_rule { using type = Found; };
    template <class First, class... Rest>
    requires requires { First::rule; }
    struct first_rule<no_rule, First, Rest...> {
        using type = First;
    };
    template <class First, class... Rest>
    requires(!requires { First::rule; }) struct first_rule<no_rule, First, Rest...> : first_rule<no_rule, Rest...> {
    };
    using rule = typename first_rule<no_rule, Options...>::type;
};

struct no_loss {
    static constexpr std::string_view name{};
    static constexpr std::uint64_t hash = 0;
};

// Specifies a program: everything the stages need to know. Also its first stages: the graph with results, then with
// gradients, then with updates.
template <const auto& Graph, program_kind Kind, auto Loss, class... Options> struct program_spec {
    using options = option_set<Options...>;
    static constexpr auto& graph = Graph;
    static constexpr program_kind kind = Kind;
    static constexpr long rows = options::rows;
    static constexpr bool in_training = Kind != program_kind::function || options::template has<training>;
    static constexpr program_kind trains = program_kind::trainer;
    static constexpr std::uint64_t loss_hash = Loss.hash;

    // Cuts the graph at what is fed and makes the requested values results. Targets of differentiation follow the loss,
    // as gradients that are still the leaves themselves.
    static constexpr graph_builder select() {
        const auto asked = options::collect();
        const graph_view whole = lowered<Graph>::view();
        if (!whole.problem.empty()) return empty_graph(whole.problem);
        selection s(whole, asked.fed.view(), in_training, Kind == program_kind::trainer, passes_names());
        for (const wanted_name& w : asked.asked) s.ask(w);
        if constexpr (cuts_derivatives())
            if (!s.r.to.failed()) s.r.to.fail(problem_of_cut<program_spec>::value);
        if constexpr (Kind == program_kind::function) {
            if (!asked.has_asked) s.r.to.fail(sentence("the function returns nothing: name symbols in hg::to<...>"));
        } else {
            if constexpr (Kind == program_kind::trainer && requires { options::rule::none; })
                s.r.to.fail(sentence(
                    "the trainer has no update rule: name one, such as hg::adam or hg::sgd, or one of your own"));
            if (!s.r.to.failed()) add_loss(s, asked);
        }
        if (s.r.to.failed()) return empty_graph(s.r.to.problem);
        return s.take();
    }
    // Replaces the leaves by the gradients, with rematerialised values where they read symbols of `hg::recompute`. A
    // graph that already holds derivatives is simplified first: lowering could not look through its names, since any of
    // them may be fed.
    static constexpr graph_builder differentiate(graph_builder g, bool recomputes = true) {
        if (passes_names() && !g.failed() && lowered<Graph>::view().has_derivatives)
            g = prune_and_simplify(g.view(), false);
        list<int> targets;
        list<graph_root> values, gradients;
        for (const graph_root& r : g.roots) (r.kind == root_kind::gradient ? gradients : values).push(r);
        for (const graph_root& r : gradients) targets.push(r.node);
        if (gradients.empty()) return g;
        const int loss = without_squared_roots(g, values.back().node, targets.view()), first_backward = g.nodes.size();
        differentiation d(g, loss, targets.view(), !each_row);
        for (graph_root& r : gradients)
            if (!g.failed()) r.node = d.gradient(r.node);
        if (g.failed()) return empty_graph(g.problem);
        values.append(gradients.view());
        g.roots = static_cast<list<graph_root>&&>(values);
        if (!options::recomputes || !recomputes) return g;
        list<int> again;
        for (const wanted_name& w : options::collect().recomputed) again.push(g.names[g.by_name.find(w.hash)].node);
        return rematerialisation(g.view(), loss, first_backward).run(again.view());
    }
    // Replaces the gradients by updates. `rules` are those lowered already; rule_of[i] is the index of the rule for
    // gradient i's parameter.
    static constexpr graph_builder update(graph_builder g, slice_of<graph_view> rules = {},
                                          slice_of<int> rule_of = {}) {
        list<graph_root> values, gradients;
        for (const graph_root& r : g.roots) (r.kind == root_kind::gradient ? gradients : values).push(r);
        g.roots = static_cast<list<graph_root>&&>(values);
        list<rule_insertion> known(rules.size);
        int most_nodes = 0;
        for (int i = 0; i < rules.size; ++i) {
            known[i] = rule_insertion(rules[i]);
            most_nodes = rules[i].nodes.size > most_nodes ? rules[i].nodes.size : most_nodes;
        }
        g.nodes.reserve(g.nodes.size() + gradients.size() * most_nodes);
        g.operands.reserve(g.operands.size() + gradients.size() * most_nodes);
        for (int i = 0; i < gradients.size() && !g.failed(); ++i) {
            const graph_root& r = gradients[i];
            if (rules.size > 0 && known[rule_of[i]].insert(g, r.name, r.node)) continue;
            if constexpr (!requires { options::rule::none; }) apply_rule(g, options::rule::rule, r.name, r.node);
        }
        if (g.failed()) return empty_graph(g.problem);
        return g;
    }

private:
    // After a mistake later stages see no nodes, so they report no errors of their own.
    static constexpr graph_builder empty_graph(const text& problem) {
        graph_builder empty;
        empty.problem = problem;
        return empty;
    }
    static constexpr bool have_equation(const list<wanted_name>& names) {
        const graph_view whole = lowered<Graph>::view();
        for (const wanted_name& w : names)
            if (const int name = whole.find_name(w.hash); name >= 0)
                if (const int n = whole.names[name].node; n >= 0 && whole[n].op->kind != operation_kind::leaf)
                    return true;
        return false;
    }
    // Whether simplification may look through names that are not fed. Not if one is differentiated for or
    // rematerialised, since it must still be read then.
    static constexpr bool passes_names() {
        return !options::recomputes && !have_equation(options::collect().differentiated);
    }
    // Whether a symbol is fed or differentiated for in a graph that has derivatives in its equations.
    static constexpr bool cuts_derivatives() {
        const auto names = options::collect();
        return lowered<Graph>::view().has_derivatives &&
               (have_equation(names.fed) || have_equation(names.differentiated));
    }
    static constexpr bool each_row = options::template has<per_example>;

    // Whether a value has a batch axis and none of its rows depends on another.
    static constexpr bool rows_are_independent(const graph_builder& g, int value) {
        const list<bool> part = parts_of(g, value);
        for (int n = 0; n <= value; ++n)
            if (part[n] && mixes_rows(g, n)) return false;
        return g.nodes[value].type.batched;
    }
    static constexpr void add_loss(selection& s, const auto& asked) {
        const wanted_name loss{Loss.name, Loss.hash};
        const int node_ = s.find_new(loss, Kind == program_kind::trainer ? "hg::trainer<...>" : "hg::gradient<...>");
        if (s.r.to.failed()) return;
        graph_builder& g = s.r.to;
        handle root{&g, nullptr, node_};
        if (root.extents().rank != 0) {
            g.fail(sentence("the loss '", Loss.name, "' has the shape ", root.extents(),
                            ", but a loss is a single number for each example: take sum(...) or mean(...) of it"));
            return;
        }
        if (each_row && Kind == program_kind::trainer) {
            g.fail(sentence("hg::per_example is an option of hg::gradient: a trainer moves parameters by one gradient "
                            "of all rows"));
            return;
        }
        if (each_row && !rows_are_independent(g, node_)) {
            g.fail(sentence("hg::per_example asks for the gradient of each row, but the loss '", Loss.name, "' ",
                            root.batched() ? "couples the rows of a call" : "has no batch axis"));
            return;
        }
        report_terms(s, node_);
        root = over_rows(root);
        g.roots.push({root_kind::value, s.intern(loss), root.index});
        list<int> targets, names;
        collect_targets(s, asked, node_, targets, names);
        if (!g.failed()) check_reached(s, asked, node_, targets, names);
        if (!g.failed()) check_recomputed(s, asked, node_);
        if (g.failed()) return;
        for (int i = 0; i < targets.size(); ++i) g.roots.push({root_kind::gradient, names[i], targets[i]});
    }
    static constexpr void check_recomputed(selection& s, const auto& asked, int loss_node) {
        graph_builder& g = s.r.to;
        if (!options::recomputes) return;
        const list<bool> part = parts_of(g, loss_node);
        for (const wanted_name& w : asked.recomputed) {
            const int n = s.find_new(w, "hg::recompute<...>");
            if (g.failed()) return;
            if (g.nodes[n].operand_count == 0)
                g.fail(sentence("hg::recompute<...> names '", w.name,
                                "', which has no equation, so there is nothing to compute once more",
                                asked.fed.empty() ? "" : " (what hg::from<...> names is cut from its equation)"));
            else if (n >= loss_node || !part[n])
                g.fail(sentence("hg::recompute<...> names '", w.name, "', which the gradient of the loss '", Loss.name,
                                "' never reads: it takes symbols that the loss is made of"));
            s.intern(w);
        }
    }
    // A derivative requested by name must exist, and at least one of those trained by default.
    static constexpr void check_reached(selection& s, const auto& asked, int loss_node, const list<int>& targets,
                                        const list<int>& names) {
        graph_builder& g = s.r.to;
        const bool by_name = Kind == program_kind::gradient && asked.has_differentiated;
        const list<bool> reached = reached_by_gradient(g, loss_node);
        for (int i = 0; i < targets.size(); ++i) {
            if (reached[targets[i]] == by_name) continue;
            if (!by_name) return;
            const int target = targets[i];
            g.fail(sentence("the loss '", Loss.name, "' has no derivative with respect to '", g.name(names[i]),
                            "': ", explain_zero_gradient(s, loss_node, {&target, 1})));
            return;
        }
        if (by_name) return;
        g.fail(sentence("the loss '", Loss.name, "' has no derivative with respect to any parameter",
                        asked.has_trained ? " that hg::trains<...> names" : "",
                        Kind == program_kind::trainer ? ", so there is nothing to train: " : ": ",
                        explain_zero_gradient(s, loss_node, targets.view())));
    }
    // The result of a program for a loss or one of its terms: the mean or sum over the rows, or a number for each row.
    static constexpr handle over_rows(handle h) {
        if (!h.batched() || each_row) return h;
        return options::template has<sum_rows> ? row_sum(*h.graph).of(h)
                                               : apply_operation(ops::rounded_batch_mean{}, h);
    }
    // Scalars per example that the loss uses are reported along with it, reduced in the same way.
    static constexpr void report_terms(selection& s, int loss_node) {
        graph_builder& g = s.r.to;
        const list<bool> part = parts_of(g, loss_node);
        for (int i = 0; i < s.r.from.names.size; ++i) {
            const named_node& n = s.r.from.names[i];
            const int at = n.node < 0 ? -1 : s.r.map[n.node];
            if (at < 0 || at >= loss_node || !part[at] || g.nodes[at].type.extents.rank != 0) continue;
            if (g.nodes[at].op->kind == operation_kind::leaf || lies_in_body(s.bodies, n.node)) continue;
            const handle h = over_rows({&g, nullptr, at});
            g.roots.push({root_kind::value, g.intern(s.r.from.name(i), n.hash), h.index});
        }
    }
    static constexpr void collect_targets(selection& s, const auto& asked, int loss_node, list<int>& targets,
                                          list<int>& names) {
        graph_builder& g = s.r.to;
        const bool chosen = Kind == program_kind::gradient ? asked.has_differentiated : asked.has_trained;
        const list<bool> part = parts_of(g, loss_node);
        if (chosen) {
            for (const wanted_name& w : Kind == program_kind::gradient ? asked.differentiated : asked.trained) {
                const int n = s.find_new(w, Kind == program_kind::gradient ? "hg::wrt<...>" : "hg::trains<...>");
                if (g.failed()) return;
                if (Kind == program_kind::trainer && !is<ops::parameter>(g.nodes[n])) {
                    g.fail(sentence("hg::trains<...> names '", w.name,
                                    "', which is no parameter, so it cannot be trained"));
                    return;
                }
                if (n > loss_node || !part[n]) {
                    g.fail(sentence("the loss '", Loss.name, "' does not depend on '", w.name,
                                    "', so it has no derivative with respect to it",
                                    asked.fed.empty() ? "" : " (what hg::from<...> names is cut from its equation)"));
                    return;
                }
                targets.push(n);
                names.push(s.intern(w));
            }
            return;
        }
        for (int n = 0; n <= loss_node; ++n) {
            if (!part[n] || !is<ops::parameter>(g.nodes[n])) continue;
            targets.push(n);
            names.push(g.nodes[n].name);
        }
        if (targets.empty())
            g.fail(sentence("the loss '", Loss.name, "' depends on no parameter, so there is nothing to ",
                            Kind == program_kind::gradient ? "differentiate it for: name something else in hg::wrt<...>"
                                                           : "train"));
    }
};

HOURGLASS_END
