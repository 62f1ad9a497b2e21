// Reverse mode as a pass on the graph: the nodes are walked backwards and each one's derivative rule appends the nodes
// of its adjoint. The result is a graph like any other. The rule of a scan is in graph/reverse_scan.hpp.
#pragma once

#include <hourglass/graph/trace.hpp>

HOURGLASS_BEGIN

// Whether a gradient goes through a node to its operand i.
constexpr bool has_derivative(const node& n, int i) {
    return n.op->smooth && (n.op->flat_operands == 0 || i >= 32 || (n.op->flat_operands >> i & 1u) == 0);
}

// Which nodes a value depends on, itself included.
constexpr list<bool> parts_of(const graph_builder& g, int value) {
    list<bool> part(value + 1);
    part[value] = true;
    for (int n = value; n >= 0; --n)
        if (part[n])
            for (int i = 0; i < g.nodes[n].operand_count; ++i) part[g.operand(n, i)] = true;
    return part;
}
// Which nodes the gradient of a loss goes to; at all others it is zero, whatever the numbers are.
template <class Graph> constexpr list<bool> reached_by_gradient(const Graph& g, int loss) {
    list<bool> reached(loss + 1);
    reached[loss] = true;
    for (int n = loss; n >= 0; --n)
        for (int i = 0; reached[n] && i < g.nodes[n].operand_count; ++i)
            if (has_derivative(g.nodes[n], i)) reached[g.operand(n, i)] = true;
    return reached;
}
// Which nodes lie on a way from x to y that has a derivative, both included.
template <class Graph> constexpr list<bool> nodes_between(const Graph& g, int y, int x) {
    const list<bool> before = reached_by_gradient(g, y);
    list<bool> between(y + 1);
    between[x] = true;
    for (int n = x + 1; n <= y; ++n)
        for (int i = 0; before[n] && !between[n] && i < g.nodes[n].operand_count; ++i)
            between[n] = between[g.operand(n, i)] && has_derivative(g.nodes[n], i);
    return between;
}

constexpr handle derivation::operand(int i) const { return {&graph_, &place_, graph_.operand(node_, i)}; }
constexpr int derivation::operand_count() const { return graph_.nodes[node_].operand_count; }
constexpr handle derivation::result() const { return operand(0).other(node_); }
constexpr handle derivation::adjoint() const { return operand(0).other(adjoints_[node_]); }
constexpr handle derivation::adjoint_full() const { return adjoint().filled(result().type()); }
constexpr attributes derivation::options() const { return graph_.nodes[node_].options; }
constexpr const operation* derivation::applied() const { return graph_.nodes[node_].op; }
constexpr bool derivation::wanted(int i) const {
    if (forward_operand_ >= 0) return i == forward_operand_;
    return wanted_[graph_.operand(node_, i)] && has_derivative(graph_.nodes[node_], i);
}

// Sums what lies along axes that the wanted type lacks. A type that is smaller still is left so: it broadcasts.
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
    return share.reshaped(dropped);
}

// Of what is summed over the rows, the node's own.
constexpr value_type derivation::adjoint_type(int n) const {
    return {graph_.nodes[n].type.extents, graph_.nodes[n].type.batched || !sums_rows_};
}
constexpr void derivation::accumulate(int i, handle share) {
    if (forward_operand_ >= 0) {
        if (i == forward_operand_) tangent_ = share.index;
        return;
    }
    const int target = graph_.operand(node_, i);
    if (!wanted(i) || graph_.failed()) return;
    value_type type = graph_.nodes[target].type; // copies: the nodes move as the graph grows
    type.batched = type.batched || !sums_rows_;
    const value_type whole = graph_.nodes[node_].type;
    // What broadcasts to the result counts once for each element that it stands for.
    if (graph_.nodes[node_].op->kind == operation_kind::elementwise && !(type == whole)) share = share.filled(whole);
    add(target, type, share);
}
constexpr void derivation::add(int target, const value_type& type, handle share) {
    share = sum_to(share, type);
    const int so_far = adjoints_[target];
    adjoints_[target] = so_far < 0 ? share.index : (share.other(so_far) + share).index;
}

