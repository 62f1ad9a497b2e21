// Fusion: which nodes are computed together. Elementwise nodes join each other, the sums over last axes that consume
// them, and the matrix product that feeds them; the groups come out in an order in which everything is computed before
// it is used.
//
// A group's number is its place in that order. A node joins the group of its latest operand where the domains are
// equal, else a later open group of its domain, else it opens one: so no choice can make a cycle. What serves updates
// alone (an optimiser's arithmetic and the weight gradients behind it) stays in groups of its own, on which nothing
// else waits; they may run as soon as the last reader of what they overwrite has run.
#pragma once

#include <hourglass/graph/rewrite.hpp>
#include <hourglass/graph/schedule.hpp>

HOURGLASS_BEGIN

constexpr bool is_leaf(const node& n) { return n.op->kind == operation_kind::leaf; }
constexpr bool is_literal(const node& n) { return n.op->kind == operation_kind::literal; }
constexpr bool is_elementwise(const node& n) { return n.op->kind == operation_kind::elementwise; }
// A sum over the last axes of one example: computed row by row.
constexpr bool is_row_reduction(graph_view g, int n) {
    const node& at = g[n];
    if (at.op->kind != operation_kind::reduction || at.options.flags[2] != 0) return false;
    const shape& of = g[g.operand(n, 0)].type.extents;
    return of.size(at.options.flags[1], of.rank) == 1;
}

struct fused_group {
    group_kind kind{};
    value_type domain{};
    int first = -1, last = -1, count = 0; // members, linked by next_member
    int boundary = -1;                    // first axis that sums in the group run over
    int node = -1;
    bool tail = false;
    product_plan product{};
};

// What fusion has decided, as plain arrays.
struct fusion_view {
    graph_view g;
    slice_of<int> source;   // of a node: through reshapes, which move nothing
    slice_of<int> group_of; // -1: a leaf, a constant or a uniform number
    slice_of<int> next_member;
    slice_of<bool> uniform, stored;
    slice_of<fused_group> groups;

    // Whether operand i of n is what a member of the same group holds in a register.
    constexpr bool in_register(int n, int i, int group) const {
        const int o = g.operand(n, i), s = source[o];
        if (s != o || group < 0 || group_of[s] != group) return false;
        const fused_group& in = groups[group];
        const bool value_at_hand = is_elementwise(g[s]) || (in.kind == group_kind::product && s == in.node);
        return value_at_hand && g[o].type == in.domain && (is_elementwise(g[n]) || is_row_reduction(g, n));
    }
};

struct fusion_sizes {
    int nodes = 0, groups = 0;
};

// Makes the decisions, node by node in the order of the graph.
class fusion {
public:
    using draft = fused_group;
    static constexpr int most_members = 64;
    static constexpr int most_floating = 6; // nodes behind one another

    graph_view g;
    list<int> source;   // through reshapes, which move nothing
    list<int> group_of; // -1: a leaf, a constant or a uniform number
    list<int> next_member;
    list<bool> uniform, tail, only_reduced, stored;
    list<bool> floating; // made of leaves alone: joins the group of its first use
    list<draft> groups;

    constexpr explicit fusion(graph_view graph)
        : g(graph), source(graph.nodes.size, -1), group_of(graph.nodes.size, -1), next_member(graph.nodes.size, -1),
          uniform(graph.nodes.size, false), tail(graph.nodes.size, true), only_reduced(graph.nodes.size, true),
          stored(graph.nodes.size, false), floating(graph.nodes.size, false), written_(graph.nodes.size, false),
          depth_(graph.nodes.size, 0) {
        look_ahead();
        for (int n = 0; n < g.nodes.size; ++n) place(n);
        for (const graph_root& r : g.roots) settle(source[r.node]);
    }

    constexpr fusion_sizes sizes() const { return {g.nodes.size, groups.size()}; }
    constexpr fusion_view view() const {
        return {g, source.view(), group_of.view(), next_member.view(), uniform.view(), stored.view(), groups.view()};
    }

private:
    list<bool> written_; // updates: computed by a group, even where they are numbers of the call
    list<int> depth_;    // of floating nodes: how many of them stand behind one another
    hash_index open_;    // domain -> index into latest_
    list<int> latest_;

