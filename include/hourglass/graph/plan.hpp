// The plan: fused groups become a schedule. Groups are put in order, updates as early as nobody reads the old value any
// more, and what they load, compute and store is written down. Where values lie and who waits is found in
// graph/layout.hpp.
#pragma once

#include <hourglass/graph/fuse.hpp>
#include <hourglass/graph/layout.hpp>

HOURGLASS_BEGIN

class planning {
    fusion_view f_;
    graph_view g_;
    schedule_builder s_;
    list<int> value_of_;                   // node -> value, or -1
    list<int> target_value_;               // name -> the value of a parameter or state
    list<int> order_;                      // drafts, in the order in which they run
    list<bool> late_;                      // updates that are written at the very end
    list<int> first_update_, next_update_; // the updates of each draft, as indices of roots

public:
    constexpr explicit planning(const fusion_view& fused)
        : f_(fused), g_(fused.g), value_of_(fused.g.nodes.size, -1), target_value_(fused.g.names.size, -1),
          late_(fused.g.nodes.size, false), first_update_(fused.groups.size, -1), next_update_(fused.g.roots.size, -1) {
        put_in_order();
        make_values();
        for (int d : order_) emit(d);
        for (const graph_root& r : g_.roots)
            if (r.kind == root_kind::update && is_late(r.node)) emit_copy(r);
        for (const graph_root& r : g_.roots)
            if (r.kind != root_kind::update) s_.results.push({r.kind, r.name, value_of_[f_.source[r.node]]});
    }
    constexpr schedule_builder take() { return static_cast<schedule_builder&&>(s_); }

private:
    constexpr int add_value(int n, storage_kind storage) {
        stored_value v;
        v.node = n;
        v.storage = storage;
        v.name = g_[n].name;
        v.type = g_[n].type;
        s_.values.push(v);
        return value_of_[n] = s_.values.size() - 1;
    }
    constexpr void make_values() {
        for (int n = 0; n < g_.nodes.size; ++n) {
            if (f_.source[n] != n) continue;
            const node& at = g_[n];
            if (f_.uniform[n]) s_.numbers.push(n);
            const bool kept = is<ops::parameter>(at) || is<ops::state>(at);
            if (kept)
                target_value_[at.name] =
                    add_value(n, is<ops::parameter>(at) ? storage_kind::parameter : storage_kind::state);
            else if (stored(n) && f_.uniform[n])
                s_.uniforms.push(add_value(n, storage_kind::uniform));
            else if (stored(n))
                add_value(n, is_leaf(g_[n]) ? storage_kind::fed : storage_kind::arena);
        }
    }

    // A tail group runs behind the last other group that it depends on, or that reads what it overwrites.
    constexpr void put_in_order() {
        const int count = f_.groups.size;
        list<int> last_reader(g_.names.size, -1); // of a parameter or state: the last group that is no tail
        list<int> tail_reader(g_.names.size, -1); // the tail group that reads it; -2: several
        list<int> earliest(count, -1);
        for (int n = 0; n < g_.nodes.size; ++n) {
            const int group = f_.group_of[n];
            if (group < 0 || f_.source[n] != n) continue;
            for (int i = 0; i < g_[n].operand_count; ++i) {
                const int s = f_.source[g_.operand(n, i)];
                if (f_.group_of[s] >= 0 || g_[s].name < 0) continue;
                int& reader = f_.groups[group].tail ? tail_reader[g_[s].name] : last_reader[g_[s].name];
                // A product reads all of its operands for each element, so it cannot write where one of them lies.
                const bool in_place = is_elementwise(g_[n]) || is_row_reduction(g_, n);
                if (!f_.groups[group].tail)
                    reader = reader > group ? reader : group;
                else if (!in_place)
                    reader = -2;
                else if (reader != group)
                    reader = reader == -1 ? group : -2;
            }
        }
        for (const graph_root& r : g_.roots) {
            if (r.kind != root_kind::update) continue;
            const int group = f_.group_of[r.node];
            if (last_reader[r.name] > earliest[group]) earliest[group] = last_reader[r.name];
            // Read by the tail group of another update too: written at the very end, from the arena.
            const int reader = tail_reader[r.name];
            if (reader != -1 && reader != group) late_[r.node] = true;
        }
        for (int i = g_.roots.size - 1; i >= 0; --i) {
            if (g_.roots[i].kind != root_kind::update) continue;
            int& first_of_group = first_update_[f_.group_of[g_.roots[i].node]];
            next_update_[i] = first_of_group;
            first_of_group = i;
        }
        for (bool changed = true; changed;) { // twice, nearly always: nodes come in order, groups nearly so
            changed = false;
            for (int n = 0; n < g_.nodes.size; ++n) {
                const int group = f_.group_of[n];
                if (group < 0 || !f_.groups[group].tail || f_.source[n] != n) continue;
                for (int i = 0; i < g_[n].operand_count; ++i) {
                    const int from = f_.group_of[f_.source[g_.operand(n, i)]];
                    if (from < 0 || from == group) continue;
                    const int after = f_.groups[from].tail ? earliest[from] : from;
                    if (after <= earliest[group]) continue;
                    earliest[group] = after;
                    changed = true;
                }
            }
        }
        // In one place the tails keep their numbers' order, in which they depend on each other.
        list<int> first(count + 1, -1), next(count, -1);
        for (int d = count - 1; d >= 0; --d) {
            if (!f_.groups[d].tail) continue;
            next[d] = first[earliest[d] + 1];
            first[earliest[d] + 1] = d;
        }
        for (int place = -1; place < count; ++place) {
            if (place >= 0 && !f_.groups[place].tail) order_.push(place);
            for (int d = first[place + 1]; d >= 0; d = next[d]) order_.push(d);
        }
    }

