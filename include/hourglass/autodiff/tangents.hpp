// What forward mode knows of each node: its tangent, if it has one. The walk that fills it in is in
// autodiff/forward.hpp.
#pragma once

#include <hourglass/ir/trace.hpp>
#include <hourglass/ops/shape.hpp>
#include <hourglass/scan/body.hpp>

HOURGLASS_BEGIN

class tangents {
    graph_builder& graph_;
    list<int> tangents_;

public:
    known_bodies bodies;

    constexpr tangents(graph_builder& g, int nodes) : graph_(g), tangents_(nodes, -1) {}

    constexpr graph_builder& graph() const { return graph_; }
    constexpr int size() const { return tangents_.size(); }
    // The tangent of a node; -1 if it does not depend on the variable.
    constexpr int operator[](int n) const { return tangents_[n]; }
    constexpr void set(int n, int tangent) { tangents_[n] = tangent; }
    // Makes room for every node that the graph has by now.
    constexpr void grow() {
        const int missing = graph_.nodes.size() - tangents_.size();
        int* const to = tangents_.extend(missing);
        for (int i = 0; i < missing; ++i) to[i] = -1;
    }
    constexpr handle zero_like(int n) const {
        const value_type type = graph_.nodes[n].type; // a copy, since nodes move as the graph grows
        return filled(handle{&graph_, nullptr, graph_.push_literal(0)}, type);
    }
    // The tangent or zeros, with a batch axis if the node has one.
    constexpr int or_zero(int n) const {
        if (tangents_[n] < 0) return zero_like(n).index;
        const value_type t = graph_.nodes[tangents_[n]].type;
        return filled(handle{&graph_, nullptr, tangents_[n]}, {t.extents, t.batched || graph_.nodes[n].type.batched})
            .index;
    }
};

HOURGLASS_END