    // Backwards, from the uses of a node: does it serve updates alone; is it only summed.
    constexpr void look_ahead() {
        list<bool> used(g.nodes.size, false);
        list<bool> asked(g.nodes.size, false);
        for (const graph_root& r : g.roots) {
            if (r.kind != root_kind::update)
                tail[r.node] = false;
            else
                written_[r.node] = true;
            asked[r.node] = true;
        }
        for (int n = g.nodes.size - 1; n >= 0; --n) {
            only_reduced[n] = only_reduced[n] && used[n] && !asked[n] && is_elementwise(g[n]);
            for (int i = 0; i < g[n].operand_count; ++i) {
                const int o = g.operand(n, i);
                used[o] = true;
                const bool same_domain = g[o].type == g[n].type;
                // A tail ends where the gradient is made: what a product or a sum reads is everybody's.
                if (!tail[n] || !is_elementwise(g[n]) || !same_domain) tail[o] = false;
                if (!(is_row_reduction(g, n) || (only_reduced[n] && same_domain))) only_reduced[o] = false;
            }
        }
    }

    constexpr void place(int n) {
        const node& at = g[n];
        source[n] = n;
        if (is_leaf(g[n]) || is_literal(g[n])) {
            uniform[n] = is_literal(g[n]) || is<ops::scalar>(at) || is<ops::rows>(at);
            return;
        }
        if (is<ops::reshape>(at)) {
            source[n] = source[g.operand(n, 0)];
            settle(source[n]);
            uniform[n] = uniform[source[n]];
            group_of[n] = group_of[source[n]];
            return;
        }
        if (is_elementwise(g[n]) && at.type.extents.rank == 0 && !at.type.batched && !written_[n]) {
            bool all = true;
            for (int i = 0; i < at.operand_count; ++i) all = all && uniform[source[g.operand(n, i)]];
            uniform[n] = all;
            if (all) return;
        }
        if (is_elementwise(g[n]) && floats(n)) {
            floating[n] = true;
            for (int i = 0; i < at.operand_count; ++i)
                if (const int o = g.operand(n, i); floating[o] && depth_[o] >= depth_[n]) depth_[n] = depth_[o] + 1;
            return;
        }
        if (!(is_elementwise(g[n]) || is_row_reduction(g, n)))
            for (int i = 0; i < at.operand_count; ++i) settle(source[g.operand(n, i)]);
        switch (at.op->kind) {
        case operation_kind::elementwise:
            join(n, at.type, -1);
            break;
        case operation_kind::reduction:
            if (is_row_reduction(g, n))
                join(n, g[g.operand(n, 0)].type, at.options.flags[0]);
            else
                alone(n, group_kind::column_reduction);
            break;
        case operation_kind::product:
            if (!is_matrix_product(at)) return alone(n, group_kind::movement);
            alone(n, group_kind::product);
            groups[group_of[n]].product = plan_product(n);
            break;
        case operation_kind::noise:
            alone(n, group_kind::noise);
            break;
        default:
            alone(n, group_kind::movement);
            break;
        }
    }

    // The first group in whose place operand i is there: its own for what is in a register, the next for what is in
    // memory.
    constexpr int available(int n, int i, const value_type& domain) const {
        const int o = g.operand(n, i), s = source[o];
        const int group = group_of[s];
        if (group < 0) return -1;
        const bool value_at_hand =
            s == o && g[o].type == domain && groups[group].domain == domain &&
            (is_elementwise(g[s]) || (groups[group].kind == group_kind::product && groups[group].node == s));
        return value_at_hand ? group : group + 1;
    }