class differentiation {
    graph_builder& graph_;
    list<int> adjoints_;
    list<bool> wanted_;
    bool sums_rows_;

public:
    struct seed {
        int node = -1, adjoint = -1;
    };
    // The gradient of `root` (rank 0, no batch axis; or batched, then of the sum over the rows) with respect to each of
    // `with_respect_to`; gradients(i) gives the node, of the type of what it belongs to.
    // Without sums_rows, the root being batched and no example acting on another, each row's gradient stays apart: what
    // has no batch axis has a gradient with one.
    constexpr differentiation(graph_builder& g, int root, slice_of<int> with_respect_to, bool sums_rows = true)
        : differentiation(g, root, -1, with_respect_to, sums_rows) {}
    // The same from a given adjoint of the root, whose shape may then be any: transpose(Jacobian) * adjoint.
    constexpr differentiation(graph_builder& g, int root, int adjoint, slice_of<int> with_respect_to, bool sums_rows)
        : graph_(g), adjoints_(root + 1, -1), wanted_(root + 1, false), sums_rows_(sums_rows) {
        const deriving_scope scope(g);
        for (int n : with_respect_to)
            if (n <= root) wanted_[n] = true;
        for (int n = 0; n <= root; ++n) {
            if (wanted_[n] || !graph_.nodes[n].op->smooth) continue;
            for (int i = 0; i < graph_.nodes[n].operand_count; ++i)
                if (wanted_[graph_.operand(n, i)] && has_derivative(graph_.nodes[n], i)) wanted_[n] = true;
        }
        derivation d(graph_, adjoints_.begin(), root + 1, wanted_.begin(), sums_rows);
        if (wanted_[root]) adjoints_[root] = adjoint < 0 ? graph_.push_literal(1) : adjoint;
        for (int n = root; n >= 0 && !graph_.failed(); --n) {
            if (adjoints_[n] < 0 || !wanted_[n] || !graph_.nodes[n].op->smooth) continue;
            d.node_ = n;
            graph_.nodes[n].op->derivative(d);
        }
    }
    // Of several roots with given adjoints, through the nodes from `first` on alone: what lies before them is a leaf.
    constexpr differentiation(graph_builder& g, slice_of<seed> seeds, slice_of<int> with_respect_to, int first,
                              bool sums_rows)
        : graph_(g), adjoints_(g.nodes.size(), -1), wanted_(g.nodes.size(), false), sums_rows_(sums_rows) {
        const deriving_scope scope(g);
        const int count = g.nodes.size();
        for (int n : with_respect_to) wanted_[n] = true;
        for (int n = first; n < count; ++n)
            for (int i = 0; !wanted_[n] && graph_.nodes[n].op->smooth && i < graph_.nodes[n].operand_count; ++i)
                wanted_[n] = wanted_[graph_.operand(n, i)] && has_derivative(graph_.nodes[n], i);
        derivation d(graph_, adjoints_.begin(), count, wanted_.begin(), sums_rows);
        for (const seed& s : seeds)
            if (wanted_[s.node]) d.add(s.node, d.adjoint_type(s.node), {&graph_, nullptr, s.adjoint});
        for (int n = count - 1; n >= first && !graph_.failed(); --n) {
            if (adjoints_[n] < 0 || !wanted_[n] || !graph_.nodes[n].op->smooth) continue;
            d.node_ = n;
            graph_.nodes[n].op->derivative(d);
        }
    }
    // What arrived there, perhaps of a smaller shape, which broadcasts; -1 where nothing did.
    constexpr int adjoint(int n) const { return n < adjoints_.size() ? adjoints_[n] : -1; }
    constexpr bool reached(int n) const { return adjoint(n) >= 0; }
    // Whether the root depends on any of them by a way that has a derivative.
    constexpr bool reaches() const { return wanted_[wanted_.size() - 1]; }
    constexpr int gradient(int n) {
        const deriving_scope scope(graph_);
        handle h{&graph_, nullptr, n < adjoints_.size() ? adjoints_[n] : -1};
        if (h.index < 0) h.index = graph_.push_literal(0);
        value_type type = graph_.nodes[n].type;
        type.batched = type.batched || !sums_rows_;
        return h.filled(type).index;
    }
};

HOURGLASS_END
