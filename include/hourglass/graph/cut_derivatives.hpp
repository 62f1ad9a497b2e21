// A program is cut at what it is fed, in derivatives too. Where a fed symbol lies between y and x, a derivative of y
// with respect to x that stands in an equation has no meaning: what is fed does not depend on x. Found here, in the
// graph as it was lowered, before anything is simplified, so that it is the same for every operation.
#pragma once

#include <hourglass/graph/differentiate.hpp>
#include <hourglass/graph/lower.hpp>

HOURGLASS_BEGIN

class cut_derivatives {
    const graph_builder& g_;
    list<bool> cut_, needed_;
    bool training_;

public:
    // `fed` and `asked`: hashes of names.
    constexpr cut_derivatives(const graph_builder& g, slice_of<std::uint64_t> fed, slice_of<std::uint64_t> asked,
                              bool training, bool writes_state)
        : g_(g), cut_(g.nodes.size(), false), needed_(g.nodes.size(), false), training_(training) {
        for (std::uint64_t hash : fed)
            if (const int n = node_named(hash); n >= 0) cut_[n] = true;
        for (std::uint64_t hash : asked)
            if (const int n = node_named(hash); n >= 0) needed_[n] = true;
        for (const graph_root& r : g.roots)
            if (writes_state && r.kind == root_kind::update) needed_[r.node] = true;
    }
    // What is wrong, in words, with a derivative that the program needs; nothing where all have a meaning.
    constexpr text problem() {
        text found;
        int next = g_.derivatives.size() - 1; // they are in the order of their results
        for (int n = g_.nodes.size() - 1; n >= 0; --n) {
            for (; next >= 0 && g_.derivatives[next].result > n; --next) {}
            if (!needed_[n] || cut_[n]) continue;
            const node& at = g_.nodes[n];
            if (is<ops::in_training>(at))
                needed_[g_.operand(n, training_ ? 0 : 1)] = true;
            else
                for (int i = 0; i < at.operand_count; ++i) needed_[g_.operand(n, i)] = true;
            for (int k = next; k >= 0 && g_.derivatives[k].result == n; --k)
                if (const text t = look_at(g_.derivatives[k]); !t.empty()) found = t; // that of the earliest equation
        }
        return found;
    }

private:
    constexpr int node_named(std::uint64_t hash) const {
        const int name = g_.by_name.find(hash);
        return name < 0 ? -1 : g_.names[name].node;
    }
    // All that lies between y and x is read by the derivative, in meaning if not in memory: derivatives too.
    constexpr text look_at(const derivative_record& d) {
        const list<bool> before = reached_by_gradient(g_, d.y);
        list<bool> behind(d.y + 1, false);
        behind[d.x] = true;
        for (int n = d.x + 1; n <= d.y; ++n) {
            for (int i = 0; before[n] && !behind[n] && i < g_.nodes[n].operand_count; ++i)
                behind[n] = behind[g_.operand(n, i)] && has_derivative(g_.nodes[n], i);
            if (!behind[n]) continue;
            if (cut_[n]) return say(d, n);
            needed_[n] = true;
        }
        return {};
    }
    constexpr text say(const derivative_record& d, int cut) const {
        const std::string_view of = name_of(d.x), fed = name_of(cut);
        text t("the derivative with respect to ");
        if (of.empty())
            t.add("an expression");
        else
            t.quote(of);
        int equation = -1; // the first at or after the result
        for (int i = 0; i < g_.names.size(); ++i)
            if (const int n = g_.names[i].node; n >= d.result && (equation < 0 || n < g_.names[equation].node))
                equation = i;
        if (equation >= 0) t.add(" in the equation ").quote(g_.name(equation));
        t.add(" goes through ")
            .quote(fed)
            .add(", which hg::from<...> feeds and so cuts from it: differentiate with respect to ");
        return t.quote(fed).add(", or feed what it is made of");
    }
    constexpr std::string_view name_of(int node_) const {
        for (int i = 0; i < g_.names.size(); ++i)
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
        return cut_derivatives(g, fed.view(), asked.view(), Spec::in_training, Spec::kind == Spec::trains).problem();
    }
    static constexpr text value = find(); // with a budget of its own
};

HOURGLASS_END