    constexpr bool floats(int n) const {
        for (int i = 0; i < g[n].operand_count; ++i) {
            const int s = source[g.operand(n, i)];
            const bool at_hand = is_leaf(g[s]) || is_literal(g[s]) || uniform[s] ||
                                 (floating[s] && s == g.operand(n, i) && g[s].type == g[n].type);
            // Each floating node is looked at once for every path to it: no more paths than a few steps make.
            if (!at_hand || (floating[s] && depth_[s] == most_floating)) return false;
        }
        return true;
    }
    // A floating node that is used from memory gets a group like any other.
    constexpr void settle(int n) {
        if (n < 0 || !floating[n]) return;
        floating[n] = false;
        for (int i = 0; i < g[n].operand_count; ++i)
            if (g[g.operand(n, i)].type == g[n].type && floating[source[g.operand(n, i)]])
                settle(source[g.operand(n, i)]);
        join(n, g[n].type, -1);
    }
    // Brings the floating operands of n, and theirs, into its group.
    constexpr void draw_in(int n, int boundary, int group) {
        for (int i = 0; i < g[n].operand_count; ++i) {
            const int o = g.operand(n, i);
            if (!floating[o]) continue;
            floating[o] = false;
            draw_in(o, -1, group);
        }
        add(n, boundary, group);
    }
    // The first group in whose place all operands are there, those of the floating operands included: what they read
    // may have been settled since.
    constexpr int earliest_of(int n, const value_type& domain) const {
        int earliest = -1;
        for (int i = 0; i < g[n].operand_count; ++i) {
            const int o = g.operand(n, i), a = floating[o] ? earliest_of(o, domain) : available(n, i, domain);
            if (a > earliest) earliest = a;
        }
        return earliest;
    }
    // Whether the floating operands of n may come along; those that may not are settled first.
    constexpr bool operands_fit(int n, const value_type& domain, int boundary, int group) const {
        for (int i = 0; i < g[n].operand_count; ++i) {
            const int o = g.operand(n, i);
            if (floating[o] && !(fits(o, domain, boundary, group) && operands_fit(o, domain, boundary, group)))
                return false;
        }
        return true;
    }

