// What fusion (schedule/fuse.hpp) must know of a node in advance: the number of its type, and facts about its users,
// which come after it.
#pragma once

#include <hourglass/schedule/groups.hpp>

HOURGLASS_BEGIN

struct node_uses {
    int type = -1;           // types are numbered as they appear, for comparison in one step
    bool arithmetic = false; // elementwise, or a sum over last axes
    bool used = false, asked = false;
    bool awaited = false;       // used by more than updates
    bool kept = false;          // used by more than sums
    bool written = false;       // an update: a group computes it, even if it is a scalar of the call
    bool fixed = false;         // depends only on constants of the model: computed once, when the program is made
    bool read_by_fixed = false; // so it cannot wait for a call to make it
};

class use_analysis {
    graph_view g_;
    list<node_uses> nodes_;
    list<value_type> types_;

public:
    // `once`: also finds what can be computed once for all calls.
    constexpr explicit use_analysis(const graph_view& g, bool once = true) : g_(g), nodes_(g.nodes.size) {
        find_types();
        find_users();
        if (once) find_fixed();
    }
    constexpr slice_of<node_uses> view() const { return nodes_.view(); }

private:
    // Most types are those of an operand.
    constexpr void find_types() {
        const node* const nodes = g_.nodes.data;
        node_uses* const out = nodes_.begin();
        hash_index known;
        for (int n = 0; n < g_.nodes.size; ++n) {
            const node& at = nodes[n];
            const int* const operands = g_.operands.data + at.first_operand;
            int found = -1;
            for (int i = 0; found < 0 && i < at.operand_count && i < 2; ++i)
                if (is_same(at.type, nodes[operands[i]].type)) found = out[operands[i]].type;
            if (found < 0) {
                const std::uint64_t key = key_of(at.type);
                found = known.find(key, [&](int t) { return is_same(types_[t], at.type); });
                if (found < 0) {
                    known.insert(key, found = types_.size());
                    types_.push(at.type);
                }
            }
            out[n].type = found;
            out[n].arithmetic = is_arithmetic(g_, n);
        }
    }
    static constexpr bool is_same(const value_type& a, const value_type& b) {
        bool same = a.batched == b.batched && a.extents.rank == b.extents.rank;
        for (int i = 0; same && i < a.extents.rank; ++i) same = a.extents.extents[i] == b.extents.extents[i];
        return same;
    }
    static constexpr std::uint64_t key_of(const value_type& t) {
        std::uint64_t key = t.batched ? 2 : 1;
        for (int i = 0; i < t.extents.rank; ++i)
            key = (key ^ static_cast<unsigned>(t.extents.extents[i])) * 1099511628211ull;
        key = key * 8 + static_cast<unsigned>(t.extents.rank);
        return key ^ key >> 31;
    }

    constexpr void find_fixed() {
        node_uses* const out = nodes_.begin();
        for (int n = 0; n < g_.nodes.size; ++n) {
            const node& at = g_.nodes.data[n];
            const operation_kind kind = at.op->kind;
            bool fixed = kind == operation_kind::literal ||
                         (at.operand_count > 0 && !at.type.batched && !out[n].written &&
                          (kind == operation_kind::elementwise || kind == operation_kind::reduction ||
                           kind == operation_kind::product || kind == operation_kind::movement));
            const int* const operands = g_.operands.data + at.first_operand;
            for (int i = 0; fixed && i < at.operand_count; ++i) fixed = out[operands[i]].fixed;
            out[n].fixed = fixed;
            for (int i = 0; fixed && i < at.operand_count; ++i) out[operands[i]].read_by_fixed = true;
        }
    }

    // Walks backwards: which nodes serve only updates, and which are only summed.
    constexpr void find_users() {
        node_uses* const out = nodes_.begin();
        for (const graph_root& r : g_.roots) {
            node_uses& p = out[r.node];
            (r.kind != root_kind::update ? p.awaited : p.written) = true;
            p.asked = true;
        }
        for (int n = g_.nodes.size - 1; n >= 0; --n) {
            const node& at = g_.nodes.data[n];
            const bool elementwise = at.op->kind == operation_kind::elementwise;
            const node_uses p = out[n];
            const bool kept = p.kept || !p.used || p.asked || !elementwise, sums = p.arithmetic && !elementwise;
            out[n].kept = kept;
            const int* const operands = g_.operands.data + at.first_operand;
            for (int i = 0; i < at.operand_count; ++i) {
                node_uses& o = out[operands[i]];
                const bool same_domain = o.type == p.type;
                o.used = true;
                // A tail ends where the gradient is made: operands of a product or a sum may serve anything.
                o.awaited = o.awaited || p.awaited || !elementwise || !same_domain;
                o.kept = o.kept || !(sums || (!kept && same_domain));
            }
        }
    }
};

HOURGLASS_END
