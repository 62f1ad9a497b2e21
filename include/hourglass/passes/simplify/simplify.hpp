// Constant folding and algebraic simplification. Each node is made by the first rule of its operation that applies, or
// copied. No rule changes an infinity or a NaN that a user's own formula makes, except towards the exact value. Nodes
// made by differentiation (`node::derived`) are not a user's formula: a zero among them is a missing adjoint. The
// rules, with their reasons, are listed in rules.hpp.
#pragma once

#include <hourglass/passes/simplify/rules.hpp>

HOURGLASS_BEGIN

class simplification {
    simplifier s_;
    rewriter& r_;

    // Applies the first rule that fits; -1 if none does.
    constexpr int by_rule(const formula& f) {
        using namespace simplify_rules;
        const int known = all_rules.find(f.old.op->id);
        if (known < 0 && !f.old.op->foldable) return -1;
        const node* const nodes = r_.to.nodes.begin();
        const std::uint64_t a = nodes[f.a].op->id, b = f.b < 0 ? 0 : nodes[f.b].op->id;
        constexpr std::uint64_t number = id_of<ops::literal>;
        const rules_by_operands& of = known < 0 ? are<of_foldable> : all_rules[known];
        const rules_in_order& rules = a == number || b == number ? of.all : of.without_numbers;
        for (int i = 0; i < rules.count; ++i) {
            const rule& r = rules.first[i];
            if (r.a.operation != 0 && r.a.operation != a) continue;
            if (r.b.operation != 0 && r.b.operation != b) continue;
            if ((r.a.asks && !r.a.holds(s_, f.a)) || (r.b.asks && !r.b.holds(s_, f.b))) continue;
            if (const int made = r.make(s_, f); made >= 0) return made;
        }
        return -1;
    }
    constexpr int simplified(int n) {
        const node& old = r_.from.nodes.data[n];
        if (old.operand_count == 0) return r_.copy(n);
        r_.to.deriving = old.derived;
        const int a = r_.map[r_.from.operand(n, 0)];
        const int made = by_rule({old, n, a, old.operand_count > 1 ? r_.map[r_.from.operand(n, 1)] : -1});
        return made >= 0 ? made : r_.copy(n);
    }
    // The same for a named node, which never becomes a node that existed before.
    constexpr int simplified_apart(int n) {
        const int known = r_.to.nodes.size(), made = simplified(n);
        return made < known ? r_.copy(n) : made;
    }

    // Readers of a node that stays see a leaf in its place until the end, so that no rule looks through it: if a
    // program is fed e = c x, then d e must read e, not d c x.
    struct hidden_node {
        int old = -1, made = -1, leaf = -1;
    };
    constexpr void hide(int n, list<hidden_node>& hidden) {
        hidden.push({n, r_.map[n], r_.to.push_leaf(&record<ops::fed>, -1, s_.at(r_.map[n]).type)});
        r_.map[n] = hidden.back().leaf;
    }
    constexpr void show(const list<hidden_node>& hidden) {
        list<int> shown(r_.to.nodes.size(), -1);
        for (const hidden_node& h : hidden) {
            shown[h.leaf] = h.made;
            r_.map[h.old] = h.made;
        }
        for (int& o : r_.to.operands) o = shown[o] >= 0 ? shown[o] : o;
    }

public:
    constexpr simplification(const graph_view& g, bool drops_markers) : s_(g, drops_markers), r_(s_.graph()) {}
    simplification(const simplification&) = delete;
    simplification& operator=(const simplification&) = delete;

    // Covers all nodes, or those that are `needed`.
    constexpr graph_builder run(bool names_too, slice_of<bool> needed = {}) {
        list<bool> stays(r_.from.nodes.size);
        if (!names_too)
            for (const named_node& name : r_.from.names)
                if (name.node >= 0) stays[name.node] = true;
        list<hidden_node> hidden;
        for (int n = 0; n < r_.from.nodes.size; ++n) {
            if (needed.size > 0 && !needed.data[n]) continue;
            r_.map[n] = stays[n] ? simplified_apart(n) : simplified(n);
            if (stays[n] && (r_.from[n].operand_count > 0 || s_.is_literal(r_.map[n]))) hide(n, hidden);
        }
        if (!hidden.empty()) show(hidden);
        r_.to.deriving = false;
        r_.finish();
        return static_cast<graph_builder&&>(r_.to);
    }
};

// `markers_too` drops `stop_gradient`, so nothing may be differentiated afterwards. Without `names_too` every named
// node is kept, and all its readers still read it, so that a program can be cut there; run `prune` afterwards.
constexpr graph_builder simplify(const graph_view& g, bool markers_too, bool names_too = true) {
    return simplification(g, markers_too).run(names_too);
}
// The same for named nodes and their operands; drops the rest.
constexpr graph_builder simplify_needed(const graph_view& g) {
    return simplification(g, false).run(false, needed_nodes(g, true).view());
}
// simplify(prune(g), markers_too) in one pass.
constexpr graph_builder prune_and_simplify(const graph_view& g, bool markers_too) {
    return simplification(g, markers_too).run(true, needed_nodes(g).view());
}

HOURGLASS_END
