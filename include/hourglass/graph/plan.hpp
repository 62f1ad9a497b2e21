// The plan: fused groups, in the order of graph/order.hpp, become a schedule: what they load, compute and store is
// written down. Where values lie and who waits is found in graph/layout.hpp. Whatever is made is made in its place,
// since to copy it is most of what it costs a compiler.
#pragma once

#include <hourglass/graph/fuse.hpp>
#include <hourglass/graph/layout.hpp>
#include <hourglass/graph/order.hpp>

HOURGLASS_BEGIN

class planning {
    const fusion_view& f_;
    const order_view& order_;
    schedule_builder s_;
    list<int> value_list_, member_list_, loaded_list_;
    list<bool> late_list_;
    list<int> target_value_; // name -> the value of a parameter or state
    // The arrays of these and of the graph: to reach them by functions would be most of what a constant evaluation does
    // here.
    const node* nodes_;
    const int* operands_;
    const fused_node* fused_;
    int* value_of_;            // node -> value, or -1
    int* member_of_;           // node -> its place among its group's members
    int* loaded_by_ = nullptr; // value -> the group that loaded it last
    bool* late_;               // updates that are written at the very end

public:
    constexpr planning(const fusion_view& fused, const order_view& order)
        : f_(fused), order_(order), value_list_(fused.nodes.size, -1), member_list_(fused.nodes.size),
          late_list_(fused.nodes.size), target_value_(fused.g.names.size), nodes_(fused.g.nodes.data),
          operands_(fused.g.operands.data), fused_(fused.nodes.data), value_of_(value_list_.begin()),
          member_of_(member_list_.begin()), late_(late_list_.begin()) {
        const slice_of<graph_root>& roots = fused.g.roots;
        for (int i = 0; i < roots.size; ++i) late_[roots[i].node] = late_[roots[i].node] || order.late[i];
        make_values();
        loaded_list_ = list<int>(s_.values.size(), -1);
        loaded_by_ = loaded_list_.begin();
        s_.groups.reserve(fused.groups.size);
        s_.members.reserve(fused.nodes.size);
        s_.wires.reserve(fused.g.operands.size);
        s_.loads.reserve(fused.nodes.size);
        for (int d : order.groups) emit(d);
        for (int i = 0; i < roots.size; ++i)
            if (order.late[i]) emit_copy(roots[i]);
        for (const graph_root& r : roots)
            if (r.kind != root_kind::update) s_.results.push({r.kind, r.name, value_of(r.node)});
    }
    planning(const planning&) = delete;
    planning& operator=(const planning&) = delete;
    constexpr schedule_builder take() { return static_cast<schedule_builder&&>(s_); }

private:
    // Through reshapes, as everything that asks for the value of a node.
    constexpr int value_of(int n) const { return value_of_[fused_[n].source]; }
    constexpr int add_value(int n, storage_kind storage) {
        const node& at = nodes_[n];
        stored_value& v = *s_.values.extend(1);
        v.node = n;
        v.storage = storage;
        v.name = at.name;
        v.type = at.type;
        return value_of_[n] = s_.values.size() - 1;
    }
    constexpr void make_values() {
        for (int n = 0; n < f_.nodes.size; ++n) {
            const fused_node& here = fused_[n];
            if (here.source != n) continue;
            if (here.uniform) s_.numbers.push(n);
            const node& at = nodes_[n];
            const bool leaf = at.op->kind == operation_kind::leaf;
            if (leaf && is<ops::parameter>(at))
                target_value_[at.name] = add_value(n, storage_kind::parameter);
            else if (leaf && is<ops::state>(at))
                target_value_[at.name] = add_value(n, storage_kind::state);
            else if (!here.stored && !late_[n])
                continue;
            else if (here.uniform)
                s_.uniforms.push(add_value(n, storage_kind::uniform));
            else
                add_value(n, leaf ? storage_kind::fed : storage_kind::arena);
        }
    }

