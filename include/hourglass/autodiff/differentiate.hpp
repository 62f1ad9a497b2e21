// Reverse mode as a pass on the graph: the nodes are walked backwards and each one's derivative rule appends the nodes
// of its adjoint. The result is a graph like any other. A scan has no rule: its body is differentiated by this very
// pass (autodiff/reverse_scan.hpp).
#pragma once

#include <hourglass/autodiff/reverse_scan.hpp>

HOURGLASS_BEGIN

class differentiation {
    adjoints adjoints_;

public:
    // The gradient of `root` (rank 0, no batch axis; or batched, then of the sum over the rows) with respect to each of
    // `with_respect_to`; gradients(i) gives the node, of the type of what it belongs to.
    // Without sums_rows, the root being batched and no example acting on another, each row's gradient stays apart: what
    // has no batch axis has a gradient with one.
    constexpr differentiation(graph_builder& g, int root, slice_of<int> with_respect_to, bool sums_rows = true)
        : differentiation(g, root, -1, with_respect_to, sums_rows) {}
    // The same from a given adjoint of the root, whose shape may then be any: transpose(Jacobian) * adjoint.
    constexpr differentiation(graph_builder& g, int root, int adjoint, slice_of<int> with_respect_to, bool sums_rows)
        : adjoints_(g, root + 1, sums_rows) {
        const deriving_scope scope(g);
        for (int n : with_respect_to)
            if (n <= root) adjoints_.want(n);
        adjoints_.want_ways(0);
        if (adjoints_.wanted(root)) adjoints_.start(root, adjoint < 0 ? g.push_literal(1) : adjoint);
        walk(0);
    }
    // Of several roots with given adjoints, through the nodes from `first` on alone: what lies before them is a leaf.
    constexpr differentiation(graph_builder& g, slice_of<adjoint_seed> seeds, slice_of<int> with_respect_to, int first,
                              bool sums_rows)
        : adjoints_(g, g.nodes.size(), sums_rows) {
        const deriving_scope scope(g);
        for (int n : with_respect_to) adjoints_.want(n);
        adjoints_.want_ways(first);
        for (const adjoint_seed& s : seeds)
            if (adjoints_.wanted(s.node)) adjoints_.add(s.node, {&g, nullptr, s.adjoint});
        walk(first);
    }
    // What arrived there, perhaps of a smaller shape, which broadcasts; -1 where nothing did.
    constexpr int adjoint(int n) const { return n < adjoints_.size() ? adjoints_[n] : -1; }
    constexpr bool reached(int n) const { return adjoint(n) >= 0; }
    // Whether the root depends on any of them by a way that has a derivative.
    constexpr bool reaches() const { return adjoints_.wanted(adjoints_.size() - 1); }
    constexpr int gradient(int n) {
        graph_builder& g = adjoints_.graph();
        const deriving_scope scope(g);
        const handle h{&g, nullptr, reached(n) ? adjoint(n) : g.push_literal(0)};
        return filled(h, adjoints_.type(n)).index;
    }

private:
    constexpr void walk(int first) {
        const graph_builder& g = adjoints_.graph();
        reverse_derivation rule(adjoints_);
        for (int n = adjoints_.size() - 1; n >= first && !g.failed(); --n) {
            const operation& op = *g.nodes[n].op;
            if (adjoints_[n] < 0 || !adjoints_.wanted(n) || !op.smooth) continue;
            if (op.kind == operation_kind::scan)
                reverse_through_scan<differentiation>(adjoints_, n);
            else
                rule.apply(n);
        }
    }
};

HOURGLASS_END