    constexpr void join(int n, const value_type& domain, int boundary) {
        for (int i = 0; i < g[n].operand_count; ++i) {
            const int o = g.operand(n, i);
            if (floating[source[o]] && (source[o] != o || !(g[o].type == domain) || tail[o] != tail[n]))
                settle(source[o]);
        }
        const int earliest = earliest_of(n, domain);
        const auto good = [&](int group) {
            return fits(n, domain, boundary, group) && operands_fit(n, domain, boundary, group);
        };
        if (earliest >= 0 && earliest < groups.size() && good(earliest)) return draw_in(n, boundary, earliest);
        const std::uint64_t key = key_of(domain, tail[n]);
        const int slot = open_.find(key);
        if (slot >= 0 && latest_[slot] >= earliest && good(latest_[slot])) return draw_in(n, boundary, latest_[slot]);
        draft d;
        d.kind = group_kind::elementwise;
        d.domain = domain;
        d.tail = tail[n];
        groups.push(d);
        const int fresh = groups.size() - 1;
        if (slot >= 0) {
            latest_[slot] = fresh;
        } else {
            latest_.push(fresh);
            open_.insert(key, latest_.size() - 1);
        }
        if (!operands_fit(n, domain, boundary, fresh)) { // sums along which an operand is broadcast unevenly
            for (int i = 0; i < g[n].operand_count; ++i) settle(g.operand(n, i));
            groups.push(d);
            latest_[open_.find(key)] = groups.size() - 1;
            return add(n, boundary, groups.size() - 1);
        }
        draw_in(n, boundary, fresh);
    }
    static constexpr std::uint64_t key_of(const value_type& t, bool tail_) {
        std::uint64_t key = t.batched ? 2 : 1;
        for (int i = 0; i < t.extents.rank; ++i) key = (key ^ static_cast<unsigned>(t.extents[i])) * 1099511628211ull;
        key = (key * 8 + static_cast<unsigned>(t.extents.rank)) * 2 + (tail_ ? 1 : 0);
        return key ^ key >> 31;
    }
    constexpr bool fits(int n, const value_type& domain, int boundary, int group) const {
        const draft& d = groups[group];
        if (!(d.domain == domain) || d.tail != tail[n] || d.count >= most_members) return false;
        if (d.kind == group_kind::product) {
            if (boundary >= 0 || only_reduced[n] || d.product.summed) return false;
            for (int i = 0; i < g[n].operand_count; ++i)
                if (!matrix_pattern(g[g.operand(n, i)].type, domain)) return false;
            return true;
        }
        if (d.kind != group_kind::elementwise) return false;
        if (boundary >= 0 && d.boundary >= 0 && boundary != d.boundary) return false;
        const int common = boundary >= 0 ? boundary : d.boundary;
        if (common < 0) return true;
        if (!flat_behind(n, domain, common)) return false;
        if (d.boundary < 0)
            for (int m = d.first; m >= 0; m = next_member[m])
                if (!flat_behind(m, domain, common)) return false;
        return true;
    }
    // A product's epilogue sees a matrix: an operand must be whole, a row, a column or a single number in it.
    static constexpr bool matrix_pattern(const value_type& t, const value_type& domain) {
        if (t == domain) return true;
        const int rank = domain.extents.rank;
        const long columns = domain.extents[rank - 1];
        // A number per example stands for one row of the matrix only where an example is one row.
        if (t.extents.size() == 1) return !t.batched || domain.extents.size() == columns;
        const bool row = !t.batched && t.extents.size() == columns && t.extents[t.extents.rank - 1] == columns;
        const bool column = t.batched == domain.batched && t.extents.rank == rank && t.extents[rank - 1] == 1 &&
                            t.extents.size() * columns == domain.extents.size();
        return row || column;
    }
    // Whether all operands of n run through the axes from the boundary on in one stride, so that these are one
    // dimension.
    constexpr bool flat_behind(int n, const value_type& domain, int boundary) const {
        for (int i = 0; i < g[n].operand_count; ++i) {
            const shape& t = g[g.operand(n, i)].type.extents;
            int repeated = 0, walked = 0;
            for (int axis = boundary; axis < domain.extents.rank; ++axis) {
                if (domain.extents[axis] == 1) continue;
                const int in_t = axis - (domain.extents.rank - t.rank);
                if (in_t < 0 || t[in_t] == 1)
                    ++repeated;
                else
                    ++walked;
            }
            if (repeated > 0 && walked > 0) return false;
        }
        return true;
    }
    constexpr void add(int n, int boundary, int group) {
        draft& d = groups[group];
        if (boundary >= 0) d.boundary = boundary;
        if (d.last >= 0)
            next_member[d.last] = n;
        else
            d.first = n;
        d.last = n;
        ++d.count;
        group_of[n] = group;
    }
    constexpr void alone(int n, group_kind kind) {
        draft d;
        d.kind = kind;
        d.domain = g[n].type;
        d.node = n;
        d.tail = tail[n];
        groups.push(d);
        group_of[n] = groups.size() - 1;
    }

    constexpr product_plan plan_product(int n) const {
        const int a = g.operand(n, 0), b = g.operand(n, 1);
        const value_type ta = g[a].type, tb = g[b].type;
        const bool swap_a = g[n].options.flags[0] != 0, swap_b = g[n].options.flags[1] != 0;
        const long a0 = ta.extents[0], a1 = ta.extents.rank == 2 ? ta.extents[1] : 1;
        const long b0 = tb.extents[0], b1 = tb.extents.rank == 2 ? tb.extents[1] : 1;
        product_plan p;
        if (is<ops::matmul>(g[n]) && tb.extents.rank == 1) {
            // y = A x as the row vector x times the transpose of A: the rows of a batch make a matrix of it.
            p.m = 1;
            p.n = swap_a ? a1 : a0;
            p.k = swap_a ? a0 : a1;
            p.left = b;
            p.right = a;
            p.left_row = p.k;
            p.left_column = 1;
            p.right_row = swap_a ? a1 : 1;
            p.right_column = swap_a ? 1 : a1;
            if (ta.batched) {
                p.per_row = true;
                p.right_batch = ta.extents.size();
                p.left_batch = tb.batched ? p.k : 0;
            } else {
                p.rows_in_m = tb.batched;
            }
            return p;
        }
        p.left = a;
        p.right = b;
        if (ta.extents.rank == 1) { // columns times rows, summed over the batch
            p.m = a0;
            p.n = b0;
            p.k = 1;
            p.rows_in_k = true;
            p.left_row = 1;
            p.left_column = a0;
            p.right_row = b0;
            p.right_column = 1;
            return p;
        }
        p.m = swap_a ? a1 : a0;
        p.k = swap_a ? a0 : a1;
        p.n = swap_b ? b0 : b1;
        p.left_row = swap_a ? 1 : a1;
        p.left_column = swap_a ? a1 : 1;
        p.right_row = swap_b ? 1 : b1;
        p.right_column = swap_b ? b1 : 1;
        p.left_batch = ta.batched ? ta.extents.size() : 0;
        p.right_batch = tb.batched ? tb.extents.size() : 0;
        if (is<ops::matmul_batch_sum>(g[n])) {
            if (swap_a && !swap_b)
                p.rows_in_k = true; // the examples lie behind one another along k
            else
                p.per_row = p.summed = true;
        } else if (ta.batched && !tb.batched && !swap_a) {
            p.rows_in_m = true;
        } else {
            p.per_row = ta.batched || tb.batched;
        }
        return p;
    }
};

