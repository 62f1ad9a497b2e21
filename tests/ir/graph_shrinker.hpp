// Makes a graph that shows a fault small: nodes are replaced by one of their operands or by a leaf, results and targets
// are left out, as long as the fault stays. What a fault is, the caller says.
#pragma once

#include <hourglass/passes/rewrite.hpp>

#include "ir/graph_generator.hpp"

namespace fuzz {

class shrinker {
    const generated_graph* from_;
    int fresh_ = 0;

    // A copy without result `root`, without target `target`, with node `n` replaced by its operand `operand`, or by a
    // leaf where that is -2; -1 leaves alone. What nothing needs is gone.
    generated_graph rebuilt(int root, int target, int n, int operand) {
        const hg::graph_view g = from_->graph.view();
        hg::rewriter r(g);
        hg::list<bool> needed(g.nodes.size, false);
        for (int i = 0; i < g.roots.size; ++i)
            if (i != root) {
                needed[g.roots[i].node] = true;
                if (g.roots[i].kind == hg::root_kind::update) needed[g.names[g.roots[i].name].node] = true;
            }
        needed[from_->loss] = true;
        for (int i = g.nodes.size - 1; i >= 0; --i) {
            if (!needed[i] || (i == n && operand == -2)) continue;
            if (i == n) needed[g.operand(n, operand)] = true;
            for (int o = 0; i != n && o < g[i].operand_count; ++o) needed[g.operand(i, o)] = true;
        }
        generated_graph made;
        for (int i = 0; i < g.nodes.size; ++i) {
            if (!needed[i]) continue;
            if (i != n)
                r.map[i] = r.copy(i);
            else if (operand >= 0)
                r.map[i] = r.map[g.operand(n, operand)];
            else {
                const int name = r.to.intern(hg::sentence("leaf", fresh_++).view());
                const auto* op = g[n].type.batched ? &hg::record<ops::input> : &hg::record<ops::argument>;
                r.map[i] = r.to.push_leaf(op, name, g[n].type);
                r.to.names[name].node = r.map[i];
            }
        }
        hg::list<hg::graph_root> roots;
        for (int i = 0; i < g.roots.size; ++i)
            if (i != root) roots.push(g.roots[i]);
        r.from.roots = roots.view();
        r.finish();
        made.loss = r.map[from_->loss];
        for (int i = 0; i < from_->targets.size(); ++i)
            if (const int t = r.map[from_->targets[i]]; i != target && t >= 0) made.targets.push(t);
        made.graph = static_cast<hg::graph_builder&&>(r.to);
        return made;
    }
    static long size_of(const generated_graph& made) {
        long size = made.graph.roots.size() + made.targets.size();
        for (const hg::node& n : made.graph.nodes) size += n.operand_count > 0 ? 100 : n.options.number != 0 ? 10 : 11;
        return size;
    }

public:
    // The smallest graph found that is still faulty.
    generated_graph run(generated_graph faulty, auto is_faulty) {
        from_ = &faulty;
        const auto accept = [&](generated_graph smaller) {
            if (size_of(smaller) >= size_of(faulty) || !is_faulty(smaller)) return false;
            faulty = std::move(smaller);
            return true;
        };
        for (bool changed = true; changed;) {
            changed = false;
            for (int i = faulty.graph.roots.size() - 1; i >= 0; --i)
                if (faulty.graph.roots[i].node != faulty.loss) changed |= accept(rebuilt(i, -1, -1, -1));
            for (int i = faulty.targets.size() - 1; i >= 0; --i) changed |= accept(rebuilt(-1, i, -1, -1));
            for (int n = faulty.graph.nodes.size() - 1; n >= 0; --n) {
                if (n >= faulty.graph.nodes.size() || faulty.graph.nodes[n].operand_count == 0) continue;
                bool done = accept(rebuilt(-1, -1, n, -2));
                for (int o = 0; !done && o < faulty.graph.nodes[n].operand_count; ++o)
                    if (faulty.graph.nodes[faulty.graph.operand(n, o)].type == faulty.graph.nodes[n].type)
                        done = accept(rebuilt(-1, -1, n, o));
                changed |= done;
            }
        }
        return faulty;
    }
};

}
