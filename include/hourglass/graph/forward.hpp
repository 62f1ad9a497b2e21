// Forward mode as a pass on the graph: behind a node, the nodes of its tangent are appended. No operation states a
// forward rule: elementwise ones are linear in the adjoint that their derivative rule is given, movements and sums are
// linear themselves, products are linear in each operand, and what is left is derived from its reverse rule,
// differentiated once more.
#pragma once

#include <hourglass/graph/reverse_scan.hpp>
#include <hourglass/graph/row_mixing.hpp>

HOURGLASS_BEGIN

class forward_differentiation {
    graph_builder& graph_;
    list<int> tangents_;
    list<int> adjoints_; // by node: what a derivative rule is given for one
    list<bool> wanted_;
    list<bool> leads_to_root_; // else there may be much beside it, of other derivatives above all
    list<int> bodies_;         // of scans, in which nodes lie that have no tangent of their own

    // The nodes from `first` on, where the tangents of those before are known.
    constexpr forward_differentiation(graph_builder& g, const list<int>& known, int first)
        : graph_(g), tangents_(known), adjoints_(known.size(), -1), wanted_(known.size(), false) {
        const deriving_scope scope(g);
        for (int n = first; n < known.size() && !g.failed(); ++n)
            if (tangents_[n] < 0) tangents_[n] = tangent_of(n);
    }

public:
    // The tangent of `root` where that of `from` is `seed`, a node of the shape of `from`, with or without a batch
    // axis.
    constexpr forward_differentiation(graph_builder& g, int root, int from, int seed)
        : graph_(g), tangents_(root + 1, -1), adjoints_(root + 1, -1), wanted_(root + 1, false) {
        if (from > root) return;
        const deriving_scope scope(g);
        if (g.bodies > 0) bodies_ = bodies_of(g.view());
        leads_to_root_ = reached_by_gradient(g, root);
        tangents_[from] = seed;
        for (int n = from + 1; n <= root && !g.failed(); ++n)
            if (leads_to_root_[n]) tangents_[n] = tangent_of(n);
    }
    // -1 where the node does not depend on `from`.
    constexpr int tangent(int n) const { return tangents_[n]; }

private:
    constexpr handle at(int n) { return {&graph_, nullptr, n}; }
    constexpr handle zero_like(int n) { return at(graph_.push_literal(0)).filled(graph_.nodes[n].type); }
    constexpr bool moves_with(int n, int i) const {
        return tangents_[graph_.operand(n, i)] >= 0 && has_derivative(graph_.nodes[n], i);
    }
    constexpr int tangent_of(int n) {
        const operation* op = graph_.nodes[n].op;
        const int count = graph_.nodes[n].operand_count;
        if (op->kind == operation_kind::scan) return is_scan(graph_.nodes[n]) ? of_scan(n) : tangents_[n];
        if (lies_in_body(bodies_, n)) return -1;
        bool depends = false;
        for (int i = 0; i < count; ++i) depends = depends || moves_with(n, i);
        if (!depends) return -1;
        if (op->linear == linearity::in_all) return same_of_tangents(n, count);
        int total = -1;
        for (int i = 0; i < count; ++i) {
            if (!moves_with(n, i)) continue;
            const int part = op->kind == operation_kind::elementwise ? through_rule(n, i)
                             : op->linear == linearity::in_each      ? with_one_tangent(n, i, count)
                                                                     : twice_reversed(n, i);
            total = total < 0 ? part : (at(total) + at(part)).index;
        }
        return total;
    }
    // Of an operand, with a batch axis where the operand has one; zero where it does not depend on the seed.
    constexpr int tangent_or_zero(int operand) {
        if (tangents_[operand] < 0) return zero_like(operand).index;
        const value_type t = graph_.nodes[tangents_[operand]].type;
        return at(tangents_[operand]).filled({t.extents, t.batched || graph_.nodes[operand].type.batched}).index;
    }
    // A scan that carries the tangents of the states beside a copy of its body, whose values it computes again. The
    // tangents of its results are found with it; it has none itself.
    constexpr int of_scan(int n) {
        const scan_parts old(graph_, n);
        body_copy body(graph_, n, false, leads_to_root_);
        // Of a node of the body, or a state: whether it has a tangent, and whether that differs between rows.
        enum { none, same, of_rows };
        list<int> moves(n, none), carries(old.states, none);
        const auto of_value = [&](int o) -> int {
            if (body.holds(o)) return moves[o];
            return tangents_[o] < 0 ? none : graph_.nodes[tangents_[o]].type.batched ? of_rows : same;
        };
        const auto raise = [](int& to, int by) { return to < by ? (to = by, true) : false; };
        for (int s = 0; s < old.states; ++s) carries[s] = of_value(old.initial(s));
        for (bool changed = true; changed;) {
            changed = false;
            for (int b = 0; b < n; ++b) {
                if (!body.holds(b)) continue;
                const node& here = graph_.nodes[b];
                for (int i = 0; here.op->smooth && i < here.operand_count; ++i)
                    raise(moves[b], of_value(graph_.operand(b, i)));
                if (is<ops::step>(here)) {
                    const ops::step_value step = ops::step_value::of(here.options);
                    moves[b] = step.is_state() ? carries[step.which] : of_value(old.sequence(step.which));
                }
                if (moves[b] != none) moves[b] = here.type.batched ? of_rows : mixes_rows(graph_, b) ? same : moves[b];
            }
            for (int s = 0; s < old.states; ++s) changed = raise(carries[s], of_value(old.next(s))) || changed;
        }
        const auto tangent_type = [&](int value, int how) {
            return value_type{graph_.nodes[value].type.extents, graph_.nodes[value].type.batched || how == of_rows};
        };
        list<int> start(old.states, -1);
        for (int s = 0; s < old.states; ++s)
            if (carries[s] != none)
                start[s] = at(tangent_or_zero(old.initial(s))).filled(tangent_type(old.initial(s), carries[s])).index;
        body.copy_without_squared_roots();
        list<int> leaves; // with their tangents behind each
        for (int b = 0; b < n; ++b) {
            if (moves[b] == none || !is<ops::step>(graph_.nodes[b])) continue;
            const auto [in, kind, which] = ops::step_value::of(graph_.nodes[b].options);
            leaves.push(body[b]);
            leaves.push(kind == ops::step_kind::state ? -1 - which
                                                      : body.add_slice(tangent_or_zero(old.sequence(which))));
        }
        for (int s = 0; s < old.states; ++s) {
            if (carries[s] == none) continue;
            const int leaf = body.add_state(start[s]);
            for (int& l : leaves)
                if (l == -1 - s) l = leaf;
        }
        list<int> known = tangents_;
        while (known.size() < graph_.nodes.size()) known.push(-1);
        for (int i = 0; i < leaves.size(); i += 2) known[leaves[i]] = leaves[i + 1];
        const forward_differentiation inside(graph_, known, body.first);
        list<int> next, asked, results, tangents;
        const auto tangent_in_body = [&](int value, int how) {
            const int t = inside.tangents_[body[value]];
            return (t < 0 ? zero_like(value) : at(t)).filled(tangent_type(value, how)).index;
        };
        for (int s = 0; s < old.states; ++s)
            if (carries[s] != none) next.push(tangent_in_body(old.next(s), carries[s]));
        for (int m = n + 1; m < tangents_.size(); ++m) {
            if (!leads_to_root_[m] || !is_scan_result(graph_.nodes[m]) || graph_.operand(m, 0) != n) continue;
            const int value = graph_.operand(m, 1), state = ops::state_number::of(graph_.nodes[m].options).state;
            const bool of_steps = is_stacked(graph_.nodes[m]);
            if (of_steps ? inside.tangents_[body[value]] < 0 : carries[state] == none) continue;
            int place = 0;
            for (int s = 0; s < state; ++s) place += carries[s] != none;
            results.push(m);
            tangents.push(of_steps ? tangent_in_body(value, of_value(value)) : next[place]);
            asked.push(tangents.back());
        }
        if (results.empty()) return -1;
        const int scan = body.finish(next, asked);
        for (int i = 0; i < results.size(); ++i) {
            const node old_result = graph_.nodes[results[i]];
            int which = ops::state_number::of(old_result.options).state;
            if (is_final_state(old_result))
                for (int s = which - 1; s >= 0; --s) which -= carries[s] == none;
            tangents_[results[i]] = is_final_state(old_result) ? body.final_state(scan, tangents[i], which)
                                                               : body.stacked(scan, tangents[i], old_result.options);
        }
        return -1;
    }
    constexpr int same_of_tangents(int n, int count) {
        list<int> of;
        for (int i = 0; i < count; ++i) of.push(tangent_or_zero(graph_.operand(n, i)));
        const node old = graph_.nodes[n];
        return graph_.push(old.op, old.options, of.view());
    }
    constexpr int with_one_tangent(int n, int which, int count) {
        list<int> of;
        for (int i = 0; i < count; ++i)
            of.push(i == which ? tangent_or_zero(graph_.operand(n, i)) : graph_.operand(n, i));
        const node old = graph_.nodes[n];
        return graph_.push(old.op, old.options, of.view());
    }
    // sum_j g_j dy_j/dx_i is what the rule gives for the adjoint g; elementwise, that is the tangent where g is one.
    constexpr int through_rule(int n, int which) {
        adjoints_[n] = tangents_[graph_.operand(n, which)];
        derivation d(graph_, adjoints_.begin(), adjoints_.size(), wanted_.begin(), false);
        d.node_ = n;
        d.forward_operand_ = which;
        graph_.nodes[n].op->derivative(d);
        if (d.tangent_ < 0) return zero_like(n).index;
        return at(d.tangent_).filled({graph_.nodes[n].type.extents, graph_.nodes[d.tangent_].type.batched}).index;
    }
    // The reverse rule is linear in the adjoint g: x' = A(x) g. So transpose(A) t is the gradient of <A g, t> in g.
    constexpr int twice_reversed(int n, int which) {
        const int operand = graph_.operand(n, which), direction = tangents_[operand];
        const value_type type = graph_.nodes[n].type;
        const bool mixes = mixes_rows(graph_, n); // then what its rows give is added up
        const value_type whole{type.extents, type.batched || (!mixes && graph_.nodes[direction].type.batched)};
        const bool sums_rows = mixes || !whole.batched; // where there are none, nothing gets a batch axis
        const int g = at(graph_.push_literal(0)).filled(whole).index;
        adjoints_[n] = g;
        list<int> adjoints(n + 1, -1);
        adjoints[n] = g;
        wanted_[operand] = true;
        derivation d(graph_, adjoints.begin(), n + 1, wanted_.begin(), sums_rows);
        d.node_ = n;
        graph_.nodes[n].op->derivative(d);
        wanted_[operand] = false;
        if (adjoints[operand] < 0 || graph_.failed()) return zero_like(n).index;
        handle product = hadamard(at(adjoints[operand]), at(direction));
        product = ops::reduce<ops::sum>(product, (1u << product.extents().rank) - 1u, false);
        if (mixes && product.batched()) product = batch_sum(product);
        const int targets[] = {g};
        differentiation back(graph_, product.index, {targets, 1}, sums_rows);
        return back.gradient(g);
    }
};

HOURGLASS_END
