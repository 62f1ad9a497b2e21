// Reverse mode as a pass on the graph: walks the nodes backwards, and each node's derivative rule appends the nodes of
// its operands' adjoints. The result is a graph like any other. A scan has no rule: its body is differentiated by this
// same pass (autodiff/reverse_scan.hpp).
#pragma once

#include <hourglass/autodiff/reverse_scan.hpp>

HOURGLASS_BEGIN

class differentiation {
    adjoints adjoints_;

public:
    // Differentiates `root` with respect to each of `with_respect_to`; gradient(i) returns the node, of the type of i.
    // The root has rank 0; if it is batched, the sum over its rows is differentiated. Without `sums_rows` the rows'
    // gradients stay separate: a node without a batch axis has a gradient with one. The root must then be batched, and
    // no example may affect another.
    constexpr differentiation(graph_builder& g, int root, slice_of<int> with_respect_to, bool sums_rows = true)
        : differentiation(g, root, -1, with_respect_to, sums_rows) {}
    // The same from a given adjoint of the root, which may have any shape: transpose(Jacobian) * adjoint.
    constexpr differentiation(graph_builder& g, int root, int adjoint, slice_of<int> with_respect_to, bool sums_rows)
        : adjoints_(g, root + 1, sums_rows) {
        const deriving_scope scope(g);
        for (int n : with_respect_to)
            if (n <= root) adjoints_.want(n);
        adjoints_.want_ways(0);
        if (adjoints_.wanted(root)) adjoints_.start(root, adjoint < 0 ? g.push_literal(1) : adjoint);
        walk(0);
    }
    // Starts from several roots with given adjoints and walks only to `first`: earlier nodes are leaves.
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
    // The adjoint that arrived at n, perhaps of a smaller shape, which broadcasts; -1 if none did.
    constexpr int adjoint(int n) const { return n < adjoints_.size() ? adjoints_[n] : -1; }
    constexpr bool reached(int n) const { return adjoint(n) >= 0; }
    // Whether the root depends on a target by a path that has a derivative.
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
