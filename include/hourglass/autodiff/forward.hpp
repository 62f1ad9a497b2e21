// Forward mode as a pass on the graph: appends the nodes of each node's tangent. No operation states a forward rule.
// Elementwise derivative rules are linear in the adjoint that they are given, movements and sums are linear themselves,
// products are linear in each operand, and the rest is derived by differentiating its reverse rule once more. A scan's
// body is differentiated by this same pass (autodiff/forward_scan.hpp).
#pragma once

#include <hourglass/autodiff/differentiate.hpp>
#include <hourglass/autodiff/forward_scan.hpp>

HOURGLASS_BEGIN

// Applies one node's derivative rule and keeps only one operand's share. For an elementwise node whose adjoint is that
// operand's tangent, the share is the node's tangent.
class share_of_operand final : public derivation {
    int operand_, share_ = -1;

public:
    constexpr share_of_operand(graph_builder& g, int n, int operand, int adjoint)
        : derivation(g, false), operand_(operand) {
        apply(n, adjoint);
    }
    constexpr int index() const { return share_; } // -1 if the rule gave none
    constexpr bool wanted(int i) const override { return i == operand_; }
    constexpr handle adjoint_full() const override { return filled(adjoint(), result().type()); }
    constexpr void accumulate(int i, handle share) override {
        if (i == operand_) share_ = share.index;
    }
};

class forward_differentiation {
    graph_builder& graph_;
    tangents known_;
    list<bool> leads_to_root_; // others are skipped; most belong to other derivatives
    list<bool> left_to_scans_; // nodes of scan bodies, which have no tangent here

public:
    // The tangent of `root`, given the tangent `seed` of `from`. The seed has the shape of `from`, with or without a
    // batch axis.
    constexpr forward_differentiation(graph_builder& g, int root, int from, int seed) : graph_(g), known_(g, root + 1) {
        if (from > root) return;
        const deriving_scope scope(g);
        left_to_scans_ = bodies_within(g, from, root, known_.bodies);
        leads_to_root_ = reached_by_gradient(g, root);
        known_.set(from, seed);
        for (int n = from + 1; n <= root && !g.failed(); ++n)
            if (leads_to_root_[n]) find_tangent(n);
    }
    // The tangents of all nodes from `first` on; those of earlier nodes are known.
    constexpr forward_differentiation(const tangents& known, int first) : graph_(known.graph()), known_(known) {
        const deriving_scope scope(graph_);
        left_to_scans_ = bodies_within(graph_, first, known_.size() - 1, known_.bodies);
        if (!left_to_scans_.empty()) leads_to_root_ = list<bool>(known_.size(), true);
        for (int n = first; n < known_.size() && !graph_.failed(); ++n)
            if (known_[n] < 0) find_tangent(n);
    }
    // The tangent of a node, or -1 if it does not depend on `from`.
    constexpr int tangent(int n) const { return known_[n]; }

private:
    constexpr handle at(int n) { return {&graph_, nullptr, n}; }
    constexpr bool moves_with(int n, int i) const {
        return known_[graph_.operand(n, i)] >= 0 && has_derivative(graph_.nodes[n], i);
    }
    // Tangents of a scan's results are found with the scan.
    constexpr void find_tangent(int n) {
        if (is_scan(graph_.nodes[n]))
            forward_scan<forward_differentiation>(known_, n, leads_to_root_).run();
        else if (!is_scan_result(graph_.nodes[n]) && (left_to_scans_.empty() || !left_to_scans_[n]))
            known_.set(n, tangent_of(n));
    }
    constexpr int tangent_of(int n) {
        const operation* op = graph_.nodes[n].op;
        const int count = graph_.nodes[n].operand_count;
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
    constexpr int same_of_tangents(int n, int count) {
        list<int> of;
        for (int i = 0; i < count; ++i) of.push(known_.or_zero(graph_.operand(n, i)));
        const node old = graph_.nodes[n];
        return graph_.push(old.op, old.options, of.view());
    }
    constexpr int with_one_tangent(int n, int which, int count) {
        list<int> of;
        for (int i = 0; i < count; ++i)
            of.push(i == which ? known_.or_zero(graph_.operand(n, i)) : graph_.operand(n, i));
        const node old = graph_.nodes[n];
        return graph_.push(old.op, old.options, of.view());
    }
    // For the adjoint g the rule gives sum_j g_j dy_j/dx_i; if g is an operand's tangent and the node elementwise, its
    // tangent.
    constexpr int through_rule(int n, int which) {
        const share_of_operand share(graph_, n, which, known_[graph_.operand(n, which)]);
        if (share.index() < 0) return known_.zero_like(n).index;
        return filled(at(share.index()), {graph_.nodes[n].type.extents, graph_.nodes[share.index()].type.batched})
            .index;
    }
    // The reverse rule is linear in the adjoint g: x' = A(x) g. So transpose(A) t is the gradient of <A g, t> in g.
    constexpr int twice_reversed(int n, int which) {
        const int operand = graph_.operand(n, which), direction = known_[operand];
        const value_type type = graph_.nodes[n].type;
        const bool mixes = mixes_rows(graph_, n); // then the rows' contributions are summed
        const value_type whole{type.extents, type.batched || (!mixes && graph_.nodes[direction].type.batched)};
        const bool sums_rows = mixes || !whole.batched; // without batched operands nothing gets a batch axis
        const int g = filled(at(graph_.push_literal(0)), whole).index;
        adjoints once(graph_, n + 1, sums_rows);
        once.start(n, g);
        once.want(operand);
        reverse_derivation(once).apply(n);
        if (once[operand] < 0 || graph_.failed()) return known_.zero_like(n).index;
        handle product = hadamard(at(once[operand]), at(direction));
        product = ops::reduce<ops::sum>(product, (1u << product.extents().rank) - 1u, false);
        if (mixes && product.batched()) product = batch_sum(product);
        const int targets[] = {g};
        differentiation back(graph_, product.index, {targets, 1}, sums_rows);
        return back.gradient(g);
    }
};

HOURGLASS_END