    constexpr bool stored(int n) const { return f_.stored[n] || is_late(n); }
    constexpr bool is_late(int n) const { return late_[n]; }

    constexpr void emit(int draft_index) {
        const fused_group& d = f_.groups[draft_index];
        schedule_group out;
        out.kind = d.kind;
        out.domain = d.domain;
        out.node = d.node;
        out.tail = d.tail;
        out.first_member = s_.members.size();
        out.first_load = s_.loads.size();
        out.first_store = s_.stores.size();
        if (d.kind == group_kind::product) {
            out.product = d.product;
            out.product.left = value_of_[f_.source[d.product.left]];
            out.product.right = value_of_[f_.source[d.product.right]];
            group_load tile;
            tile.tile = true;
            s_.loads.push(tile);
            if (stored(d.node)) s_.stores.push({-1, value_of_[d.node]});
            const double work = 2.0 * static_cast<double>(d.product.m * d.product.n * d.product.k);
            (g_[d.product.left].type.batched || g_[d.product.right].type.batched ? s_.work_per_row : s_.work) += work;
        } else if (d.kind == group_kind::movement || d.kind == group_kind::column_reduction) {
            out.operand = value_of_[f_.source[g_.operand(d.node, 0)]];
            out.first_load = s_.operands.size();
            for (int i = 0; i < g_[d.node].operand_count; ++i) {
                s_.operands.push(value_of_[f_.source[g_.operand(d.node, i)]]);
                ++out.load_count;
            }
            s_.stores.push({-1, value_of_[d.node]});
        } else if (d.kind == group_kind::noise) {
            s_.stores.push({-1, value_of_[d.node]});
        }
        for (int n = d.first; n >= 0; n = f_.next_member[n]) emit_member(n, draft_index, out);
        if (d.kind == group_kind::elementwise || d.kind == group_kind::product) {
            (d.domain.batched ? s_.work_per_row : s_.work) +=
                4.0 * d.count * static_cast<double>(d.domain.extents.size());
            out.load_count = s_.loads.size() - out.first_load;
        }
        out.member_count = s_.members.size() - out.first_member;
        if (d.kind == group_kind::elementwise) join_dimensions(out, d.boundary);
        if (d.kind == group_kind::product) matrix_dimensions(out);
        for (int r = first_update_[draft_index]; r >= 0; r = next_update_[r]) emit_update(g_.roots[r], out);
        out.store_count = s_.stores.size() - out.first_store;
        s_.groups.push(out);
    }
    // Members are few; the place of a node among them.
    constexpr int member_index(const schedule_group& group, int n) const {
        for (int m = s_.members.size() - 1; m >= group.first_member; --m)
            if (s_.members[m].node == n) return m - group.first_member;
        return -1;
    }
    constexpr void emit_update(const graph_root& r, const schedule_group& out) {
        if (!is_late(r.node)) s_.stores.push({member_index(out, r.node), target_value_[r.name]});
    }
    constexpr void emit_copy(const graph_root& r) {
        schedule_group out;
        out.kind = group_kind::elementwise;
        out.domain = g_[r.node].type;
        out.tail = true;
        out.first_member = s_.members.size();
        out.first_load = s_.loads.size();
        out.first_store = s_.stores.size();
        group_member m;
        m.op = &record<ops::broadcast_to>;
        m.node = r.node;
        m.first_wire = s_.wires.size();
        m.operand_count = 1;
        s_.wires.push({wire::source::load, load_index(r.node, out), 0});
        s_.members.push(m);
        s_.stores.push({0, target_value_[r.name]});
        out.load_count = out.member_count = out.store_count = 1;
        join_dimensions(out, -1);
        s_.groups.push(out);
    }
    constexpr void emit_member(int n, int draft_index, schedule_group& out) {
        group_member m;
        m.op = g_[n].op;
        m.node = n;
        m.first_wire = s_.wires.size();
        m.operand_count = g_[n].operand_count;
        for (int i = 0; i < m.operand_count; ++i) {
            const int s = f_.source[g_.operand(n, i)];
            wire w;
            if (f_.in_register(n, i, draft_index)) {
                if (s == out.node)
                    w = {wire::source::load, 0, 0}; // the tile is the first load
                else
                    w = {wire::source::member, member_index(out, s), 0};
            } else if (is_literal(g_[s])) {
                w = {wire::source::constant, 0, g_[s].options.number};
            } else {
                w = {wire::source::load, load_index(g_.operand(n, i), out), 0};
            }
            s_.wires.push(w);
        }
        s_.members.push(m);
        if (is_row_reduction(g_, n)) out.reduces = true;
        if (stored(n)) s_.stores.push({s_.members.size() - 1 - out.first_member, value_of_[n]});
    }
    constexpr int load_index(int operand, const schedule_group& out) {
        group_load l;
        l.value = value_of_[f_.source[operand]];
        find_strides(g_[operand].type, out.domain, l.strides);
        for (int i = out.first_load; i < s_.loads.size(); ++i) {
            const group_load& known = s_.loads[i];
            bool same = known.value == l.value && !known.tile;
            for (int d = 0; same && d <= out.domain.extents.rank; ++d) same = known.strides[d] == l.strides[d];
            if (same) return i - out.first_load;
        }
        s_.loads.push(l);
        return s_.loads.size() - 1 - out.first_load;
    }
    // Dimension 0 is the batch (extent 1 where there is none), then the axes of the domain.
    static constexpr void find_strides(const value_type& t, const value_type& domain, long (&strides)[max_dimensions]) {
        long stride = 1;
        for (int i = t.extents.rank - 1; i >= 0; --i) {
            const int extent = t.extents.extents[i];
            if (extent != 1) strides[1 + i + domain.extents.rank - t.extents.rank] = stride;
            stride *= extent;
        }
        if (t.batched) strides[0] = stride;
    }
    constexpr void matrix_dimensions(schedule_group& out) {
        const int rank = out.domain.extents.rank;
        out.dimensions = 2;
        const long columns = out.product.n;
        out.extents[0] = out.domain.extents.size() / columns;
        out.extents[1] = columns;
        for (int i = 0; i < out.load_count; ++i) {
            auto& strides = s_.loads[out.first_load + i].strides;
            const long column = strides[rank];
            long row = 0;
            for (int axis = rank - 1; axis >= 0 && row == 0; --axis) row = strides[axis];
            for (int axis = 2; axis <= rank; ++axis) strides[axis] = 0;
            strides[0] = row;
            strides[1] = column;
        }
    }
    // Joins neighbouring axes that all operands walk through in one stride, but never across the boundary of sums.
    constexpr void join_dimensions(schedule_group& out, int boundary) {
        int from[max_dimensions]{}; // the axis whose strides a dimension has
        int last = -1, inner = -1;  // the latest dimension; the first that is summed
        const int rank = out.domain.extents.rank;
        for (int axis = 0; axis <= rank; ++axis) { // axis 0 is the batch
            const long extent = axis == 0 ? 1 : out.domain.extents[axis - 1];
            if (axis == 0 ? !out.domain.batched : extent == 1) continue;
            const bool summed = boundary >= 0 && axis > boundary;
            bool join = last >= 0 && (!summed || inner >= 0);
            for (int i = 0; join && i < out.load_count; ++i) {
                const auto& strides = s_.loads[out.first_load + i].strides;
                join = strides[from[last]] == strides[axis] * extent;
            }
            if (!join) {
                ++last;
                out.extents[last] = 1;
                if (summed && inner < 0) inner = last;
            }
            out.extents[last] *= extent;
            from[last] = axis;
        }
        for (int i = 0; i < out.load_count; ++i) {
            auto& strides = s_.loads[out.first_load + i].strides;
            for (int d = 0; d <= last; ++d) strides[d] = strides[from[d]]; // never from before d
            for (int d = last + 1; d <= rank; ++d) strides[d] = 0;
        }
        const auto insert = [&](int at) { // a dimension of one element
            for (int d = last; d >= at; --d) {
                out.extents[d + 1] = out.extents[d];
                for (int i = 0; i < out.load_count; ++i) {
                    auto& strides = s_.loads[out.first_load + i].strides;
                    strides[d + 1] = strides[d];
                    strides[d] = 0;
                }
            }
            out.extents[at] = 1;
            ++last;
        };
        if (out.reduces && inner < 0)
            insert(last + 1); // sums of one element
        else if (out.reduces && inner == 0)
            insert(0); // everything is summed
        if (last < 0) insert(0);
        out.dimensions = last + 1;
    }
};

// The plan without its layout: in constant expressions each part has a budget of its own.
constexpr schedule_builder draft_plan(const fusion_view& fused) { return planning(fused).take(); }

constexpr schedule_builder plan(graph_view g, long max_rows) {
    fusion fused(g);
    find_stored(fused.view(), fused.stored.begin());
    schedule_builder s = draft_plan(fused.view());
    lay_out(edit(s), max_rows);
    find_representatives(edit(s), g);
    return s;
}

HOURGLASS_END
