// The plan: makes a schedule of fused groups, in the order of schedule/order.hpp, by writing down what they load,
// compute and store. Where values lie, and who waits for whom, is decided in schedule/layout.hpp. Everything is made in
// place, since copies would be most of the cost in a compiler.
#pragma once

#include <hourglass/schedule/fuse.hpp>
#include <hourglass/schedule/layout.hpp>
#include <hourglass/schedule/order.hpp>
#include <hourglass/schedule/registers.hpp>

HOURGLASS_BEGIN

class planning {
    const fusion_view& f_;
    const order_view& order_;
    schedule_builder s_;
    list<int> value_list_, instruction_list_, loaded_list_;
    list<bool> late_list_;
    list<int> target_value_; // name -> the value of a parameter or state
    // The arrays of these lists and of the graph. Member functions would take most of a constant evaluation's steps
    // here.
    const node* nodes_;
    const int* operands_;
    const fused_node* fused_;
    int* value_of_;            // node -> value, or -1
    int* instruction_of_;      // node -> its index among its group's instructions
    int* loaded_by_ = nullptr; // value -> the group that loaded it last
    bool* late_;               // updates that are written at the very end

public:
    constexpr planning(const fusion_view& fused, const order_view& order)
        : f_(fused), order_(order), value_list_(fused.nodes.size, -1), instruction_list_(fused.nodes.size),
          late_list_(fused.nodes.size), target_value_(fused.g.names.size), nodes_(fused.g.nodes.data),
          operands_(fused.g.operands.data), fused_(fused.nodes.data), value_of_(value_list_.begin()),
          instruction_of_(instruction_list_.begin()), late_(late_list_.begin()) {
        const slice_of<graph_root>& roots = fused.g.roots;
        for (int i = 0; i < roots.size; ++i) late_[roots[i].node] = late_[roots[i].node] || order.late[i];
        make_values();
        loaded_list_ = list<int>(s_.values.size(), -1);
        loaded_by_ = loaded_list_.begin();
        s_.groups.reserve(fused.groups.size);
        s_.instructions.reserve(fused.nodes.size);
        s_.instruction_inputs.reserve(fused.g.operands.size);
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

    // What the rules of a kind call to describe the latest group.

    // The value of a node, looked up through reshapes as everywhere.
    constexpr int value_of(int n) const { return value_of_[fused_[n].source]; }
    constexpr bool is_stored(int n) const { return fused_[n].stored || late_[n]; }
    // A kernel's result that its instructions find in registers: their first load.
    constexpr void load_tile() { s_.loads.extend(1)->tile = true; }
    // Reads whole values instead of loads.
    constexpr void read_operands(int n, schedule_group& out) {
        out.operand = value_of(f_.g.operand(n, 0));
        out.first_load = s_.operands.size();
        out.load_count = nodes_[n].operand_count;
        for (int i = 0; i < out.load_count; ++i) s_.operands.push(value_of(f_.g.operand(n, i)));
    }
    // Stores a value that no instruction computes: that of the group's own node, or of nodes that are its results.
    constexpr void store_node(int n) { s_.stores.push({-1, value_of_[n]}); }
    constexpr void store_instructions(const fused_group& d) {
        for (int n = d.first; n >= 0; n = fused_[n].next_instruction) store_node(n);
    }

private:
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

    constexpr schedule_group& begin(group_kind kind, const value_type& domain) {
        schedule_group& out = *s_.groups.extend(1);
        out.kind = kind;
        out.domain = domain;
        out.first_instruction = s_.instructions.size();
        out.first_load = s_.loads.size();
        out.first_store = s_.stores.size();
        return out;
    }
    constexpr void emit(int fused_index) {
        const fused_group& d = f_.groups.data[fused_index];
        schedule_group& out = begin(d.kind, d.domain);
        out.node = d.node;
        out.tail = d.tail;
        out.once = d.once;
        with_rules_of(d.kind, [&](auto rules) {
            rules.write(*this, d, out);
            if (rules.keeps_registers) {
                emit_instructions(fused_index, out);
                rules.find_dimensions(out, s_.loads.begin() + out.first_load, d.boundary);
            }
            if (!d.once) count(rules.work(nodes_, d));
        });
        for (int r = order_.first_update[fused_index]; r >= 0; r = order_.next_update[r]) {
            const graph_root& root = f_.g.roots[r];
            if (!order_.late[r]) s_.stores.push({instruction_of_[root.node], target_value_[root.name]});
        }
        out.store_count = s_.stores.size() - out.first_store;
    }
    constexpr void count(const group_work& of_call) {
        s_.work_per_row += of_call.per_row;
        s_.work += of_call.per_call;
    }
    // An update that is written at the very end.
    constexpr void emit_copy(const graph_root& r) {
        schedule_group& out = begin(kind_of_arithmetic, nodes_[r.node].type);
        out.tail = true;
        instruction& m = *s_.instructions.extend(1);
        m.op = &record<ops::broadcast_to>;
        m.node = r.node;
        m.first_input = s_.instruction_inputs.size();
        m.operand_count = 1;
        s_.instruction_inputs.push({instruction_input::source::load, load_index(r.node, -1, out), 0});
        s_.stores.push({0, target_value_[r.name]});
        out.load_count = out.instruction_count = out.store_count = 1;
        find_joined_dimensions(out, s_.loads.begin() + out.first_load, -1);
    }
    constexpr void emit_instructions(int fused_index, schedule_group& out) {
        const fused_group& d = f_.groups.data[fused_index];
        for (int n = d.first; n >= 0; n = fused_[n].next_instruction) emit_instruction(n, fused_index, out);
        out.load_count = s_.loads.size() - out.first_load;
        out.instruction_count = s_.instructions.size() - out.first_instruction;
    }
    constexpr void emit_instruction(int n, int fused_index, schedule_group& out) {
        const node& at = nodes_[n];
        const int index = s_.instructions.size() - out.first_instruction;
        instruction& m = *s_.instructions.extend(1);
        m.op = at.op;
        m.node = n;
        m.first_input = s_.instruction_inputs.size();
        m.operand_count = at.operand_count;
        instruction_input* const instruction_inputs = s_.instruction_inputs.extend(at.operand_count);
        for (int i = 0; i < at.operand_count; ++i) {
            const int o = operands_[at.first_operand + i], s = fused_[o].source;
            instruction_input& w = instruction_inputs[i];
            if (fused_[s].group == fused_index && in_register(f_, n, o, fused_index)) {
                if (s == out.node) {
                    w.from = instruction_input::source::load; // the tile is the first
                } else {
                    w.from = instruction_input::source::instruction;
                    w.index = instruction_of_[s];
                }
            } else if (nodes_[s].op->kind == operation_kind::literal) {
                w.from = instruction_input::source::constant;
                w.number = nodes_[s].options.number;
            } else {
                w.from = instruction_input::source::load;
                w.index = load_index(o, fused_index, out);
            }
        }
        instruction_of_[n] = index;
        if (at.op->kind == operation_kind::reduction) out.reduces = true;
        if (is_stored(n)) s_.stores.push({index, value_of_[n]});
    }
    // The index of an operand among the loads of a group.
    constexpr int load_index(int operand, int fused_index, const schedule_group& out) {
        const int value = value_of(operand), count = s_.loads.size() - out.first_load;
        group_load& fresh = *s_.loads.extend(1);
        fresh.value = value;
        find_strides(nodes_[operand].type, out.domain, fresh.strides);
        if (loaded_by_[value] == fused_index) { // else it is new
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
        loaded_by_[value] = fused_index;
        return count;
    }
};

// An estimate of the plan's sizes, seldom too small.
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
        s.instructions += at.group >= 0;
        s.instruction_inputs += at.group >= 0 ? f.g.nodes.data[n].operand_count : 0;
    }
    s.instructions += 16;
    s.instruction_inputs += 16;
    s.values += 16;
    s.loads = f.g.operands.size / 2 + f.groups.size + 16;
    s.operands = f.g.operands.size / 2 + 16;
    return s;
}

// The plan without its layout: in constant expressions each part has a budget of its own.
constexpr schedule_builder draft_plan(const fusion_view& fused, const order_view& order) {
    return planning(fused, order).take();
}

HOURGLASS_END