    constexpr void count_work(const fused_group& d, bool by_rows, double work) {
        if (!d.once) (by_rows ? s_.work_per_row : s_.work) += work; // of a call
    }
    constexpr bool stored(int n) const { return fused_[n].stored || late_[n]; }

    constexpr void emit(int draft_index) {
        const fused_group& d = f_.groups.data[draft_index];
        schedule_group& out = *s_.groups.extend(1);
        out.kind = d.kind;
        out.domain = d.domain;
        out.node = d.node;
        out.tail = d.tail;
        out.once = d.once;
        out.first_member = s_.members.size();
        out.first_load = s_.loads.size();
        out.first_store = s_.stores.size();
        if (d.kind == group_kind::product) {
            out.product = d.product;
            out.product.left = value_of(d.product.left);
            out.product.right = value_of(d.product.right);
            s_.loads.extend(1)->tile = true;
            if (stored(d.node)) s_.stores.push({-1, value_of_[d.node]});
            count_work(d, nodes_[d.product.left].type.batched || nodes_[d.product.right].type.batched,
                       2.0 * static_cast<double>(d.product.m * d.product.n * d.product.k));
        } else if (reads_operands(d.kind)) {
            out.operand = value_of(f_.g.operand(d.node, 0));
            out.first_load = s_.operands.size();
            for (int i = 0; i < nodes_[d.node].operand_count; ++i) {
                s_.operands.push(value_of(f_.g.operand(d.node, i)));
                ++out.load_count;
            }
            if (d.kind == group_kind::scan) {
                for (int n = d.first; n >= 0; n = fused_[n].next_member) s_.stores.push({-1, value_of_[n]});
                out.store_count = s_.stores.size() - out.first_store;
                return;
            }
            s_.stores.push({-1, value_of_[d.node]});
        } else if (d.kind == group_kind::noise) {
            s_.stores.push({-1, value_of_[d.node]});
        }
        for (int n = d.first; n >= 0; n = fused_[n].next_member) emit_member(n, draft_index, out);
        if (d.kind == group_kind::elementwise || d.kind == group_kind::product) {
            count_work(d, d.domain.batched, 4.0 * d.count * static_cast<double>(d.domain.extents.size()));
            out.load_count = s_.loads.size() - out.first_load;
        }
        out.member_count = s_.members.size() - out.first_member;
        if (d.kind == group_kind::elementwise) join_dimensions(out, d.boundary);
        if (d.kind == group_kind::product) matrix_dimensions(out);
        for (int r = order_.first_update[draft_index]; r >= 0; r = order_.next_update[r]) {
            const graph_root& root = f_.g.roots[r];
            if (!order_.late[r]) s_.stores.push({member_of_[root.node], target_value_[root.name]});
        }
        out.store_count = s_.stores.size() - out.first_store;
    }
    constexpr void emit_copy(const graph_root& r) {
        schedule_group& out = *s_.groups.extend(1);
        out.kind = group_kind::elementwise;
        out.domain = nodes_[r.node].type;
        out.tail = true;
        out.first_member = s_.members.size();
        out.first_load = s_.loads.size();
        out.first_store = s_.stores.size();
        group_member& m = *s_.members.extend(1);
        m.op = &record<ops::broadcast_to>;
        m.node = r.node;
        m.first_wire = s_.wires.size();
        m.operand_count = 1;
        s_.wires.push({wire::source::load, load_index(r.node, -1, out), 0});
        s_.stores.push({0, target_value_[r.name]});
        out.load_count = out.member_count = out.store_count = 1;
        join_dimensions(out, -1);
    }
    constexpr void emit_member(int n, int draft_index, schedule_group& out) {
        const node& at = nodes_[n];
        const int index = s_.members.size() - out.first_member;
        group_member& m = *s_.members.extend(1);
        m.op = at.op;
        m.node = n;
        m.first_wire = s_.wires.size();
        m.operand_count = at.operand_count;
        wire* const wires = s_.wires.extend(at.operand_count);
        for (int i = 0; i < at.operand_count; ++i) {
            const int o = operands_[at.first_operand + i], s = fused_[o].source;
            wire& w = wires[i];
            if (fused_[s].group == draft_index && f_.in_register(n, o, draft_index)) {
                if (s == out.node) {
                    w.from = wire::source::load; // the tile is the first
                } else {
                    w.from = wire::source::member;
                    w.index = member_of_[s];
                }
            } else if (nodes_[s].op->kind == operation_kind::literal) {
                w.from = wire::source::constant;
                w.number = nodes_[s].options.number;
            } else {
                w.from = wire::source::load;
                w.index = load_index(o, draft_index, out);
            }
        }
        member_of_[n] = index;
        if (at.op->kind == operation_kind::reduction) out.reduces = true;
        if (stored(n)) s_.stores.push({index, value_of_[n]});
    }
    // The place of an operand among the loads of a group.
    constexpr int load_index(int operand, int draft_index, const schedule_group& out) {
        const int value = value_of(operand), count = s_.loads.size() - out.first_load;
        group_load& fresh = *s_.loads.extend(1);
        fresh.value = value;
        find_strides(nodes_[operand].type, out.domain, fresh.strides);
        if (loaded_by_[value] == draft_index) { // else it is new
            const group_load* const loads = s_.loads.end() - 1 - count;
            for (int i = 0; i < count; ++i) {
                if (loads[i].value != value || loads[i].tile) continue;
                bool same = true;
                for (int d = 0; same && d <= out.domain.extents.rank; ++d)
                    same = loads[i].strides[d] == fresh.strides[d];
                if (!same) continue;
                fresh = group_load{};
                s_.loads.pop();
                return i;
            }
        }
        loaded_by_[value] = draft_index;
        return count;
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
            auto& strides = s_.loads.begin()[out.first_load + i].strides;
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
                const auto& strides = s_.loads.begin()[out.first_load + i].strides;
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
            auto& strides = s_.loads.begin()[out.first_load + i].strides;
            for (int d = 0; d <= last; ++d) strides[d] = strides[from[d]]; // never from before d
            for (int d = last + 1; d <= rank; ++d) strides[d] = 0;
        }
        const auto insert = [&](int at) { // a dimension of one element
            for (int d = last; d >= at; --d) {
                out.extents[d + 1] = out.extents[d];
                for (int i = 0; i < out.load_count; ++i) {
                    auto& strides = s_.loads.begin()[out.first_load + i].strides;
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

// About how much there will be in a plan, and seldom less than there is.
constexpr schedule_sizes guess_of_plan(const fusion_view& f) {
    schedule_sizes s;
    s.groups = f.groups.size + 16;
    s.results = f.g.roots.size;
    s.stores = f.g.roots.size + 16;
    for (int n = 0; n < f.nodes.size; ++n) {
        const fused_node& at = f.nodes.data[n];
        s.numbers += at.uniform;
        s.uniforms += at.uniform && at.stored;
        s.values += at.stored || f.g.nodes.data[n].name >= 0;
        s.stores += at.stored;
        s.members += at.group >= 0;
        s.wires += at.group >= 0 ? f.g.nodes.data[n].operand_count : 0;
    }
    s.members += 16;
    s.wires += 16;
    s.values += 16;
    s.loads = f.g.operands.size / 2 + f.groups.size + 16;
    s.operands = f.g.operands.size / 2 + 16;
    return s;
}

// The plan without its layout: in constant expressions each part has a budget of its own.
constexpr schedule_builder draft_plan(const fusion_view& fused, const order_view& order) {
    return planning(fused, order).take();
}

constexpr schedule_builder plan(const graph_view& g, long max_rows) {
    const look_ahead ahead(g);
    fusion fused(g, ahead.view());
    find_stored(fused.view(), fused.nodes());
    const fusion_view groups = fused.view();
    schedule_builder s = draft_plan(groups, ordering(groups).view());
    lay_out(edit(s), max_rows);
    find_representatives(edit(s), g);
    return s;
}

HOURGLASS_END
