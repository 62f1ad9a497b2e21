// A graph is cut at what a program or an interpreter is fed, in derivatives too. Where a fed symbol lies between y and
// x, a derivative of y with respect to x that stands in an equation has no meaning: the fed value does not depend on x.
// Such derivatives are found here, in the graph as it was lowered, before anything is simplified, so that the rule is
// the same for every operation.
#pragma once

#include <hourglass/graph/differentiate.hpp>
#include <hourglass/graph/lower.hpp>

HOURGLASS_BEGIN

class cut_derivatives {
    graph_view g_;
    slice_of<derivative_record> derivatives_; // in the order of their results
    list<bool> cut_, needed_;
    bool training_;

public:
    // `fed` and `asked`: hashes of names.
    constexpr cut_derivatives(const graph_view& g, slice_of<derivative_record> derivatives, slice_of<std::uint64_t> fed,
                              slice_of<std::uint64_t> asked, bool training, bool writes_state)
        : g_(g), derivatives_(derivatives), cut_(g.nodes.size, false), needed_(g.nodes.size, false),
          training_(training) {
        for (std::uint64_t hash : fed)
            if (const int n = node_named(hash); n >= 0) cut_[n] = true;
        for (std::uint64_t hash : asked)
            if (const int n = node_named(hash); n >= 0) needed_[n] = true;
        for (const graph_root& r : g.roots)
            if (writes_state && r.kind == root_kind::update) needed_[r.node] = true;
    }
    // Says which derivative that is needed has no meaning; `fed_by` says how the symbol on its way is fed. Nothing
    // where all have one.
    constexpr text problem(std::string_view fed_by) {
        text found;
        int next = derivatives_.size - 1;
        for (int n = g_.nodes.size - 1; n >= 0; --n) {
            for (; next >= 0 && derivatives_[next].result > n; --next) {}
            if (!needed_[n] || cut_[n]) continue;
            const node& at = g_.nodes[n];
            if (is<ops::in_training>(at))
                needed_[g_.operand(n, training_ ? 0 : 1)] = true;
            else
                for (int i = 0; i < at.operand_count; ++i) needed_[g_.operand(n, i)] = true;
            for (int k = next; k >= 0 && derivatives_[k].result == n; --k)
                if (const int at_cut = look_at(derivatives_[k]); at_cut >= 0)
                    found = say(derivatives_[k], at_cut, fed_by); // that of the earliest equation
        }
        return found;
    }

private:
    constexpr int node_named(std::uint64_t hash) const {
        const int name = g_.find_name(hash);
        return name < 0 ? -1 : g_.names[name].node;
    }
    // The node at which a derivative is cut, or -1. It reads all that lies between y and x, in meaning if not in
    // memory: derivatives too.
    constexpr int look_at(const derivative_record& d) {
        const list<bool> leads_to_y = reached_by_gradient(g_, d.y);
        list<bool> between(d.y + 1, false);
        between[d.x] = true;
        for (int n = d.x + 1; n <= d.y; ++n) {
            for (int i = 0; leads_to_y[n] && !between[n] && i < g_.nodes[n].operand_count; ++i)
                between[n] = between[g_.operand(n, i)] && has_derivative(g_.nodes[n], i);
            if (!between[n]) continue;
            if (cut_[n]) return n;
            needed_[n] = true;
        }
        return -1;
    }
    constexpr text say(const derivative_record& d, int cut, std::string_view fed_by) const {
        const std::string_view of = name_of(d.x), fed = name_of(cut);
        text t("the derivative with respect to ");
        if (of.empty())
            t.add("an expression");
        else
            t.quote(of);
        int equation = -1; // the first at or after the result
        for (int i = 0; i < g_.names.size; ++i)
            if (const int n = g_.names[i].node; n >= d.result && (equation < 0 || n < g_.names[equation].node))
                equation = i;
        if (equation >= 0) t.add(" in the equation ").quote(g_.name(equation));
        t.add(" goes through ")
            .quote(fed)
            .add(", which ")
            .add(fed_by)
            .add(" and so cuts from it: differentiate with respect to ");
        return t.quote(fed).add(", or feed what it is made of");
    }
    constexpr std::string_view name_of(int node_) const {
        for (int i = 0; i < g_.names.size; ++i)
            if (g_.names[i].node == node_) return g_.name(i);
        return {};
    }
};

// The same for a program, by its specification.
template <class Spec> struct problem_of_cut {
    static constexpr text find() {
        graph_builder g;
        lowering(g).run(Spec::graph);
        if (g.failed()) return {};
        const auto names = Spec::options::collect();
        list<std::uint64_t> fed, asked(1, Spec::loss_hash);
        for (const auto& w : names.fed) fed.push(w.hash);
        for (const auto& w : names.asked) asked.push(w.hash);
        return cut_derivatives(g.view(), g.derivatives.view(), fed.view(), asked.view(), Spec::in_training,
                               Spec::kind == Spec::trains)
            .problem("hg::from<...> feeds");
    }
    static constexpr text value = find(); // with a budget of its own
};
// The same for a symbol that is asked of an interpreter, which learns only when it is called what is fed.
template <const auto& Graph> struct cut_values {
    static constexpr graph_builder run() { // as it was written, before anything is simplified
        graph_builder g;
        lowering(g).run(Graph);
        return g;
    }
    static text problem(slice_of<std::uint64_t> fed, std::uint64_t asked, bool training) {
        const slice_of<derivative_record> all{derivatives.data(), count};
        return cut_derivatives(stage<cut_values>::view(), all, fed, {&asked, 1}, training, false)
            .problem("the call feeds");
    }

private:
    static constexpr int count = run().derivatives.size();
    static constexpr std::array<derivative_record, static_cast<std::size_t>(count) + 1> derivatives = [] {
        std::array<derivative_record, static_cast<std::size_t>(count) + 1> all{};
        const graph_builder g = run();
        for (int i = 0; i < count; ++i) all[static_cast<std::size_t>(i)] = g.derivatives[i];
        return all;
    }();
};

HOURGLASS_END
