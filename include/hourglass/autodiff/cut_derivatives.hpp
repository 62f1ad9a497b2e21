// Mistakes with derivatives in equations. Let an equation hold the derivative of y with respect to x, and let the
// symbol s lie between the two. If a program or a call feeds s, the derivative has no meaning: the fed value does not
// depend on x. Nor can anything that uses the derivative be differentiated with respect to s, since the derivative is
// not a function of s. Both mistakes are found in the graph as it was lowered, before simplification, so that the rule
// is the same for every operation.
#pragma once

#include <hourglass/autodiff/gradient_paths.hpp>
#include <hourglass/ir/trace.hpp>

HOURGLASS_BEGIN

class cut_derivatives {
    graph_view g_;
    slice_of<derivative_record> derivatives_; // in the order of their results
    list<bool> fed_, held_, needed_;
    bool training_, has_both_ = false; // in training and outside it: an equation has both paths, a program one

public:
    // Symbols are given by the hashes of their names, here and below.
    constexpr cut_derivatives(const graph_view& g, slice_of<derivative_record> derivatives, slice_of<std::uint64_t> fed,
                              bool training)
        : g_(g), derivatives_(derivatives), fed_(g.nodes.size), held_(g.nodes.size), training_(training) {
        mark(fed, fed_);
    }
    // Reports a derivative without a meaning among those that the requested names need. `fed_by` says how the symbol
    // between is fed. Returns an empty text if there is none.
    constexpr text problem_of_fed(slice_of<std::uint64_t> asked, bool writes_state, std::string_view fed_by) {
        needed_ = list<bool>(g_.nodes.size);
        mark(asked, needed_);
        for (const graph_root& r : g_.roots)
            if (writes_state && r.kind == root_kind::update) needed_[r.node] = true;
        const passage p = find(fed_, false);
        if (p.through < 0) return {};
        text t = begin(p);
        t.add(", which ").add(fed_by).add(" and so cuts from it: differentiate with respect to ");
        return t.quote(name_of(p.through)).add(", or feed what it is made of");
    }
    // The same for the derivatives that the loss uses, when the loss is differentiated with respect to `targets`.
    constexpr text problem_of_target(std::uint64_t loss, slice_of<std::uint64_t> targets) {
        needed_ = list<bool>(g_.nodes.size);
        mark({&loss, 1}, needed_);
        mark(targets, held_);
        const passage p = find(held_, true);
        if (p.through < 0) return {};
        text t = begin(p);
        t.add(" and so is no function of it, but the loss is made of it, and hg::wrt<...> names ");
        t.quote(name_of(p.through)).add(": differentiate with respect to what ").quote(name_of(p.through));
        return t.add(" is made of, or keep that derivative constant with stop_gradient(...)");
    }
    // The same for y when an equation differentiates it with respect to x.
    constexpr text problem_of_equation(int y, int x) {
        needed_ = list<bool>(g_.nodes.size);
        needed_[y] = held_[x] = has_both_ = true;
        const passage p = find(held_, true);
        if (p.through < 0) return {};
        text t("the first is made of ");
        t.add(begin(p, "the second").view());
        return t.add(" and so is no function of it: differentiate with respect to what the second is made of, or keep "
                     "that derivative constant with stop_gradient(...)");
    }

private:
    constexpr void mark(slice_of<std::uint64_t> names, list<bool>& nodes) const {
        for (std::uint64_t hash : names)
            if (const int name = g_.find_name(hash); name >= 0 && g_.names[name].node >= 0)
                nodes[g_.names[name].node] = true;
    }
    // A derivative, and a node between its y and its x.
    struct passage {
        derivative_record of{};
        int through = -1;
    };
    // Finds the earliest derivative that goes through a node marked in `at`, among those needed; `smoothly`: among
    // those that a gradient reaches.
    constexpr passage find(const list<bool>& at, bool smoothly) {
        passage found;
        int next = derivatives_.size - 1;
        for (int n = g_.nodes.size - 1; n >= 0; --n) {
            for (; next >= 0 && derivatives_[next].result > n; --next) {}
            if (!needed_[n] || fed_[n]) continue;
            const node& made = g_.nodes[n];
            if (depends_on_training(made) && !has_both_)
                needed_[g_.operand(n, training_ ? 0 : 1)] = true;
            else
                for (int i = 0; i < made.operand_count; ++i)
                    if (!smoothly || has_derivative(made, i)) needed_[g_.operand(n, i)] = true;
            for (int k = next; k >= 0 && derivatives_[k].result == n; --k)
                if (const int through = look_at(derivatives_[k], at); through >= 0)
                    found = {derivatives_[k], through}; // in the end that of the earliest equation
        }
        return found;
    }
    // A derivative depends on every node between y and x, even if it reads none from memory; this includes other
    // derivatives.
    constexpr int look_at(const derivative_record& d, const list<bool>& at) {
        const list<bool> between = nodes_between(g_, d.y, d.x);
        for (int n = d.x + 1; n <= d.y; ++n) {
            if (!between[n]) continue;
            if (at[n]) return n;
            needed_[n] = true;
        }
        return -1;
    }
    constexpr text begin(const passage& p, std::string_view through = {}) const {
        const std::string_view of = name_of(p.of.x);
        text t("the derivative with respect to ");
        if (of.empty())
            t.add("an expression");
        else
            t.quote(of);
        int equation = -1; // the first at or after the result
        for (int i = 0; i < g_.names.size; ++i)
            if (const int n = g_.names[i].node; n >= p.of.result && (equation < 0 || n < g_.names[equation].node))
                equation = i;
        if (equation >= 0) t.add(" in the equation ").quote(g_.name(equation));
        t.add(through.empty() ? " goes through " : ", which goes through ");
        return through.empty() ? t.quote(name_of(p.through)) : t.add(through);
    }
    constexpr std::string_view name_of(int node_) const {
        for (int i = 0; i < g_.names.size; ++i)
            if (g_.names[i].node == node_) return g_.name(i);
        return {};
    }
};

HOURGLASS_END
