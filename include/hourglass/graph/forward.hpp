// Forward mode as a pass on the graph: behind a node, the nodes of its tangent are appended. No operation states a
// forward rule: elementwise ones are linear in the adjoint that their derivative rule is given, movements and sums are
// linear themselves, products are linear in each operand, and what is left is derived from its reverse rule,
// differentiated once more.
#pragma once

#include <hourglass/graph/differentiate.hpp>

HOURGLASS_BEGIN

class forward_differentiation {
    graph_builder& graph_;
    list<int> tangents_;
    list<int> adjoints_; // by node: what a derivative rule is given for one
    list<bool> wanted_;

public:
    // The tangent of `root` where that of `from` is `seed`, a node of the shape of `from`, with or without a batch
    // axis.
    constexpr forward_differentiation(graph_builder& g, int root, int from, int seed)
        : graph_(g), tangents_(root + 1, -1), adjoints_(root + 1, -1), wanted_(root + 1, false) {
        if (from > root) return;
        tangents_[from] = seed;
        for (int n = from + 1; n <= root && !g.failed(); ++n) tangents_[n] = tangent_of(n);
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
        bool depends = false;
        for (int i = 0; i < count; ++i) depends = depends || moves_with(n, i);
        if (!depends) return -1;
        if (op->kind == operation_kind::movement || op->id == record<ops::sum>.id ||
            op->id == record<ops::in_training>.id)
            return same_of_tangents(n, count);
        int total = -1;
        for (int i = 0; i < count; ++i) {
            if (!moves_with(n, i)) continue;
            const int part = op->kind == operation_kind::elementwise ? through_rule(n, i)
                             : op->id == record<ops::matmul>.id || op->id == record<ops::matmul_batch_sum>.id
                                 ? with_one_tangent(n, i, count)
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
        derivation d(graph_, adjoints_.begin(), wanted_.begin(), false);
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
        // A reduction over the batch adds up what its rows give.
        const bool mixes = !type.batched && graph_.nodes[operand].type.batched;
        const value_type whole{type.extents, type.batched || (!mixes && graph_.nodes[direction].type.batched)};
        const int g = at(graph_.push_literal(0)).filled(whole).index;
        adjoints_[n] = g;
        list<int> adjoints(n + 1, -1);
        adjoints[n] = g;
        wanted_[operand] = true;
        derivation d(graph_, adjoints.begin(), wanted_.begin(), mixes);
        d.node_ = n;
        graph_.nodes[n].op->derivative(d);
        wanted_[operand] = false;
        if (adjoints[operand] < 0 || graph_.failed()) return zero_like(n).index;
        handle product = hadamard(at(adjoints[operand]), at(direction));
        product = ops::reduce<ops::sum>(product, (1u << product.extents().rank) - 1u, false);
        if (mixes && product.batched()) product = batch_sum(product);
        const int targets[] = {g};
        differentiation back(graph_, product.index, {targets, 1}, mixes);
        return back.gradient(g);
    }
};

HOURGLASS_END
