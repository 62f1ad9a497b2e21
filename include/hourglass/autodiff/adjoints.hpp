// What reverse mode knows of each node: whether a gradient through it is wanted, and its adjoint so far, a sum of
// shares. The walk that fills it in is in autodiff/differentiate.hpp.
#pragma once

#include <hourglass/autodiff/gradient_paths.hpp>
#include <hourglass/ir/trace.hpp>
#include <hourglass/ops/reduction.hpp>
#include <hourglass/scan/body.hpp>

HOURGLASS_BEGIN

// Sums a share over the axes that the wanted type lacks. A share smaller than the type is left as it is: it broadcasts.
constexpr handle sum_to(handle share, const value_type& wanted) {
    if (share.batched() && !wanted.batched) share = batch_sum(share);
    const shape& have = share.extents();
    const int extra = have.rank - wanted.extents.rank;
    unsigned mask = 0;
    for (int i = 0; i < have.rank; ++i)
        if (i < extra || (wanted.extents[i - extra] == 1 && have[i] != 1)) mask |= 1u << i;
    if (mask == 0) return share;
    share = ops::reduce<ops::sum>(share, mask, true);
    shape dropped;
    for (int i = extra > 0 ? extra : 0; i < share.extents().rank; ++i) dropped[dropped.rank++] = share.extents()[i];
    return reshaped(share, dropped);
}

// An adjoint to start from, and its node.
struct adjoint_seed {
    int node = -1, adjoint = -1;
};

class adjoints {
    graph_builder& graph_;
    list<int> adjoints_;
    list<bool> wanted_;
    bool sums_rows_;

public:
    known_bodies bodies;

    // Covers the first `nodes` nodes. If rows are not summed, a node without a batch axis has a gradient for each row.
    constexpr adjoints(graph_builder& g, int nodes, bool sums_rows)
        : graph_(g), adjoints_(nodes, -1), wanted_(nodes), sums_rows_(sums_rows) {}

    constexpr graph_builder& graph() const { return graph_; }
    constexpr int size() const { return adjoints_.size(); }
    constexpr bool sums_rows() const { return sums_rows_; }
    // The adjoint so far, perhaps of a smaller shape, which broadcasts; -1 if nothing has arrived.
    constexpr int operator[](int n) const { return adjoints_[n]; }
    constexpr bool wanted(int n) const { return wanted_[n]; }
    constexpr value_type type(int n) const {
        const value_type& own = graph_.nodes[n].type;
        return {own.extents, own.batched || !sums_rows_};
    }

    constexpr void want(int n) { wanted_[n] = true; }
    // Also wants the nodes from `first` on through which a gradient reaches a wanted node.
    constexpr void want_ways(int first) {
        for (int n = first; n < size(); ++n) {
            const node& at = graph_.nodes[n];
            if (wanted_[n] || !at.op->smooth) continue;
            for (int i = 0; i < at.operand_count; ++i)
                if (wanted_[graph_.operand(n, i)] && has_derivative(at, i)) wanted_[n] = true;
        }
    }
    constexpr void start(int n, int adjoint) { adjoints_[n] = adjoint; }
    constexpr void add(int n, handle share) { add(n, type(n), share); }
    constexpr void add(int n, const value_type& type_of_sum, handle share) {
        share = sum_to(share, type_of_sum);
        const int so_far = adjoints_[n];
        adjoints_[n] = so_far < 0 ? share.index : (share.other(so_far) + share).index;
    }
};

// Applies the derivative rule of one node at a time and adds the shares to the adjoints of the operands.
class reverse_derivation final : public derivation {
    adjoints& all_;

public:
    constexpr explicit reverse_derivation(adjoints& all) : derivation(all.graph(), all.sums_rows()), all_(all) {}
    constexpr void apply(int n) { derivation::apply(n, all_[n]); }
    constexpr handle adjoint_full() const override { return filled(adjoint(), result().type()); }
    constexpr bool wanted(int i) const override {
        return all_.wanted(graph().operand(derived_node(), i)) && has_derivative(graph().nodes[derived_node()], i);
    }
    constexpr void accumulate(int i, handle share) override {
        if (!wanted(i) || graph().failed()) return;
        const int target = graph().operand(derived_node(), i);
        const value_type type = all_.type(target), whole = graph().nodes[derived_node()].type; // copies: nodes move
        // An operand that broadcasts to the result gets a share for each element that it stands for.
        if (applied()->kind == operation_kind::elementwise && !(type == whole)) share = filled(share, whole);
        all_.add(target, type, share);
    }
};

HOURGLASS_END