// The decisions as a constexpr value, so that planning has a budget of its own.
template <fusion_sizes Sizes> struct frozen_fusion {
    std::array<int, Sizes.nodes + 1> source{}, group_of{}, next_member{};
    std::array<bool, Sizes.nodes + 1> uniform{}, stored{};
    std::array<fused_group, Sizes.groups + 1> groups{};

    constexpr explicit frozen_fusion(const fusion& f) {
        copy(f.source, source);
        copy(f.group_of, group_of);
        copy(f.next_member, next_member);
        copy(f.uniform, uniform);
        copy(f.stored, stored);
        copy(f.groups, groups);
    }
    constexpr fusion_view view(graph_view g) const {
        return {g,
                {source.data(), Sizes.nodes},
                {group_of.data(), Sizes.nodes},
                {next_member.data(), Sizes.nodes},
                {uniform.data(), Sizes.nodes},
                {stored.data(), Sizes.nodes},
                {groups.data(), Sizes.groups}};
    }

private:
    static constexpr void copy(const auto& from, auto& to) {
        const auto* in = from.begin();
        auto* out = to.data();
        for (int i = 0, size = from.size(); i < size; ++i) out[i] = in[i];
    }
};

// Which values must lie in memory: those asked for, and those used outside of the registers of their group.
constexpr void find_stored(const fusion_view& f, bool* stored) {
    const graph_view& g = f.g;
    for (const graph_root& r : g.roots)
        if (r.kind != root_kind::update) stored[f.source[r.node]] = true;
    for (int n = 0; n < g.nodes.size; ++n) {
        const node& at = g[n];
        if (at.operand_count == 0 || is<ops::reshape>(at) || (f.uniform[n] && f.source[n] == n)) continue;
        const bool arithmetic = is_elementwise(at) || is_row_reduction(g, n);
        for (int i = 0; i < at.operand_count; ++i) {
            if (f.in_register(n, i, f.group_of[n])) continue;
            const int s = f.source[g.operand(n, i)];
            // a constant needs memory only where no arithmetic reads it
            if (!arithmetic || !is_literal(g[s])) stored[s] = true;
        }
    }
}

// Each update as a node of its own, so that it can be written where the old value lies without anything else needing
// it. A result that is the old value itself becomes a copy: results are from before the update.
constexpr graph_builder isolate_updates(graph_view g) {
    rewriter r(g);
    for (int n = 0; n < g.nodes.size; ++n) r.map[n] = r.copy(n);
    r.finish();
    list<bool> overwritten(r.to.names.size(), false);
    for (const graph_root& root : r.to.roots)
        if (root.kind == root_kind::update) overwritten[root.name] = true;
    for (graph_root& root : r.to.roots) {
        int source = root.node;
        while (is<ops::reshape>(r.to.nodes[source])) source = r.to.operand(source, 0);
        const int name = r.to.nodes[source].name;
        if (root.kind != root_kind::update && (name < 0 || !overwritten[name])) continue;
        attributes same;
        same.target = r.to.nodes[root.node].type.extents;
        const int from[] = {root.node};
        root.node = r.to.push(&record<ops::broadcast_to>, same, {from, 1});
    }
    return static_cast<graph_builder&&>(r.to);
}

HOURGLASS_END
