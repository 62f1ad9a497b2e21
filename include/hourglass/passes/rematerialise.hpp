// Checkpointing as a pass on the graph. Values that the backward part reads from equations named in
// `hg::recompute<...>` are computed again where they are first needed, so that they need not lie in memory from the
// forward part until then (Griewank and Walther 2008, chapter 12; Chen et al. 2016, arXiv:1604.06174).
#pragma once

#include <hourglass/ops/markers.hpp>
#include <hourglass/passes/rewrite.hpp>

HOURGLASS_BEGIN

class rematerialisation {
    rewriter r_;
    int loss_, first_backward_;
    list<bool> again_; // nodes of the forward part that are rematerialised
    list<int> copies_; // old node -> its copy, or -1

    // What a copy for this backward node must wait for: another backward node that it reads, or the loss.
    constexpr int awaited_by(int n) const {
        const graph_view& g = r_.from;
        for (int i = 0; i < g[n].operand_count; ++i) {
            const int o = g.operand(n, i);
            if (o >= first_backward_ && g[o].operand_count > 0 && !is_number(o)) return r_.map[o];
        }
        return r_.map[loss_];
    }
    constexpr bool is_number(int n) const { return r_.from[n].type.extents.rank == 0 && !r_.from[n].type.batched; }
    constexpr bool is_again(int n) const { return n < first_backward_ && again_[n]; }
    // Copies a node after copying its operands. Values that these copies read from memory are read only once `awaited`
    // is available; otherwise the copies would be merged with the forward nodes, or run next to them.
    constexpr int copy_of(int wanted, int awaited) {
        const graph_view& g = r_.from;
        list<int> open, operands;
        open.push(wanted);
        while (!open.empty()) {
            const int n = open.back();
            bool ready = true;
            for (int i = 0; i < g[n].operand_count; ++i) {
                const int o = g.operand(n, i);
                if (!is_again(o) || copies_[o] >= 0) continue;
                open.push(o);
                ready = false;
            }
            if (!ready) continue;
            open.pop();
            if (copies_[n] >= 0) continue;
            operands.clear();
            for (int i = 0; i < g[n].operand_count; ++i) {
                const int o = g.operand(n, i), now = is_again(o) ? copies_[o] : r_.map[o];
                const int both[] = {now, awaited};
                operands.push(is_again(o) || is_number(o) ? now : r_.to.push(&record<ops::after>, {}, {both, 2}));
            }
            copies_[n] = r_.to.push_node(g[n], operands.view());
        }
        return copies_[wanted];
    }

public:
    // The backward part begins at `first_backward`, after the loss.
    constexpr rematerialisation(const graph_view& g, int loss, int first_backward)
        : r_(g), loss_(loss), first_backward_(first_backward), again_(first_backward), copies_(first_backward, -1) {}

    // Rematerialises the given nodes and their operands, up to leaves and nodes that other equations name.
    constexpr graph_builder run(slice_of<int> marked) {
        const graph_view& g = r_.from;
        list<bool> named(first_backward_);
        for (const named_node& name : g.names)
            if (name.node >= 0 && name.node < first_backward_) named[name.node] = true;
        for (int n : marked) again_[n] = true;
        for (int n = first_backward_ - 1; n >= 0; --n)
            for (int i = 0; again_[n] && i < g[n].operand_count; ++i)
                if (const int o = g.operand(n, i); !named[o] && g[o].operand_count > 0) again_[o] = true;
        list<int> operands;
        for (int n = 0; n < g.nodes.size; ++n) {
            if (n < first_backward_) {
                r_.map[n] = r_.copy(n);
                continue;
            }
            operands.clear();
            for (int i = 0; i < g[n].operand_count; ++i) {
                const int o = g.operand(n, i);
                operands.push(is_again(o) ? copy_of(o, awaited_by(n)) : r_.map[o]);
            }
            r_.map[n] = r_.to.push_node(g[n], operands.view());
        }
        r_.finish();
        return static_cast<graph_builder&&>(r_.to);
    }
};

HOURGLASS_END
